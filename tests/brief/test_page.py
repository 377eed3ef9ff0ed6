"""The page: all sections, figures that can be traced, empty sections in words, self-contained."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from flows.brief import render
from flows.brief.charts import NAMES
from flows.brief.figures import Figures
from tests.brief.conftest import AS_OF, made

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.brief.render import Material


class Outline(HTMLParser):
    """What a reader's program sees: tags with attributes, ids, links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def of(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.fixture(scope="session", params=["en", "zh"])
def page(request: pytest.FixtureRequest, edition_folder: Path) -> str:
    return (edition_folder / f"web.{request.param}.html").read_text("utf-8")


def test_the_sections_stand_in_their_order(page: str) -> None:
    ids = [str(a.get("id")) for a in Outline(page).of("section")]

    assert ids == list(render.SECTIONS)


def test_the_page_asks_for_nothing_from_outside_and_runs_nothing(page: str) -> None:
    outline = Outline(page)
    page_without_links = re.sub(r'<a [^>]*href="https?://[^"]*"', "<a", page)

    assert not outline.of("script", "iframe", "object", "embed", "form")
    assert [a for a in outline.of("link") if not str(a.get("href")).startswith("data:")] == []
    assert not re.search(r"""(src|srcset)=["']?(https?:)?//""", page_without_links)
    assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import", page_without_links)
    assert not any(name.startswith("on") for _, a in outline.tags for name in a)


def test_an_id_is_used_once_and_every_inner_link_arrives(page: str) -> None:
    outline = Outline(page)
    ids = [a["id"] for _, a in outline.tags if a.get("id")]
    inner = [str(a.get("href"))[1:] for a in outline.of("a") if str(a.get("href"))[:1] == "#"]

    assert len(ids) == len(set(ids))
    assert set(inner) <= set(ids)


def test_a_figure_carries_its_id_its_exact_value_and_its_source(page: str) -> None:
    figures = [a for a in Outline(page).of("data") if a.get("id")]
    tpp = next(a for a in figures if a["id"] == "rpt_chip.nv-h200-sxm.tpp")

    assert len(figures) > 500
    assert tpp["value"] == "15832"
    assert "SWK" in str(tpp["title"])
    assert all(re.fullmatch(r"rpt_\S+", str(a["id"])) for a in figures)


def test_the_claimed_share_stands_beside_each_basis_and_counts_beside_disclosures(
    page: str,
) -> None:
    exact = {str(a["id"]): a["value"] for a in Outline(page).of("data") if a.get("id")}
    claim = "rpt_share_placement.Seed_article|after_H200|NVIDIA|"
    covered = (
        "rpt_coverage.NVIDIA|2025-01-27|2025-04-27|nv-h20-96|China|unspecified|H20|product|World."
    )
    placed = {key: value for key, value in exact.items() if key.replace(" ", "_").startswith(claim)}

    assert {"55/55", "40/40", "8/8", "66/66"} <= set(placed.values())
    assert exact[f"{covered}implied_price_usd"] == "12173.24"
    assert not [key for key in placed if "ppuip" in key]


def test_each_revenue_series_says_what_is_in_it(page: str) -> None:
    section = page[page.index('<section id="revenue"') : page.index('<section id="fees"')]
    heads = re.findall(r'<th colspan="[46]" scope="rowgroup">(.*?)</th>', section)

    assert len(heads) > 10
    assert all('<span class="small">' in head for head in heads)


def test_tables_and_charts_speak_to_a_screen_reader(page: str) -> None:
    outline = Outline(page)

    assert page.count("<caption>") == page.count("<table")
    assert all(a.get("scope") for a in outline.of("th"))
    assert len(outline.of("figure")) == len(NAMES)
    assert page.count("<figcaption>") == len(NAMES)
    assert all(a.get("aria-label") for a in outline.of("svg"))
    assert [a.get("lang") for a in outline.of("html")] in (["en"], ["zh-CN"])
    assert outline.of("main")
    assert outline.of("h1")
    assert 'class="skip"' in page


def test_a_mark_stays_with_what_is_contested_or_estimated(page: str) -> None:
    assert page.count('class="mark contested"') > 5
    assert page.count('class="mark seen-estimate"') > 5


@pytest.mark.parametrize("code", ["en", "zh"])
def test_a_section_without_data_says_so_in_words(
    material: Callable[..., Material], code: str
) -> None:
    empty = material(Figures(AS_OF, {}))

    page = render.web(empty, code)

    for section in re.split(r'<section id="', page)[1:]:
        assert 'class="empty"' in section, section[:40]
    assert "–" in render.mail_text(empty, code) or "-" in render.mail_text(empty, code)
    assert render.mail_html(empty, code).count('class="small"') >= 7


@pytest.mark.parametrize("code", ["en", "zh"])
def test_the_same_material_gives_the_same_bytes(
    real_figures: Figures, material: Callable[..., Material], code: str
) -> None:
    one, two = material(real_figures), material(Figures(AS_OF, real_figures.tables))

    assert render.web(one, code) == render.web(two, code)
    assert render.mail_html(one, code) == render.mail_html(two, code)
    assert render.mail_text(one, code) == render.mail_text(two, code)


def test_a_number_that_nobody_formatted_is_refused() -> None:
    environment = render._environment()

    for raw in (Decimal("1.5"), dt.date(2026, 1, 1), None, 1.5, True):
        with pytest.raises(TypeError, match="raw value"):
            environment.from_string("{{ raw }}").render(raw=raw)


def test_ranges_and_bounds_are_written_as_such(material: Callable[..., Material]) -> None:
    figures = made(
        rpt_headline=[
            {
                "figure_key": "h200_china_revenue",
                "figure_no": 1,
                "subject": "H200",
                "value_low": Decimal(0),
                "value_high": Decimal("890000000"),
                "unit": "USD",
                "text": "FY27Q2",
                "basis": "below_one_percent_bound",
                "source_id": "NVQ2",
                "confidence": "seen-secondary",
            }
        ]
    )

    english, chinese = (render.web(material(figures), code) for code in ("en", "zh"))

    assert "$0–890 million" in english
    assert "at most $890 million" in english
    assert "0～8.9亿美元" in chinese
    assert "不超过8.9亿美元" in chinese
