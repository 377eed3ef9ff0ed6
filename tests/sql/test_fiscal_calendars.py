"""Fiscal years of any length and any filings of them: pieces, months and quarters keep every cent.

Random calendars of 13- and 14-week quarters (and of calendar months) go through the models one
after the other, as a build runs them.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.build.current import QUARANTINE_COLUMNS, VERSION_COLUMNS
from flows.build.trial import PARAMETER_COLUMNS, try_model
from flows.ingest.shapes import shapes
from tests import bundled
from warehouse.store import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from flows.build.model import Model

MARKS = [{"confidence": "seen-primary", "weakness": 1}, {"confidence": "derived", "weakness": 3}]
CENTS = st.integers(-(10**11), 10**13).map(lambda cents: Decimal(cents) / 100)
#: Weeks of the four quarters: a 52-week year, or one of 53 with the long quarter anywhere.
WEEKS = st.sampled_from([(13, 13, 13, 13), (14, 13, 13, 13), (13, 14, 13, 13), (13, 13, 14, 13),
                         (13, 13, 13, 14)])  # fmt: skip
STARTS = st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31))
QUICK = settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


class Chain:
    """The models of a build from filings to calendar quarters, on rows given by hand."""

    def __init__(self, con: duckdb.DuckDBPyConnection, models: dict[str, Model]) -> None:
        self.con, self.models = con, models
        records = {
            f"rec_{kind}{versions}": {**shape.columns, **VERSION_COLUMNS}
            for kind, shape in shapes().items()
            for versions in ("", "_versions")
        }
        self.shapes = {
            **{name: {c.name: c.type for c in m.columns} for name, m in models.items()},
            **records,
            "rec_quarantine": QUARANTINE_COLUMNS,
            "parameters": PARAMETER_COLUMNS,
        }

    def run(self, name: str, **given: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return try_model(self.con, self.models[name], given, self.shapes)

    def quarters(self, sales: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
        """What each model on the way makes of the sales."""
        months = _months()
        made: dict[str, list[dict[str, Any]]] = {}
        made["version"] = self.run("int_sales_version", rec_sales=sales, rec_sales_versions=sales)
        made["row"] = self.run("int_sales_row", int_sales_version=made["version"])
        made["piece"] = self.run(
            "int_sales_fiscal", int_sales_row=made["row"], stg_confidence=MARKS
        )
        made["piece_month"] = self.run(
            "int_sales_fiscal_month",
            int_sales_fiscal=made["piece"], dim_month=months, stg_confidence=MARKS,
        )  # fmt: skip
        made["month"] = self.run(
            "fct_revenue_month",
            int_sales_fiscal_month=made["piece_month"], dim_month=months, stg_confidence=MARKS,
        )  # fmt: skip
        made["quarter"] = self.run(
            "fct_sales_quarter",
            fct_revenue_month=made["month"], int_sales_fiscal_month=made["piece_month"],
            dim_month=months, stg_confidence=MARKS,
        )  # fmt: skip
        return made


@pytest.fixture(scope="module")
def chain() -> Iterator[Chain]:
    with connect(":memory:") as con:
        yield Chain(con, bundled.models())


@QUICK
@given(start=STARTS, weeks=WEEKS, sold=st.lists(CENTS, min_size=4, max_size=4))
def test_trap_10_accumulated_filings_of_any_fiscal_year_give_back_its_quarters_and_every_cent(
    chain: Chain, start: dt.date, weeks: tuple[int, ...], sold: list[Decimal]
) -> None:
    starts, ends = _calendar(start, weeks)
    filed = [
        _sale(f"to-{n}", starts[0], ends[n], amount) for n, amount in enumerate(accumulate(sold))
    ]

    made = chain.quarters(filed)

    assert [(p["period_start"], p["period_end"], p["value"]) for p in made["piece"]] == list(
        zip(starts, ends, sold, strict=True)
    )
    assert [p["days"] for p in made["piece"]] == [7 * w for w in weeks]
    assert {p["method"] for p in made["piece"][1:]} == {"differenced"}
    for level in ("month", "quarter"):
        assert sum(row["revenue_usd"] for row in made[level]) == sum(sold)
    assert sum(row["days_covered"] for row in made["quarter"]) == 7 * sum(weeks)


@QUICK
@given(start=STARTS, weeks=WEEKS, sold=st.lists(CENTS, min_size=4, max_size=4))
def test_a_calendar_quarter_takes_of_a_fiscal_one_its_days_and_says_how(
    chain: Chain, start: dt.date, weeks: tuple[int, ...], sold: list[Decimal]
) -> None:
    starts, ends = _calendar(start, weeks)
    filed = [_sale(f"q-{n}", *days, amount) for n, (*days, amount) in
             enumerate(zip(starts, ends, sold, strict=True))]  # fmt: skip

    made = chain.quarters(filed)["quarter"]

    for row in made:
        first, last = row["quarter_start"], _quarter_end(row["quarter_start"])
        parts = [
            amount * _overlap(own, (first, last)) / (7 * length)
            for amount, length, *own in zip(sold, weeks, starts, ends, strict=True)
        ]
        assert abs(row["revenue_usd"] - sum(parts)) <= Decimal("0.01") * len(starts)
        crosses = any(
            _overlap((s, e), (first, last)) and not (first <= s and e <= last)
            for s, e in zip(starts, ends, strict=True)
        )
        assert row["alignment"] == ("by_days" if crosses else "exact")


def test_a_year_of_53_weeks_is_a_week_longer_and_its_long_quarter_is_still_a_quarter(
    chain: Chain,
) -> None:
    """NVIDIA's fiscal 2027: 14 weeks from 2026-10-26 to 2027-01-31, by difference."""
    starts, ends = _calendar(dt.date(2026, 1, 26), (13, 13, 13, 14))
    amounts = [Decimal(81_615), Decimal(96_200), Decimal(108_000)]
    filed = [_sale(f"q-{n}", starts[n], ends[n], amount) | {"fiscal_period": f"FY27Q{n + 1}"}
             for n, amount in enumerate(amounts)]  # fmt: skip
    year = _sale("fy", starts[0], ends[3], Decimal(400_000)) | {"fiscal_period": "FY27"}

    last = chain.quarters([*filed, year])["piece"][-1]

    assert (last["period_start"], last["period_end"]) == (
        dt.date(2026, 10, 26),
        dt.date(2027, 1, 31),
    )
    assert (last["fiscal_period"], last["period_kind"], last["days"]) == ("FY27Q4", "quarter", 98)
    assert (last["value"], last["method"]) == (400_000 - sum(amounts), "differenced")


