"""The charts' words: every string translated, every character in the shipped font, 亿 and 万."""

from __future__ import annotations

import datetime as dt
import re
import struct
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from flows.assets import asset, seeds
from flows.brief import charts
from flows.brief.charts import axes, specs
from flows.brief.charts.calendar_axis import days_axis
from flows.brief.charts.layout import spread, width, wrapped
from flows.brief.charts.words import words_of
from flows.brief.figures import from_json

CHARTS = Path(charts.__file__).parent
FONTS = asset("templates") / "charts" / "fonts"
EN, ZH = words_of("en"), words_of("zh")


def catalogue() -> dict[str, str]:
    path = asset("templates") / "locale" / "zh" / "LC_MESSAGES" / "charts.po"
    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="zh") if m.id}


def in_code() -> set[str]:
    found = extract_from_dir(CHARTS, [("**.py", "python")], keywords={"_": None})
    return {str(message[2]) for message in found}


def glyphs(path: Path) -> set[int]:
    """The characters that a font can draw, from its cmap table (format 4 or 12)."""
    data = path.read_bytes()
    tables = struct.unpack(">H", data[4:6])[0]
    entries = (struct.unpack(">4sIII", data[12 + 16 * n : 28 + 16 * n]) for n in range(tables))
    start = next(offset for tag, _sum, offset, _length in entries if tag == b"cmap")
    count = struct.unpack(">H", data[start + 2 : start + 4])[0]
    known: set[int] = set()
    for n in range(count):
        offset = struct.unpack(">I", data[start + 8 + 8 * n : start + 12 + 8 * n])[0]
        table = start + offset
        kind = struct.unpack(">H", data[table : table + 2])[0]
        if kind == 4:
            half = struct.unpack(">H", data[table + 6 : table + 8])[0] // 2
            ends = struct.unpack(f">{half}H", data[table + 14 : table + 14 + 2 * half])
            begins_at = table + 16 + 2 * half
            begins = struct.unpack(f">{half}H", data[begins_at : begins_at + 2 * half])
            for first, last in zip(begins, ends, strict=True):
                known.update(range(first, last + 1))
    return known


def texts_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "".join(texts_of(v) for v in value.values())
    if isinstance(value, list | tuple):
        return "".join(texts_of(v) for v in value)
    return ""


def test_every_string_in_the_code_is_translated_and_no_other() -> None:
    assert in_code() == set(catalogue())


@pytest.mark.parametrize(("english", "chinese"), sorted(catalogue().items()))
def test_a_translation_is_there_and_keeps_its_places(english: str, chinese: str) -> None:
    assert chinese
    assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", chinese))


@pytest.mark.parametrize("font", sorted(p.name for p in FONTS.glob("*.otf")))
def test_the_shipped_font_has_every_character_of_the_charts(font: str) -> None:
    figures = from_json((Path(__file__).parent / "charts_rows.json").read_bytes())
    wanted = set("".join(catalogue().values()))
    for name in charts.NAMES:
        for lang in ("en", "zh"):
            plot = charts._plot(name, figures, lang)
            assert plot is not None
            wanted |= set(texts_of(dict(plot.texts)) + texts_of(dict(plot.data)))
    for kind in ("companies", "listings", "events", "claims"):
        wanted |= set((seeds() / f"{kind}.csv").read_text(encoding="utf-8"))

    missing = {c for c in wanted if c.isprintable()} - {chr(g) for g in glyphs(FONTS / font)}

    assert not missing


def test_the_font_comes_with_its_licence() -> None:
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*charts.NAMES, "_config"])
def test_a_spec_holds_no_colour_and_no_word(name: str) -> None:
    def walk(node: Any, key: str = "") -> None:
        if isinstance(node, dict):
            for k, v in node.items():
                walk(v, k)
        elif isinstance(node, list):
            for v in node:
                walk(v, key)
        elif isinstance(node, str):
            assert not re.match(r"#[0-9a-fA-F]{3,8}$", node)
            if key in ("text", "title", "subtitle"):
                assert node.startswith("$text.") or node in ("TPP", "text"), node

    walk(specs.read(name))


def test_chinese_counts_in_yi_and_wan() -> None:
    assert ZH.big_usd(Decimal(5_534_000_000)) == "55亿美元"
    assert ZH.mid_usd(Decimal(50_000_000), Decimal(60_000_000)) == "0.5–0.6亿美元"
    assert ZH.count(Decimal(750_000)) == "75万"
    assert ZH.count(Decimal(12_345)) == "12,345"
    assert ZH.price_tick(Decimal(25_000)) == "2.5"
    assert ZH.date(dt.date(2025, 12, 9)) == "2025年12月9日"


def test_english_counts_in_billions_and_thousands() -> None:
    assert EN.big_usd(Decimal(5_534_000_000)) == "$5.5bn"
    assert EN.mid_usd(Decimal(50_000_000), Decimal(60_000_000)) == "$50–60m"
    assert EN.usd_range(Decimal(27000), Decimal(28000)) == "$27,000–28,000"
    assert EN.price_tick(Decimal(25_000)) == "25"
    assert EN.date(dt.date(2025, 12, 1), "month") == "Dec 2025"


@pytest.mark.parametrize(
    ("value", "said"), [("1.28", "+1.3%"), ("-0.72", "−0.7%"), ("-0.04", "0.0%"), ("0", "0.0%")]
)
def test_a_sign_is_shown_only_where_it_means_something(value: str, said: str) -> None:
    assert EN.signed_percent(Decimal(value)) == said


def test_ticks_are_round_and_enclose_the_data() -> None:
    assert axes.even(Decimal(0), Decimal(37398), 4) == [Decimal(n) for n in range(0, 50000, 10000)]
    assert axes.logarithmic(Decimal(300), Decimal(2500)) == [Decimal(n) for n in (500, 1000, 2000)]
    assert axes.even(Decimal(0), Decimal(0))[0] == 0


def test_an_axis_of_days_knows_no_time_zone() -> None:
    axis = days_axis(dt.date(2024, 11, 29), dt.date(2026, 10, 9), ZH)

    firsts = [dt.date.fromordinal(int(tick)) for tick in axis["days_ticks"]]
    assert all(day.day == 1 for day in firsts)
    assert 2 <= len(firsts) <= 6
    assert "2025年" in axis["days_labels"]


def test_lines_break_within_the_limit_in_either_language() -> None:
    for text in ("H200 to approved customers, 25% to the US", "允许向获批客户出售H200，25%归美国"):
        lines = wrapped(text, 13, 150)
        assert len(lines) > 1
        assert all(width(line, 13) <= 150 for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_names_at_the_ends_of_lines_are_spread_but_keep_their_order() -> None:
    places = spread([10, 11, 12, 90], 15, 0, 100)

    assert places == sorted(places)
    assert all(b - a >= 15 for a, b in pairwise(places))
    assert places[-1] <= 100
