"""The pages in a real Chromium: no error, nothing missing, nothing too wide, in light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

CHROMIUM = "/usr/bin/chromium"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; where there is none these tests fail, they do not skip."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


def opened(browser: Browser, path: Path, width: int, scheme: Any) -> tuple[Any, list[str]]:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(f"failed {request.url}"))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("file:", "data:"))
            else wrong.append(f"asked {request.url}")
        ),
    )
    page.goto(path.as_uri())
    return page, wrong


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 360])
@pytest.mark.parametrize("name", ["web.en.html", "web.zh.html", "mail.en.html", "mail.zh.html"])
def test_a_page_opens_whole_at_every_width(
    browser: Browser, edition_folder: Path, name: str, width: int, scheme: str
) -> None:
    page, wrong = opened(browser, edition_folder / name, width, scheme)

    assert wrong == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].filter(i => !i.naturalWidth).length") == 0
    page.close()


@pytest.mark.parametrize("name", ["web.en.html", "web.zh.html"])
def test_the_dark_is_dark_and_text_keeps_its_contrast(
    browser: Browser, edition_folder: Path, name: str
) -> None:
    for scheme, is_dark in (("light", False), ("dark", True)):
        page, _ = opened(browser, edition_folder / name, 1280, scheme)

        found = page.evaluate(CONTRAST)

        assert (found["paper"] < 0.2) is is_dark
        assert found["worst"] >= 4.5, found
        page.close()


def test_the_archive_leads_to_every_page(browser: Browser, edition_folder: Path) -> None:
    page, wrong = opened(browser, edition_folder.parent / "index.html", 390, "dark")

    links = page.eval_on_selector_all("a", "links => links.map(a => a.href)")

    assert wrong == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert len(links) >= 2
    for link in set(links):
        page.goto(link)
        assert page.title().startswith("chipbrief")
    page.close()


def test_print_is_light_and_fits_the_sheet(browser: Browser, edition_folder: Path) -> None:
    page, wrong = opened(browser, edition_folder / "web.en.html", 695, "dark")

    page.emulate_media(media="print", color_scheme="dark")

    assert page.evaluate("document.documentElement.scrollWidth") <= 695
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(CONTRAST)["worst"] >= 4.5
    assert len(page.pdf(prefer_css_page_size=True)) > 10_000
    assert wrong == []
    page.close()


#: The least contrast (WCAG 2) of any text in a section against its background.
CONTRAST = """() => {
  const rgb = c => c.match(/[\\d.]+/g).map(Number);
  const lum = c => { const [r, g, b] = rgb(c).slice(0, 3).map(v => { v /= 255;
    return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * r + .7152 * g + .0722 * b; };
  const ground = e => { for (let n = e; n; n = n.parentElement) {
    const c = getComputedStyle(n).backgroundColor; const v = rgb(c);
    if (v.length < 4 || v[3] > 0) return c; } return 'rgb(255,255,255)'; };
  let worst = 99, where = '';
  for (const e of document.querySelectorAll('p, td, th, h1, h2, a, summary, span, caption, li')) {
    if (!e.textContent.trim() || !e.offsetParent) continue;
    const a = lum(getComputedStyle(e).color), b = lum(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < worst) { worst = ratio; where = e.outerHTML.slice(0, 120); }
  }
  return {worst, where, paper: lum(getComputedStyle(document.body).backgroundColor)};
}"""
