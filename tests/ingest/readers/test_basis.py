"""As traded or restated: told by the format, and never against what the store and a split show.

NVIDIA split 10 for 1 on 2024-06-10; the bars are the recorded ones on either side of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ingest.conftest import HeldBack, Take, Write
    from tests.ingest.readers.conftest import Layout, Real, StoreBars

ACTION = (
    "symbol,mic,ex_on,action,price_ratio,published_on,source_id,confidence\n"
    "NVDA,XNAS,2024-06-10,split,10,2024-06-10,T,seen-secondary\n"
)


def times(bars: list[Real], by: float) -> list[Real]:
    return [
        bar._replace(
            **{n: f"{float(getattr(bar, n)) * by:.2f}" for n in ("open", "high", "low", "close")}
        )
        for bar in bars
    ]


def as_traded(bars: list[Real]) -> list[Real]:
    return [*times([b for b in bars if b.day < "2024-06-10"], 10),
            *(b for b in bars if b.day >= "2024-06-10")]  # fmt: skip


@pytest.fixture
def summer(nvda: Callable[[str, str], list[Real]]) -> list[Real]:
    """Six sessions before the split and ten since, restated."""
    bars = nvda("2024-05-31", "2024-06-24")
    assert [b.day for b in bars].index("2024-06-10") == 6
    return bars


def test_an_unstated_basis_is_told_by_the_price_across_a_split(
    take: Take, write: Write, listings: None, layout: Layout, summer: list[Real]
) -> None:
    take(write("actions.csv", ACTION))

    restated = take(write("b_NVDA.csv", layout("nasdaq", summer))).files[0]
    traded = take(write("HistoricalData_NVDA.csv", layout("nasdaq", as_traded(summer)))).files[0]

    assert (traded.status, traded.rows_accepted) == ("accepted", 16)
    # it may be restated for dividends too, and no stored close says which
    assert restated.status == "refused"
    assert "--adjustment" in restated.way_out


def test_an_unstated_basis_is_told_by_the_stored_closes(
    take: Take,
    write: Write,
    store_bars: StoreBars,
    layout: Layout,
    summer: list[Real],
    bars_of: Callable[[str], list[tuple[str, ...]]],
) -> None:
    store_bars(summer)
    take(write("actions.csv", ACTION))

    take(write("a_NVDA.csv", layout("nasdaq", summer)))
    assert {row[-1] for row in bars_of("PX-NASDAQ")} == {"split"}

    take(write("b_NVDA.csv", layout("nasdaq", as_traded(summer))))
    assert {row[-1] for row in bars_of("PX-NASDAQ")} == {"split", "raw"}


def test_rows_on_a_basis_before_the_split_are_held_back(
    take: Take,
    write: Write,
    listings: None,
    layout: Layout,
    summer: list[Real],
    held_back: HeldBack,
) -> None:
    take(write("actions.csv", ACTION))

    report = take(write("NVDA.csv", layout("yahoo", as_traded(summer)))).files[0]

    assert (report.rows_accepted, report.rows_quarantined) == (10, 6)
    held = held_back(report)
    assert set(held["rule"]) == {"stale_split_basis"}
    assert "before the split of 2024-06-10 (10 for 1)" in held["reason"][0]


def test_a_file_from_before_the_split_is_refused_by_the_stored_closes(
    take: Take, write: Write, store_bars: StoreBars, layout: Layout, summer: list[Real]
) -> None:
    store_bars(summer)
    take(write("actions.csv", ACTION))

    report = take(write("NVDA.csv", layout("yahoo", as_traded(summer)[:6]))).files[0]

    assert report.status == "refused"
    assert "are as traded, not restated for splits" in report.reason
    assert report.way_out.startswith("Say --adjustment raw")
    said = take(write("NVDA.csv", layout("yahoo", as_traded(summer)[:6])), adjustment="raw")
    assert said.files[0].rows_accepted == 6


def test_restated_rows_in_a_file_that_says_as_traded_are_held_back(
    take: Take, write: Write, listings: None, layout: Layout, summer: list[Real]
) -> None:
    take(write("actions.csv", ACTION))

    report = take(write("daily_NVDA.csv", layout("alphavantage", summer))).files[0]

    assert [(f.rule, f.count) for f in report.findings] == [("not_as_traded", 6)]


@pytest.mark.parametrize(
    ("by", "says"),
    [
        (10.0, "10 times those of NVDA in the store on 16 days: the prices are scaled"),
        (7.06, "7.06 times those of NVDA in the store on 16 days: another currency"),
    ],
)
def test_a_file_at_a_multiple_of_the_stored_closes_is_refused(
    take: Take, write: Write, store_bars: StoreBars, layout: Layout, summer: list[Real],
    by: float, says: str,
) -> None:  # fmt: skip
    store_bars(summer)

    report = take(write("NVDA.csv", layout("yahoo", times(summer, by)))).files[0]

    assert report.status == "refused"
    assert says in report.reason


def test_the_prices_of_another_symbol_are_refused(
    take: Take, write: Write, store_bars: StoreBars, layout: Layout, summer: list[Real]
) -> None:
    store_bars(summer)
    other = [times([bar], 1.2 + place / 10)[0] for place, bar in enumerate(summer)]

    report = take(write("NVDA.csv", layout("yahoo", other))).files[0]

    assert "are not those of NVDA in the store on 16 days: another symbol" in report.reason


def test_one_row_in_another_unit_than_the_store_is_held_back(
    take: Take, write: Write, store_bars: StoreBars, layout: Layout, summer: list[Real]
) -> None:
    store_bars(summer)
    slipped = [*summer[:-1], *times(summer[-1:], 10)]

    report = take(write("NVDA.csv", layout("yahoo", slipped))).files[0]

    assert [(f.rule, f.count, f.first_line) for f in report.findings] == [("price_unit", 1, 17)]


def test_an_adjustment_that_there_is_not_is_wrong_use(
    take: Take, write: Write, listings: None, layout: Layout, summer: list[Real]
) -> None:
    from warehouse.errors import WrongUse

    file = write("NVDA.csv", layout("yahoo", summer))

    with pytest.raises(WrongUse, match="no adjustment 'forward'"):
        take(file, adjustment="forward")
    with pytest.raises(WrongUse, match="no order of dates 'us'"):
        take(file, date_order="us")
