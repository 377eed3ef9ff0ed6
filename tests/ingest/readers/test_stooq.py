"""Stooq's CSV and bulk text; how it is adjusted is told by the store or the user.

The CSV was checked against a real download (NVDA, May to July 2026), the bulk text against files of
its d_us_txt.zip as public repositories keep them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from tests.ingest.readers.conftest import Layout, Read, Real

BULK = """\
<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>
NVDA.US,D,20251209,000000,185.56,185.72,183.32,184.97,144719700,0
0981.HK,D,20251209,000000,70,71,69.5,70.1,51000000,0
ORCL.US,D,20251209,000000,220,221,219,220.5,1000,0
"""


def test_without_stored_closes_the_user_says_the_adjustment(
    read: Read, layout: Layout, december: list[Real]
) -> None:
    text = layout("stooq", december)

    with pytest.raises(Refused, match="does not say whether its prices are as traded") as refused:
        read("nvda_us_d.csv", text)

    assert "--adjustment" in refused.value.way_out
    rows = read("nvda_us_d.csv", text, adjustment="split").rows
    assert set(rows["adjustment"]) == {"split"}


def test_bulk_text_names_its_tickers_and_one_that_is_not_listed_is_held_back(read: Read) -> None:
    reading = read("d.txt", BULK, adjustment="split")

    assert reading.rows.select("symbol", "mic", "traded_on", "close").rows() == [
        ("NVDA", "XNAS", "2025-12-09", "184.97"),
        ("0981", "XHKG", "2025-12-09", "70.1"),
    ]
    assert reading.ragged.select("line", "rule").rows() == [(4, "no_listing")]
    assert "ORCL.US" in reading.ragged["reason"][0]


def test_an_interval_within_the_day_is_refused(read: Read) -> None:
    with pytest.raises(Refused, match="interval '5' in line 2"):
        read("5min.txt", BULK.replace(",D,", ",5,"))


def test_the_same_columns_under_another_name_are_not_taken_for_stooqs(
    read: Read, layout: Layout, december: list[Real]
) -> None:
    rows = read("NVDA.csv", layout("stooq", december)).rows

    assert set(rows["source_id"]) == {"PX-YAHOO"}
