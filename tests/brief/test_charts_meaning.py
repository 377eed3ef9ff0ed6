"""What a chart must not get wrong: bases apart, units and dollars apart, modules apart."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flows.brief import charts
from flows.brief.charts import specs
from flows.brief.charts.layout import Box, width
from flows.brief.figures import from_json

if TYPE_CHECKING:
    from flows.brief.charts.plot import Plot

BUNDLED = {
    model: [dict(row.values) for row in table]
    for model, table in from_json(
        (Path(__file__).parent / "charts_rows.json").read_bytes()
    ).tables.items()
}


def plot(name: str, lang: str = "en", **reports: list[dict[str, Any]]) -> Plot:
    made = charts._plot(name, BUNDLED | reports, lang)
    assert made is not None
    return made


def revenue(basis: str) -> list[dict[str, Any]]:
    return [r for r in BUNDLED["rpt_revenue"] if r["basis"] == basis]


def test_trap_9_two_bases_are_never_one_series() -> None:
    spec = specs.read("china_revenue")
    made = plot("china_revenue")

    marks = [layer["mark"]["type"] for view in spec["vconcat"] for layer in view["layer"]]
    assert "line" not in marks
    assert "area" not in marks
    assert made.data["billing"][-1]["period"] == "FY26Q2"
    assert made.data["customer_hq"][0]["period"] == "FY25Q3"


def test_trap_9_a_break_is_marked_where_the_definition_changes() -> None:
    made = plot("china_revenue")
    drawing = charts.draw_svg("china_revenue", BUNDLED, "en")

    assert [b["period"] for b in made.data["billing_breaks"]] == ["FY26Q3"]
    assert [b["period"] for b in made.data["customer_hq_breaks"]] == ["FY26Q3"]
    assert "definition changed" in (drawing.svg or "")


def test_a_single_basis_has_no_break() -> None:
    made = plot("china_revenue", rpt_revenue=revenue("billing"))

    assert made.data["billing_breaks"] == []


def test_an_upper_bound_is_not_drawn_as_an_amount() -> None:
    bound = revenue("customer_hq")[-1] | {
        "revenue_usd": None,
        "revenue_usd_low": Decimal(0),
        "revenue_usd_high": Decimal(890_000_000),
        "fiscal_period": "FY27Q2",
        "period_start": dt.date(2026, 4, 27),
        "period_kind": "quarter",
    }

    bars = plot("china_revenue", rpt_revenue=[*revenue("customer_hq"), bound]).data["customer_hq"]

    assert (bars[-1]["label"], bars[-1]["is_doubtful"]) == ("<0.9", True)


def test_trap_13_units_and_dollars_never_share_a_panel() -> None:
    made = plot("vendor_share")
    spec = specs.read("vendor_share")

    for view in spec["vconcat"]:
        sources = {layer.get("data", view.get("data", {})).get("name") for layer in view["layer"]}
        assert len(sources - {None}) == 1
    assert spec["resolve"]["scale"]["x"] == "independent"
    for measure in ("units", "usd", "servers"):
        shown = len(made.data[measure])
        own = [r for r in BUNDLED["rpt_share"] if r["measure"] == measure]
        assert 0 < shown <= len(own)


def test_who_only_repeats_another_has_no_line() -> None:
    units = [r for r in BUNDLED["rpt_share"] if r["measure"] == "units"]
    copied = units[0] | {"publisher": "Copier", "is_copy": True}

    lines = plot("vendor_share", rpt_share=[*units, copied]).data["units"]

    assert lines == plot("vendor_share", rpt_share=units).data["units"]


def test_a_panel_without_rows_is_left_out() -> None:
    units = [r for r in BUNDLED["rpt_share"] if r["measure"] == "units"]

    made = plot("vendor_share", rpt_share=units)

    assert made.views == {"key", "units"}


def test_trap_16_modules_stand_apart_and_rentals_do_not_stand_at_all() -> None:
    made = plot("price_quotes")

    quotes = made.data["quotes"]
    kinds = {r["price_kind"] for r in BUNDLED["rpt_price_quote"]}
    assert {"rental", "build_cost"} <= kinds
    assert len(quotes) == sum(
        r["price_kind"] in ("sale", "system", "landed") for r in BUNDLED["rpt_price_quote"]
    )
    assert {q["shape"] for q in quotes} == {"circle", "square", "triangle-up", "diamond"}


def test_trap_7_the_same_rate_gives_different_amounts() -> None:
    lines = plot("fee_scenarios").data["lines"]

    assert len({line["fee"] for line in lines}) > 2
    assert all(line["net"] <= line["price"] <= line["landed"] for line in lines)


def test_trap_5_the_duty_bands_are_drawn_from_the_thresholds() -> None:
    zones = plot("tpp_bandwidth").data["zones"]
    wider = [
        r | {"threshold": Decimal(20000)}
        if (r["rule_id"], r["operator"], r["parameter"]) == ("duty_band_1", "<", "tpp")
        else r
        for r in BUNDLED["rpt_rule"]
    ]

    moved = plot("tpp_bandwidth", rpt_rule=wider).data["zones"]

    assert [z["role"] for z in zones] == ["review_zone", "duty_band_2", "duty_band_1"]
    assert zones[:2] == moved[:2]
    assert moved[2]["y"] < zones[2]["y"]


def test_the_class_line_is_drawn_from_its_threshold() -> None:
    lines = plot("tpp_bandwidth").data["classes"]

    assert [line["label"] for line in lines] == ["3A090.a from TPP 4,800"]
    assert plot("tpp_bandwidth", rpt_rule=[]).data["classes"] == []


@pytest.mark.parametrize("name", charts.NAMES)
def test_a_single_row_of_each_report_is_drawn_or_said_to_be_empty(name: str) -> None:
    for place in (0, 1, -1):
        figures = {model: rows[place:][:1] for model, rows in BUNDLED.items()}

        drawing = charts.draw_svg(name, figures, "zh")

        assert drawing.is_empty == (drawing.svg is None)
        assert "NaN" not in (drawing.svg or "")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_labels_of_the_scatter_keep_out_of_each_others_way(lang: str) -> None:
    labels = plot("tpp_bandwidth", lang).data["labels"]

    boxes = []
    for label in labels:
        wide = width(label["text"], 11.5)
        left = {"left": 0.0, "right": -wide, "center": -wide / 2}[label["align"]] + label["x"]
        top = {"top": 0.0, "bottom": -11.5, "middle": -5.75}[label["baseline"]] + label["y"]
        boxes.append(Box(left, top, left + wide, top + 11.5))
    assert all(a.overlap(b) < 12 for a, b in combinations(boxes, 2))


def test_the_chips_that_the_briefing_is_about_are_all_named() -> None:
    named = {n for p in plot("tpp_bandwidth").data["labels"] for n in p["text"].split(", ")}

    assert {"H20", "H200", "H100", "MI325X", "B200", "B300", "950DT"} <= named


def test_an_event_that_another_overlaps_gives_way_to_clear_ones() -> None:
    heads = [h["label"][0] for h in plot("event_returns").data["heads"]]

    assert len(heads) == 3
    assert not [h for h in heads if "2026" in h]


def test_a_return_without_a_model_has_no_error_bar() -> None:
    marks = plot("event_returns").data["marks"]

    assert {m["has_error"] for m in marks} == {True, False}
    assert all(m["error"] == 0 for m in marks if not m["has_error"])


def test_a_line_breaks_where_there_were_no_bars() -> None:
    made = plot("price_history")

    gaps = sum(r["is_gap_before"] for r in BUNDLED["rpt_price_history"] if r["currency"] == "CNY")
    listings = {r["symbol"] for r in BUNDLED["rpt_price_history"] if r["currency"] == "CNY"}
    runs = {p["run"] for p in made.data["CNY_lines"]}
    assert gaps > 0
    assert len(runs) == len(listings) + gaps


def test_a_stage_that_no_record_reaches_is_said_not_dated() -> None:
    lines = plot("export_funnel").data["lines"]

    assert len(lines) == len(BUNDLED["rpt_funnel"])
    missing = [line for line in lines if not line["is_reached"]]
    assert missing
    assert all(line["label"] == "no record" and "first" not in line for line in missing)


def test_a_claim_is_set_against_one_stated_figure_only() -> None:
    made = plot("claims")

    assert len(made.data["heads"]) == 4
    assert {line["verdict"] for line in made.data["lines"]} == {"holds", "fails"}
