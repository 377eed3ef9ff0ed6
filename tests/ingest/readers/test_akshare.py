"""AKShare's table: lots to shares, unadjusted, Chinese or English headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import duckdb

    from tests.ingest.conftest import HeldBack, Take, Write
    from tests.ingest.readers.conftest import Read

CHINESE = """\
\ufeff日期,股票代码,开盘,收盘,最高,最低,成交量,成交额,振幅,涨跌幅,涨跌额,换手率
2025-12-08,688256,1390.0,1417.8,1430.0,1388.0,80123,11300000000.0,3.0,2.1,29.0,1.9
2025-12-09,688256,1420.0,1436.0,1450.0,1410.5,70456,10100000000.0,2.8,1.28,18.2,1.7
"""
ENGLISH = """\
date,open,close,high,low,volume,amount,pct_chg,turnover
2026-01-22,1344.0,1353.0,1368.0,1333.0,59350.32,,-0.06,
"""

STAMP = "published_on,source_id,confidence"

pytestmark = pytest.mark.usefixtures("listings")


def test_lots_become_shares_and_prices_stay_as_traded(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    report = take(write("prices.csv", CHINESE)).files[0]

    assert (report.provider, report.rows_accepted) == ("akshare", 2)
    row = con.execute(
        "select symbol, mic, adjustment, open, high, low, close, volume, currency, source_id, line"
        " from raw_prices where traded_on = '2025-12-09'"
    ).fetchall()[0]
    assert [str(value) for value in row] == [
        "688256", "XSHG", "raw", "1420.000000", "1450.000000", "1410.500000", "1436.000000",
        "7045600", "CNY", "PX-AKSHARE", "3",
    ]  # fmt: skip


def test_the_english_table_names_its_stock_in_the_file_name(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHIPBRIEF_NOW", "2026-01-23T08:00:00+00:00")
    report = take(write("unadjusted_688256_from_2026-01-22.csv", ENGLISH)).files[0]

    assert (report.provider, report.rows_accepted) == ("akshare", 1)
    rows = con.execute("select symbol, volume from raw_prices").fetchall()
    assert [(symbol, str(volume)) for symbol, volume in rows] == [("688256", "5935032")]


def test_a_volume_that_is_no_number_is_held_back_as_received(
    take: Take, write: Write, held_back: HeldBack
) -> None:
    report = take(write("p.csv", CHINESE.replace("70456", "--"))).files[0]

    assert held_back(report)["reason"][0].startswith("volume is '--': not a number")


def test_two_columns_of_one_meaning_refuse_the_file(take: Take, write: Write) -> None:
    report = take(write("p.csv", CHINESE.replace("振幅", "开盘价"))).files[0]

    assert "two columns for open" in report.reason


def test_a_stock_without_a_listing_refuses_the_file(take: Take, write: Write) -> None:
    report = take(write("p.csv", CHINESE.replace("688256", "688001"))).files[0]

    assert report.status == "refused"
    assert "no listing of 688001" in report.reason


def test_a_row_taken_during_a_session_is_told_by_the_change_that_the_next_row_states(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, held_back: HeldBack
) -> None:
    # 1436.00 x 1.0100 is 1450.36; the row says 1460.00, so it does not start from 1436.00
    later = "2025-12-10,688256,1440.0,1460.0,1465.0,1438.0,60000,1.0,1.0,1.00,1.0,1.0\n"

    report = take(write("p.csv", CHINESE + later)).files[0]

    assert (report.rows_accepted, report.rows_quarantined) == (2, 1)
    held = held_back(report).row(0, named=True)
    assert (held["rule"], held["line"]) == ("close_contradicted", 3)
    assert "2025-12-10 states a change of 1.0 % to 1460.0" in held["reason"]
    days = con.execute("select cast(traded_on as varchar) from raw_prices order by 1").fetchall()
    assert days == [("2025-12-08",), ("2025-12-10",)]


def test_a_change_over_a_session_that_the_file_lacks_contradicts_no_row(
    take: Take, write: Write
) -> None:
    # the row of the 10th is missing: the 11th states its change from the close of the 10th
    later = "2025-12-11,688256,1440.0,1460.0,1465.0,1438.0,60000,1.0,1.0,1.00,1.0,1.0\n"

    report = take(write("p.csv", CHINESE + later)).files[0]

    assert (report.rows_accepted, report.rows_quarantined) == (3, 0)


def test_a_change_over_days_on_which_the_exchange_was_shut_contradicts_a_row(
    take: Take, write: Write, held_back: HeldBack
) -> None:
    days = "".join(
        f"XSHG,2025-12-{day:02},2025-12-{day:02}T01:30:00Z,2025-12-{day:02}T07:00:00Z,"
        "2022-01-01,T,derived\n"
        for day in (8, 9, 12, 15)
    )
    take(write("sessions.csv", f"mic,session_on,open_at,close_at,{STAMP}\n{days}"))
    later = "2025-12-12,688256,1440.0,1460.0,1465.0,1438.0,60000,1.0,1.0,1.00,1.0,1.0\n"

    report = take(write("p.csv", CHINESE + later)).files[0]

    assert held_back(report)["rule"].to_list() == ["close_contradicted"]


def test_a_change_beyond_the_limit_is_a_corporate_action_and_no_row_is_held_back(
    take: Take, write: Write
) -> None:
    # a bonus issue of 5 for 10: the stated change is from the price restated for it
    later = "2025-12-10,688256,960.0,966.9,970.0,950.0,60000,1.0,1.0,1.00,1.0,1.0\n"

    report = take(write("p.csv", CHINESE + later)).files[0]

    assert report.rows_accepted == 3


def test_the_percentages_and_units_of_a_page_are_read(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    # Eastmoney's own table as it is copied or exported
    text = (
        "时间,开盘,收盘,最高,最低,涨幅,振幅,总手,金额,换手%\n"
        '2025-12-09,"1,420.00","1,436.00","1,450.00","1,410.50",1.28%,2.79%,7.05万,101.0亿,1.70\n'
    )

    report = take(write("688256.csv", text)).files[0]

    assert (report.provider, report.rows_accepted) == ("akshare", 1)
    assert con.execute(
        "select cast(close as int), cast(volume as int) from raw_prices"
    ).fetchall() == [(1436, 7_050_000)]


def test_volume_is_in_the_unit_of_its_interface_and_market(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    sina = (
        "date,open,high,low,close,volume,amount,outstanding_share,turnover\n"
        "2025-12-09,1420.0,1450.0,1410.5,1436.0,7045600.0,10100000000.0,418000000.0,0.0168\n"
    )
    tencent = "date,open,close,high,low,amount\n2025-12-10,1433.0,1428.0,1437.73,1410.0,59093.0\n"
    # stock_hk_hist: the same columns, in shares
    hong_kong = (
        CHINESE.replace("股票代码,", "").replace("688256,", "").replace("00000000.0", "000000.0")
    )

    for name, text in (("sina_688256", sina), ("tx_688256", tencent), ("00981.HK", hong_kong)):
        report = take(write(f"{name}.csv", text)).files[0]
        assert (report.provider, report.rows_quarantined) == ("akshare", 0), (name, report.reason)

    volumes = con.execute(
        "select symbol, mic, cast(traded_on as varchar), cast(volume as int) from raw_prices"
        " order by all"
    ).fetchall()
    assert volumes == [
        ("0981", "XHKG", "2025-12-08", 80_123),
        ("0981", "XHKG", "2025-12-09", 70_456),
        ("688256", "XSHG", "2025-12-09", 7_045_600),
        ("688256", "XSHG", "2025-12-10", 5_909_300),
    ]


def test_closes_that_are_adjusted_are_refused_where_the_store_shows_it(
    take: Take, write: Write
) -> None:
    # 688256 adjusted forward by 1.4918, as `adjust="qfq"` gives it under the same header
    days = [f"2025-12-{day:02}" for day in (1, 2, 3, 4, 5)]
    rows = [
        f"{day},688256,{1400 + n},{1410 + n},{1420 + n},{1390 + n},60000"
        for n, day in enumerate(days)
    ]
    adjusted = [
        f"{day},688256,{(1400 + n) / 1.4918:.2f},{(1410 + n) / 1.4918:.2f},"
        f"{(1420 + n) / 1.4918:.2f},{(1390 + n) / 1.4918:.2f},60000"
        for n, day in enumerate(days)
    ]
    header = "日期,股票代码,开盘,收盘,最高,最低,成交量"
    one_off = [rows[0].replace("1400,", "1400.5,"), *rows[1:]]  # not whole throughout
    take(write("raw.csv", "\n".join([header, *one_off])))

    report = take(write("qfq.csv", "\n".join([header, *adjusted]))).files[0]

    assert report.status == "refused"
    assert "0.6703 times those of 688256 in the store on 5 days" in report.reason


@pytest.mark.parametrize(
    ("name", "provider", "symbol", "volume"),
    [
        ("sh000300.csv", None, "CSI300", "100"),  # stock_zh_index_daily
        ("00981.HK.csv", "akshare", "0981", "100"),  # stock_hk_daily
        ("NVDA.csv", "akshare", "NVDA", "100"),  # stock_us_daily
    ],
)
def test_sinas_plain_table_is_as_traded(
    read: Read, name: str, provider: str | None, symbol: str, volume: str
) -> None:
    text = "date,open,high,low,close,volume\n2025-12-09,70.0,71.0,69.5,70.1,100.0\n"

    row = read(name, text, provider).rows.row(0, named=True)

    assert (row["symbol"], row["adjustment"], row["volume"]) == (symbol, "raw", volume)
