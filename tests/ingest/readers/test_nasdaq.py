"""Nasdaq.com's download: months first, dollars, newest first.

Checked against files of www.nasdaq.com/market-activity/stocks/…/historical as public repositories
keep them: `12/13/2024,$191.38,18883220,$192.71,$194.34,$191.26`, and `N/A` for a volume.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.ingest.readers.conftest import Read

TEXT = """\
Date,Close/Last,Volume,Open,High,Low
12/10/2025,$183.78,162785400,$184.97,$185.48,$182.04
12/09/2025,$184.97,"144,719,700",$185.56,$185.72,$183.32
"""


def test_months_come_first_and_signs_and_marks_are_taken_off(read: Read) -> None:
    rows = read("HistoricalData_NVDA.csv", TEXT, adjustment="split").rows

    assert rows.select("traded_on", "open", "high", "low", "close", "volume").rows() == [
        ("2025-12-10", "184.97", "185.48", "182.04", "183.78", "162785400"),
        ("2025-12-09", "185.56", "185.72", "183.32", "184.97", "144719700"),
    ]


def test_a_volume_that_is_not_available_is_unknown(read: Read) -> None:
    rows = read("NVDA.csv", TEXT.replace("162785400", "N/A"), adjustment="split").rows

    assert rows["volume"].to_list() == [None, "144719700"]


def test_dollars_for_a_stock_quoted_in_yuan_are_held_back(read: Read) -> None:
    reading = read("688256.csv", TEXT, adjustment="raw")

    assert reading.rows.is_empty()
    assert reading.ragged["rule"].to_list() == ["other_currency"] * 2
    assert reading.ragged["reason"][0] == "The row is in USD, and 688256 is quoted in CNY."


def test_a_day_that_cannot_be_is_handed_on_and_never_turned_round(read: Read) -> None:
    rows = read("NVDA.csv", TEXT.replace("12/10/2025", "31/12/2025"), adjustment="split").rows

    assert rows["traded_on"].to_list() == ["31/12/2025", "2025-12-09"]
