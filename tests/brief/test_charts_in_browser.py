"""Charts as a reader sees them: no word beyond the edge, none upon another, no machine's font."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from flows.assets import asset
from flows.brief import charts
from flows.brief.figures import from_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

FONTS = asset("templates") / "charts" / "fonts"
FIGURES = from_json((Path(__file__).parent / "charts_rows.json").read_bytes())

#: Every text of every chart with its box, relative to its drawing of 508 pixels.
TEXTS = """() => [...document.querySelectorAll('figure')].map(figure => {
  const edge = figure.firstElementChild.getBoundingClientRect();
  return {name: figure.id, width: edge.width, texts:
    [...figure.querySelectorAll('text')].flatMap(text => {
      const parts = text.children.length ? [...text.children] : [text];
      return parts.filter(part => part.textContent.trim()).map(part => {
        const box = part.getBoundingClientRect();
        return {said: part.textContent, left: box.left - edge.left, right: box.right - edge.left,
                top: box.top - edge.top + 3, bottom: box.bottom - edge.top - 3};
      });
    })};
})"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A real page in the shipped font."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser.new_page(viewport={"width": 600, "height": 800})
        browser.close()


def laid_out(page: Page, folder: Path, lang: str) -> list[dict[str, Any]]:
    faces = "".join(
        f"@font-face {{ font-family: Shipped; font-weight: {weight};"
        f" src: url('{(FONTS / f'ChipbriefSans-{style}.otf').as_uri()}'); }}"
        for style, weight in (("Regular", 400), ("Bold", 700))
    )
    figures = "".join(
        f'<figure id="{name}">{charts.draw_svg(name, FIGURES, lang).svg}</figure>'
        for name in charts.NAMES
    )
    path = folder / f"{lang}.html"
    path.write_text(
        f"<!doctype html><meta charset=utf-8><style>{faces} figure {{ margin: 0; width: 508px }}"
        f" svg {{ font-family: Shipped }}</style>{figures}",
        encoding="utf-8",
    )
    page.goto(path.as_uri())
    page.evaluate("document.fonts.ready")
    found: list[dict[str, Any]] = page.evaluate(TEXTS)
    return found


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_word_stays_on_the_page_and_off_the_others(
    page: Page, tmp_path: Path, lang: str
) -> None:
    problems = []
    for chart in laid_out(page, tmp_path, lang):
        assert chart["width"] == 508
        assert chart["texts"]
        for place, text in enumerate(chart["texts"]):
            if text["left"] < 0 or text["right"] > 508:
                problems.append(f"{chart['name']}: beyond the edge: {text['said']}")
            for other in chart["texts"][:place]:
                across = min(text["right"], other["right"]) - max(text["left"], other["left"])
                down = min(text["bottom"], other["bottom"]) - max(text["top"], other["top"])
                if across > 2 and down > 2:
                    problems.append(f"{chart['name']}: {other['said']!r} under {text['said']!r}")

    assert problems == []
