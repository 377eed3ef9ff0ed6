"""Every chart: drawn in both languages, the same bytes again, fit to stand in a page or a mail."""

from __future__ import annotations

import functools
import re
import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest

from flows.brief import charts
from flows.brief.charts import render
from flows.brief.charts.palette import LIGHT
from flows.brief.charts.words import words_of
from flows.brief.figures import Figures, from_json

LANGS = ("en", "zh")
SVG = "{http://www.w3.org/2000/svg}"


@functools.cache
def bundled() -> Figures:
    """The reports that the bundled records gave, cut down to what charts read."""
    return from_json((Path(__file__).parent / "charts_rows.json").read_bytes())


def drawn(name: str, lang: str) -> str:
    svg = charts.draw_svg(name, bundled(), lang).svg
    assert svg is not None
    return svg


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", charts.NAMES)
def test_a_chart_can_stand_in_a_page(name: str, lang: str) -> None:
    drawing = charts.draw_svg(name, bundled(), lang)

    root = ElementTree.fromstring(drawing.svg or "")  # noqa: S314
    tags = {node.tag.removeprefix(SVG) for node in root.iter()}
    assert not drawing.is_empty
    assert (root.get("role"), root.get("width")) == ("img", "100%")
    assert root.get("viewBox", "").startswith("0 0 508 ")
    assert root.findtext(f"{SVG}title")
    assert root.findtext(f"{SVG}desc") == drawing.alt
    assert tags <= {"svg", "title", "desc", "g", "path", "text", "tspan", "rect", "line"}
    for node in root.iter():
        assert not {"id", "class", "style", "href", "clip-path"} & set(node.attrib)
        assert not [a for a in node.attrib if a.startswith("on")]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", charts.NAMES)
def test_every_colour_is_the_pages_to_set(name: str, lang: str) -> None:
    svg = drawn(name, lang)

    asked = set(re.findall(r"var\(--([a-z0-9-]+)\)", svg))
    painted = set(re.findall(r' (?:fill|stroke)="([^"]+)"', svg))
    assert asked <= set(LIGHT)
    assert {p for p in painted if not p.startswith("var(")} <= {"none", "transparent"}
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", svg)


@pytest.mark.parametrize("name", charts.NAMES)
def test_same_rows_in_any_order_give_the_same_bytes(name: str) -> None:
    forwards = {m: list(t) for m, t in bundled().tables.items()}
    backwards = {m: list(t)[::-1] for m, t in bundled().tables.items()}

    first = charts.draw(name, forwards, "en")
    render.compiled.cache_clear()
    second = charts.draw(name, backwards, "en")

    assert first == second


@pytest.mark.parametrize("name", charts.NAMES)
def test_a_chart_without_rows_says_that_it_is_empty(name: str) -> None:
    for figures in ({}, {model: [] for model in bundled().tables}):
        drawing = charts.draw(name, figures, "zh")
        assert drawing == charts.Drawing(None, None, "", is_empty=True)


@pytest.mark.parametrize("name", charts.NAMES)
def test_the_text_alternative_is_one_sentence_with_figures_in_each_language(name: str) -> None:
    said = {lang: charts.draw_svg(name, bundled(), lang).alt for lang in LANGS}

    assert said["en"] != said["zh"]
    assert said["en"].endswith(".")
    assert said["zh"].endswith("。")
    assert all(re.search(r"\d", alt) and "{" not in alt for alt in said.values())


def test_a_mail_gets_a_png_of_twice_the_size() -> None:
    drawing = charts.draw_png("fee_scenarios", bundled(), "zh")

    assert drawing.png is not None
    assert drawing.svg is None
    assert drawing.png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">I", drawing.png[16:20]) == (508 * render.SCALE,)


def test_the_drawing_engine_fetches_nothing() -> None:
    spec = '{"data": {"url": "http://127.0.0.1:9/rows.csv"}, "mark": "point"}'

    with pytest.raises(ValueError, match=r"(?i)url"):
        render.compiled(spec)


def test_text_of_a_record_stays_text() -> None:
    chips = [
        dict(row.values) | {"short_name": '<script>alert("1")</script> & #1b2430 $text.title'}
        for row in bundled()["rpt_chip"]
        if row["chip_id"] == "nv-h200-sxm"
    ]

    drawing = charts.draw("tpp_bandwidth", {"rpt_chip": chips}, "en")

    root = ElementTree.fromstring(drawing.svg or "")  # noqa: S314
    shown = [node.text for node in root.iter(f"{SVG}text")]
    assert '<script>alert("1")</script> & #1b2430 $text.title' in shown
    assert not list(root.iter(f"{SVG}script"))


def test_a_language_without_a_catalogue_is_drawn_in_english() -> None:
    assert words_of("fr").gettext("review zone") == "review zone"


def test_an_unknown_chart_is_refused() -> None:
    with pytest.raises(KeyError, match="no_such_chart"):
        charts.draw("no_such_chart", bundled(), "en")
