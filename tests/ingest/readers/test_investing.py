"""Investing.com: equity and exchange rates, English and Chinese, an order of dates that is told.

Checked against downloads that public repositories keep: "Nov 01, 2023" and 02/17/2026 of the US
edition, 17/02/2026 of European ones, "2025-5-9" and 3.21M of the Chinese one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    import duckdb

    from tests.ingest.conftest import HeldBack, Take, Write
    from tests.ingest.readers.conftest import Read

HEADER = '"Date","Price","Open","High","Low","Vol.","Change %"\n'
AMBIGUOUS = (
    '"12/09/2025","184.97","185.56","185.72","183.32","144.72M","-0.31%"\n'
    '"12/08/2025","185.55","182.64","188.00","182.40","204.38M","1.72%"\n'
)
DECIDING = '"12/19/2025","180.99","176.67","181.45","176.34","324.93M",""\n'
CHINESE = (
    '"日期","收盘","开盘","高","低","交易量","涨跌幅"\n'
    '"2025-12-9","1,436.00","1,420.00","1,450.00","1,410.50","7.05M","1.28%"\n'
)
RATES = (
    '"Date","Price","Open","High","Low","Vol.","Change %"\n'
    '"12/19/2025","7.0410","7.0412","7.0423","7.0380","","-0.01%"\n'
    '"12/14/2025","7.0552","7.0552","7.0552","7.0552","","0.00%"\n'
)


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        (DECIDING, "2025-12-09"),
        (DECIDING.replace("12/19", "19/12"), "2025-09-12"),
    ],
)
def test_one_row_decides_the_order_of_all(read: Read, dates: str, first: str) -> None:
    rows = read("NVDA Historical Data.csv", HEADER + AMBIGUOUS + dates, adjustment="split").rows

    assert rows["traded_on"][0] == first
    assert rows["traded_on"][2] == "2025-12-19"
    assert rows["volume"].cast(float).to_list() == [144_720_000, 204_380_000, 324_930_000]


def test_an_order_that_no_row_decides_is_refused_and_the_user_says(read: Read) -> None:
    with pytest.raises(Refused, match="12/09/2025 has the month or the day first") as refused:
        read("NVDA.csv", HEADER + AMBIGUOUS, adjustment="split")

    assert "--date-order mdy" in refused.value.way_out
    rows = read("NVDA.csv", HEADER + AMBIGUOUS, adjustment="split", date_order="dmy").rows
    assert rows["traded_on"].to_list() == ["2025-09-12", "2025-08-12"]


def test_orders_that_contradict_each_other_are_refused(read: Read) -> None:
    both = HEADER + DECIDING + DECIDING.replace("12/19", "18/12")

    with pytest.raises(Refused, match="day first and dates with the month first"):
        read("NVDA.csv", both, adjustment="split")


def test_months_by_name_need_no_order(read: Read) -> None:
    text = HEADER + AMBIGUOUS.replace("12/09/2025", "Dec 09, 2025").splitlines()[0]

    rows = read("NVDA.csv", text, adjustment="split").rows

    assert rows["traded_on"].to_list() == ["2025-12-09"]


def test_the_chinese_edition_with_its_thousands(read: Read) -> None:
    rows = read("688256历史数据.csv", CHINESE, adjustment="raw").rows

    row = rows.row(0, named=True)
    assert (row["symbol"], row["traded_on"], row["close"]) == ("688256", "2025-12-09", "1436.00")
    assert float(row["volume"]) == 7_050_000


def test_rates_of_a_pair_become_dollars_for_one_unit(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, held_back: HeldBack
) -> None:
    report = take(write("USD_CNY Historical Data.csv", RATES)).files[0]

    assert (report.kind, report.provider) == ("fx", "investing")
    (rate,) = con.execute(
        "select currency, cast(rate_on as varchar), cast(usd_rate as varchar), derivation"
        " from raw_fx"
    ).fetchall()
    assert rate == (
        "CNY", "2025-12-19", "0.1420252805",  # 1 / 7.0410
        "Inverse of the Investing.com close of USD/CNY",
    )  # fmt: skip
    assert held_back(report)["rule"].to_list() == ["no_session"]  # a Sunday


def test_a_pair_without_the_dollar_is_refused(read: Read) -> None:
    with pytest.raises(Refused, match="EUR/CNY, and rates are kept to the dollar"):
        read("EUR_CNY Historical Data.csv", RATES)


def test_the_pair_may_be_said(read: Read) -> None:
    rows = read("rates.csv", RATES, kind="fx", symbol="EUR/USD").rows

    assert rows.select("currency", "usd_rate", "confidence").rows() == [
        ("EUR", "7.0410", "seen-secondary")
    ]
