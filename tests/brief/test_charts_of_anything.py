"""Charts of rows that nobody foresaw: unknown chips, bounds of zero, nulls where words were."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest

from flows.brief import charts
from flows.brief.charts import axes
from tests.brief.test_charts_meaning import BUNDLED, plot

#: Report → columns that are empty where a row names what is not on record.
LACKING = {
    "rpt_chip": ("short_name", "is_main", "duty_band", "is_us_origin", "is_contested"),
    "rpt_price_quote": ("short_name", "price_per_gpu_usd_low", "confidence"),
    "rpt_funnel": ("short_name", "chip_no", "first_reached_on", "latest_reached_on"),
    "rpt_revenue": ("fiscal_period", "revenue_usd", "is_break"),
    "rpt_scenario": ("short_name", "net_revenue_per_unit_usd", "customs_value_usd", "rate_pct"),
    "rpt_reaction": ("vendor", "vendor_zh", "announced_on", "event_title", "standard_error_pct"),
    "rpt_price_history": ("vendor", "title", "title_zh", "index_100", "security_type"),
    "rpt_claim": ("claim_no", "claim", "definition", "stated_high", "verdict"),
    "rpt_share": ("vendor_zh", "period_start", "share_high_pct", "confidence"),
}


@pytest.mark.parametrize("report", LACKING)
@pytest.mark.parametrize("every", [1, 2])
def test_no_chart_fails_on_what_a_row_lacks(report: str, every: int) -> None:
    for column in LACKING[report]:
        rows: list[dict[str, Any]] = [
            row | ({column: None} if place % every == 0 else {})
            for place, row in enumerate(BUNDLED[report])
        ]
        for name in charts.NAMES:
            assert charts.sketch(name, BUNDLED | {report: rows}, "zh") or every == 1, column


def test_a_chip_that_is_not_on_record_goes_by_its_id() -> None:
    rows = [row | {"short_name": None} for row in BUNDLED["rpt_price_quote"]]

    made = plot("price_quotes", rpt_price_quote=rows)

    named = {line["chip"] for line in made.data["quotes"]} - {""}
    assert named <= {row["chip_id"] for row in rows}
    assert all(chip in made.alt for chip in named)


@pytest.mark.parametrize("bound", ["0", "-3", "0.0001", "10000000"])
@pytest.mark.parametrize("parameter", ["tpp", "memory_bandwidth_gbs"])
def test_the_scatter_stands_whatever_a_threshold_is(bound: str, parameter: str) -> None:
    rules = [
        rule | ({"threshold": Decimal(bound)} if rule["parameter"] == parameter else {})
        for rule in BUNDLED["rpt_rule"]
    ]

    drawing = charts.draw_svg("tpp_bandwidth", BUNDLED | {"rpt_rule": rules}, "en")

    ElementTree.fromstring(drawing.svg or "")  # noqa: S314
    assert "NaN" not in (drawing.svg or "")


def test_a_zone_below_zero_is_not_drawn() -> None:
    rules = [
        rule | ({"threshold": Decimal(0)} if rule["parameter"] == "memory_bandwidth_gbs" else {})
        for rule in BUNDLED["rpt_rule"]
        if rule["rule_role"] == "review_zone"
    ]

    assert plot("tpp_bandwidth", rpt_rule=rules).data["zones"] == []


def test_a_logarithmic_axis_of_anything() -> None:
    for seen in ([], [0], [-5, 0], [7], [7, 7], [0, 7, 70]):
        scale = axes.LogScale([Decimal(value) for value in seen], 100)
        assert 0 < scale.low < scale.high
        assert scale.pixel(Decimal(0)) == scale.pixel(Decimal(-1)) == 0
        assert scale.pixel(Decimal(10**9)) == 100
        assert axes.logarithmic(scale.low, scale.high)


def test_revenue_of_nothing_has_an_axis() -> None:
    nothing = dict.fromkeys(("revenue_usd", "revenue_usd_low", "revenue_usd_high"), Decimal(0))
    rows = [row | nothing for row in BUNDLED["rpt_revenue"]]

    assert plot("china_revenue", rpt_revenue=rows).values["top"] == [0, 1]


def test_a_claim_of_zeros_has_a_scale() -> None:
    rows = [row | {"computed_value": Decimal(0)} for row in BUNDLED["rpt_claim"]]
    rows = [row | {"stated_high": Decimal(0)} for row in rows]

    assert plot("claims", rpt_claim=rows).data["lines"]
