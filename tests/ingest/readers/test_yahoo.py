"""Yahoo-style daily bars: the symbol by name or by word, market and currency by its listing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import duckdb

    from tests.ingest.conftest import Take, Write

ADJUSTED = """\
Date,Open,High,Low,Close,Adj Close,Volume
2024-06-07,119.769997,121.692001,118.022003,120.888000,120.874008,412386000
2024-06-10,120.370003,123.099998,117.010002,121.790001,121.779991,314162700
"""
LOWER = """\
date,open,high,low,close,volume,wap,count
2025-12-08,182.64,188.0,182.4,185.55,204378100.0,185.57,1
2025-12-09,185.56,185.72,183.32,184.97,144719700.0,,
"""
INDEX = "date,open,high,low,close,amount_yi,pe\n2025-12-09,6850,6860,6840,6843,1,2\n"

pytestmark = pytest.mark.usefixtures("listings")


@pytest.mark.parametrize(("name", "text"), [("NVDA (1).csv", ADJUSTED), ("us_nvda.csv", LOWER)])
def test_bars_become_prices_restated_for_splits(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, name: str, text: str
) -> None:
    report = take(write(name, text)).files[0]

    assert (report.kind, report.provider, report.rows_accepted) == ("prices", "yahoo", 2)
    assert report.assumed[0] == "Every row is of NVDA (XNAS), in USD."
    rows = con.execute(
        "select distinct symbol, mic, adjustment, currency, source_id, published_on = traded_on"
        " from raw_prices"
    ).fetchall()
    assert rows == [("NVDA", "XNAS", "split", "USD", "PX-YAHOO", True)]
    volumes = con.execute("select volume from raw_prices order by traded_on").fetchall()
    assert int(volumes[0][0]) in (412386000, 204378100)


def test_an_index_has_no_volume_and_no_splits(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    take(write("index_SPX.csv", LOWER.replace("204378100.0", "0.0").replace("144719700.0", "0")))

    rows = con.execute("select distinct symbol, mic, adjustment, volume from raw_prices").fetchall()
    assert rows == [("SPX", "XNYS", "raw", None)]


def test_a_table_without_volume_is_read(take: Take, write: Write) -> None:
    report = take(write("index_SPX.csv", INDEX)).files[0]

    assert (report.provider, report.rows_accepted) == ("yahoo", 1)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("download.csv", "does not say which symbol"),
        ("NVDA vs SPX.csv", "more than one symbol: NVDA, SPX"),
        ("0981.csv", "more than one market: XHKG, XSHG"),
    ],
)
def test_a_file_of_no_or_several_symbols_is_refused(
    take: Take, write: Write, name: str, says: str
) -> None:
    report = take(write(name, LOWER)).files[0]

    assert report.status == "refused"
    assert says in report.reason
    assert "--symbol" in report.way_out


def test_the_user_says_the_symbol(con: duckdb.DuckDBPyConnection, take: Take, write: Write) -> None:
    file = write("download.csv", LOWER)

    one, two = take(file, symbol="NVDA").files[0], take(file, symbol="0981@XHKG").files[0]
    unknown = take(file, symbol="ORCL").files[0]

    assert one.batch_id != two.batch_id
    assert (one.rows_accepted, two.rows_accepted) == (2, 2)
    assert unknown.status == "refused"
    assert "no listing of ORCL" in unknown.reason
    rows = con.execute(
        "select distinct symbol, mic, currency from raw_prices order by 1"
    ).fetchall()
    assert rows == [("0981", "XHKG", "HKD"), ("NVDA", "XNAS", "USD")]


def test_a_file_refused_for_want_of_a_listing_is_read_once_there_is_one(
    take: Take, write: Write
) -> None:
    file = write("us_TSM.csv", LOWER)
    assert take(file).files[0].status == "refused"

    take(
        write(
            "more.csv",
            "symbol,mic,security_type,title,title_zh,currency,calendar_mic,published_on,source_id,"
            "confidence\nTSM,XNYS,equity,TSMC,台积电,USD,XNYS,2022-01-01,T,derived\n",
        )
    )

    assert take(file).files[0].rows_accepted == 2
