"""Tushare's daily bars: lots and thousands on the mainland, units in Hong Kong, as traded.

Checked against the documentation of `daily` (tushare.pro, document 27: vol 手, amount 千元, 未复权)
and of the Hong Kong series (vol 股).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from tests.ingest.readers.conftest import Read

#: Cambricon's closes of December 2025, with volume and turnover as AKShare has them.
TEXT = """\
,ts_code,trade_date,open,high,low,close,pre_close,change,pct_chg,vol,amount
0,688256.SH,20251210,1433.0,1437.73,1410.0,1428.0,1436.0,-8.0,-0.5571,59093.0,8412000.0
1,688256.SH,20251209,1420.0,1450.0,1410.5,1436.0,1417.8,18.2,1.2837,70456.0,10100000.0
2,00981.HK,20251209,70.0,71.0,69.5,70.1,69.0,1.1,1.5942,51000000.0,3580000000.0
3,600519.SH,20251209,1400.0,1410.0,1395.0,1401.0,1400.0,1.0,0.0714,20000.0,2800000.0
"""


def test_lots_become_shares_on_the_mainland_and_shares_stay_in_hong_kong(read: Read) -> None:
    reading = read("daily.csv", TEXT)

    assert [
        (symbol, mic, day, close, float(volume), basis)
        for symbol, mic, day, close, volume, basis in reading.rows.select(
            "symbol", "mic", "traded_on", "close", "volume", "adjustment"
        ).rows()
    ] == [
        ("688256", "XSHG", "2025-12-10", "1428.0", 5_909_300, "raw"),
        ("688256", "XSHG", "2025-12-09", "1436.0", 7_045_600, "raw"),
        ("0981", "XHKG", "2025-12-09", "70.1", 51_000_000, "raw"),
    ]
    assert reading.ragged.select("line", "rule").rows() == [(5, "no_listing")]


def test_a_volume_in_shares_among_lots_is_held_back_by_its_turnover(read: Read) -> None:
    reading = read("daily.csv", TEXT.replace("70456.0", "7045600.0"))

    assert reading.ragged.select("line", "rule").rows() == [(5, "no_listing"), (3, "volume_unit")]
    assert "no price near 1436.0" in reading.ragged["reason"][1]


def test_volumes_in_shares_throughout_are_told_by_the_turnover(read: Read) -> None:
    lines = TEXT.replace("70456.0", "7045600.0").replace("59093.0", "5909300.0").splitlines()

    reading = read("daily.csv", "\n".join(lines[:3]))

    assert reading.rows["volume"].to_list() == ["5909300", "7045600"]
    assert "Volumes are in shares (688256): so says the turnover beside them." in reading.assumed


def test_a_market_without_any_listing_is_refused(read: Read) -> None:
    with pytest.raises(Refused, match=r"no listing of 600519\.SH"):
        read("daily.csv", "\n".join([TEXT.splitlines()[0], TEXT.splitlines()[4]]))
