"""Bars that are not what they are sold as: each check holds back its rows, or refuses the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ingest.conftest import HeldBack, Take, Write
    from tests.ingest.readers.conftest import Layout, Read, Real

SESSIONS = "mic,session_on,open_at,close_at,published_on,source_id,confidence\n" + "".join(
    f"XNAS,2025-12-{day:02},2025-12-{day:02}T14:30:00Z,2025-12-{day:02}T21:00:00Z,2022-01-01,T,"
    "derived\n"
    for day in (22, 23, 24, 26, 29, 30, 31)
)


def scaled(bars: list[Real], times: int) -> list[Real]:
    """Prices as whole numbers of a hundredth, or of a ten-thousandth."""
    return [
        bar._replace(
            **{
                n: str(round(float(getattr(bar, n)) * times))
                for n in ("open", "high", "low", "close")
            }
        )
        for bar in bars
    ]


def lots(bars: list[Real]) -> list[Real]:
    return [bar._replace(volume=str(int(bar.volume) // 100)) for bar in bars]


@pytest.mark.parametrize("times", [100, 10_000])
def test_prices_scaled_to_whole_numbers_are_refused(
    read: Read, layout: Layout, december: list[Real], times: int
) -> None:
    with pytest.raises(Refused, match="all 22 rows have whole prices"):
        read("NVDA.csv", layout("yahoo", scaled(december, times)))


def test_an_index_may_have_whole_levels(read: Read, layout: Layout, december: list[Real]) -> None:
    assert read("SPX.csv", layout("yahoo", scaled(december, 100))).rows.height == 22


@pytest.mark.parametrize("times", [100, 1000])
@pytest.mark.parametrize("newest_first", [False, True])
def test_rows_whose_price_is_in_another_unit_are_held_back(
    read: Read, layout: Layout, december: list[Real], times: int, newest_first: bool
) -> None:
    mixed = [*december[:5], *scaled(december[5:9], times), *december[9:]]

    reading = read("NVDA.csv", layout("yahoo", mixed[::-1] if newest_first else mixed))

    assert reading.rows.height == 18
    assert set(reading.ragged["rule"]) == {"price_unit"}
    lines = [22 - n if newest_first else n + 1 for n in range(5, 9)]
    assert sorted(reading.ragged["line"]) == sorted(line + 1 for line in lines)
    assert f"about {times:.1f} times" in reading.ragged["reason"][0]


@pytest.mark.parametrize("in_lots", [slice(0, 8), slice(8, 22)])
def test_volumes_in_lots_on_one_side_of_a_day_are_held_back(
    read: Read, layout: Layout, december: list[Real], in_lots: slice
) -> None:
    mixed = december.copy()
    mixed[in_lots] = lots(december[in_lots])

    reading = read("NVDA.csv", layout("yahoo", mixed))

    held = set(range(22)[in_lots])
    assert sorted(reading.ragged["line"]) == sorted(place + 2 for place in held)
    assert set(reading.ragged["rule"]) == {"volume_unit"}


def test_volumes_that_merely_vary_are_let_be(
    read: Read, layout: Layout, december: list[Real]
) -> None:
    quiet = [bar._replace(volume=str(int(bar.volume) // 6)) for bar in december[:8]]

    assert read("NVDA.csv", layout("yahoo", [*quiet, *december[8:]])).rows.height == 22


def test_several_bars_to_a_day_are_refused(
    read: Read, layout: Layout, december: list[Real]
) -> None:
    hours = [
        bar._replace(close=str(float(bar.close) + step / 100))
        for bar in december
        for step in (0, 1)
    ]

    with pytest.raises(Refused, match="bars within a day"):
        read("NVDA.csv", layout("yahoo", hours))


def test_a_bar_a_week_is_refused(
    read: Read, layout: Layout, nvda: Callable[[str, str], list[Real]]
) -> None:
    with pytest.raises(Refused, match="holds a bar every 7 days"):
        read("NVDA.csv", layout("yahoo", nvda("2025-06-02", "2025-12-31")[::5]))


def test_rows_of_days_without_a_session_are_held_back(
    take: Take,
    write: Write,
    listings: None,
    layout: Layout,
    december: list[Real],
    held_back: HeldBack,
) -> None:
    take(write("sessions.csv", SESSIONS))
    christmas = december[-5]._replace(day="2025-12-25")
    sunday = december[-5]._replace(day="2025-12-28")

    report = take(write("NVDA.csv", layout("yahoo", [*december, christmas, sunday]))).files[0]

    assert (report.rows_read, report.rows_accepted) == (24, 22)
    rows = held_back(report)
    assert rows.select("line", "rule").rows() == [(24, "no_session"), (25, "no_session")]
    assert "(XNAS) was not open on 2025-12-25" in rows["reason"][0]


def test_a_weekend_is_known_without_a_calendar(
    read: Read, layout: Layout, december: list[Real]
) -> None:
    reading = read("NVDA.csv", layout("yahoo", [*december, december[0]._replace(day="2025-12-06")]))

    assert reading.ragged.select("line", "rule").rows() == [(24, "no_session")]


def test_a_stated_currency_must_be_the_listings(read: Read) -> None:
    text = (
        "Date,Open,High,Low,Close,Volume,Currency\n"
        "2025-12-08,182.64,188.0,182.4,185.55,204378100,USD\n"
        "2025-12-09,1312.2,1313.4,1296.4,1308.1,144719700,CNY\n"
    )

    reading = read("NVDA.csv", text)

    assert reading.rows["line"].to_list() == [2]
    assert reading.ragged.select("line", "rule").rows() == [(3, "other_currency")]


def test_different_values_of_one_day_are_all_held_back(
    take: Take, write: Write, listings: None, layout: Layout, december: list[Real]
) -> None:
    other = december[3]._replace(close=str(float(december[3].low) + 0.01))

    report = take(write("NVDA.csv", layout("yahoo", [*december, other]))).files[0]

    assert (report.rows_accepted, report.rows_quarantined) == (21, 2)
    assert [f.rule for f in report.findings] == ["conflicting_rows"]


def test_real_bars_of_three_years_are_not_suspected(
    read: Read, layout: Layout, nvda: Callable[[str, str], list[Real]]
) -> None:
    bars = nvda("2022-01-01", "2026-12-31")

    reading = read("NVDA.csv", layout("yahoo", bars))

    assert len(bars) > 600
    assert (reading.rows.height, reading.ragged.height) == (len(bars), 0)
