"""Whatever a vendor files of a year, the pieces made of it are true, disjoint and whole.

Random filings of four known quarters go through the models themselves: what is said of a quarter
must be what was sold in it, and months must add up to the cent.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
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

QUARTER_ENDS = [dt.date(2025, 3, 31), dt.date(2025, 6, 30), dt.date(2025, 9, 30),
                dt.date(2025, 12, 31)]  # fmt: skip
STARTS = [dt.date(2025, 1, 1), *(end + dt.timedelta(1) for end in QUARTER_ENDS[:3])]
#: First and last quarter of everything that an A-share company may file.
FILINGS = {"Q1": (0, 0), "Q2": (1, 1), "Q3": (2, 2), "Q4": (3, 3), "H1": (0, 1), "9M": (0, 2),
           "FY": (0, 3)}  # fmt: skip
MARKS = [{"confidence": "seen-primary", "weakness": 1}, {"confidence": "derived", "weakness": 3}]
CENTS = st.integers(-(10**13), 10**14).map(lambda cents: Decimal(cents) / 100)
QUICK = settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    return bundled.models()


@pytest.fixture(scope="module")
def table_shapes(models: dict[str, Model]) -> dict[str, dict[str, str]]:
    return {
        **{name: {c.name: c.type for c in m.columns} for name, m in models.items()},
        **{f"rec_{k}": {**s.columns, **VERSION_COLUMNS} for k, s in shapes().items()},
        "rec_quarantine": QUARANTINE_COLUMNS,
        "parameters": PARAMETER_COLUMNS,
    }


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(":memory:") as opened:
        yield opened


@QUICK
@given(
    sold=st.lists(CENTS, min_size=4, max_size=4),
    filed=st.sets(st.sampled_from(sorted(FILINGS)), min_size=1),
)
def test_trap_11_pieces_of_any_filings_are_true_disjoint_and_whole(
    con: duckdb.DuckDBPyConnection,
    models: dict[str, Model],
    table_shapes: dict[str, dict[str, str]],
    sold: list[Decimal],
    filed: set[str],
) -> None:
    rows = []
    for name in sorted(filed):
        first, last = FILINGS[name]
        amount = sum(sold[first : last + 1])
        rows.append(
            {
                "sale_id": name, "metric": "revenue", "series_id": "s", "value_type": "reported",
                "is_derived_by_source": False, "fiscal_period": name, "standing": "used",
                "period_start": STARTS[first], "period_end": QUARTER_ENDS[last],
                "days": (QUARTER_ENDS[last] - STARTS[first]).days + 1,
                "value": amount, "value_low": amount, "value_high": amount,
                "published_on": "2026-04-30", "source_id": "S", "confidence": "seen-primary",
            }
        )  # fmt: skip

    pieces = try_model(
        con,
        models["int_sales_fiscal"],
        {"int_sales_row": rows, "stg_confidence": MARKS},
        table_shapes,
    )

    quarters = [_quarters(piece) for piece in pieces]
    covered = sorted(q for piece in quarters for q in piece)
    assert covered == sorted({q for n in filed for q in range(FILINGS[n][0], FILINGS[n][1] + 1)})
    assert sum(piece["value"] for piece in pieces) == sum(sold[q] for q in covered)
    for piece, own in zip(pieces, quarters, strict=True):
        if piece["method"] != "allocated":
            assert piece["value"] == sum(sold[q] for q in own)
        assert piece["disagreement"] in (None, 0)


@QUICK
@given(
    amount=CENTS,
    start=st.dates(dt.date(2024, 1, 1), dt.date(2025, 12, 31)),
    days=st.integers(2, 400),
)
def test_months_of_any_period_add_up_to_the_cent(
    con: duckdb.DuckDBPyConnection,
    models: dict[str, Model],
    table_shapes: dict[str, dict[str, str]],
    amount: Decimal,
    start: dt.date,
    days: int,
) -> None:
    end = start + dt.timedelta(days - 1)
    months = [
        {"month": first, "month_end": _next_month(first) - dt.timedelta(1)}
        for first in (dt.date(2024 + n // 12, n % 12 + 1, 1) for n in range(40))
    ]
    piece = {
        "series_id": "s", "metric": "revenue", "currency": "USD", "period_start": start,
        "period_end": end, "days": days, "value": amount, "value_low": amount,
        "value_high": amount, "method": "filed", "confidence": "seen-primary",
    }  # fmt: skip

    made = try_model(
        con,
        models["int_sales_fiscal_month"],
        {"int_sales_fiscal": [piece], "dim_month": months, "stg_confidence": MARKS},
        table_shapes,
    )

    assert sum(row["value"] for row in made) == amount
    assert sum(row["value_usd"] for row in made) == amount
    assert sum(row["days"] for row in made) == days
    for row in made:
        assert abs(row["value"] - amount * row["days"] / days) <= Decimal("0.01")


def _quarters(piece: dict[str, Any]) -> range:
    return range(STARTS.index(piece["period_start"]), QUARTER_ENDS.index(piece["period_end"]) + 1)


def _next_month(first: dt.date) -> dt.date:
    return (first + dt.timedelta(31)).replace(day=1)