def _calendar(start: dt.date, weeks: tuple[int, ...]) -> tuple[list[dt.date], list[dt.date]]:
    edges = [start + dt.timedelta(weeks=n) for n in accumulate((0, *weeks))]
    return edges[:-1], [after - dt.timedelta(1) for _, after in pairwise(edges)]


def _sale(sale_id: str, start: dt.date, end: dt.date, amount: Decimal) -> dict[str, Any]:
    return {
        "sale_id": sale_id, "vendor": "V", "segment": "Total", "region": "China",
        "basis": "billing", "scope": "company", "period_start": start, "period_end": end,
        "revenue": amount, "currency": "USD", "value_type": "ytd",
        "published_on": end + dt.timedelta(40), "source_id": "S", "confidence": "seen-primary",
    }  # fmt: skip


def _months() -> list[dict[str, Any]]:
    firsts = [dt.date(2023 + n // 12, n % 12 + 1, 1) for n in range(66)]
    made = []
    for first, after in pairwise(firsts):
        quarter = first.replace(month=3 * ((first.month - 1) // 3) + 1)
        made.append(
            {
                "month": first, "month_end": after - dt.timedelta(1),
                "days_in_month": (after - first).days, "quarter_start": quarter,
                "quarter_end": _quarter_end(quarter),
                "quarter_name": f"{first.year}Q{(first.month + 2) // 3}",
                "days_in_quarter": (_quarter_end(quarter) - quarter).days + 1,
            }
        )  # fmt: skip
    return made


def _quarter_end(start: dt.date) -> dt.date:
    return (start + dt.timedelta(100)).replace(day=1) - dt.timedelta(1)


def _overlap(one: Any, other: Any) -> int:
    return max((min(one[1], other[1]) - max(one[0], other[0])).days + 1, 0)
