"""Tables of yfinance: header rows of several tickers, restated for dividends unless told otherwise.

The layouts were checked against files that public repositories keep of `yf.download(...).to_csv()`
(0.2.54 and later, and the older form without names in the corner) and of `Ticker.history()`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from tests.ingest.readers.conftest import Read

ONE = """\
Price,Close,High,Low,Open,Volume
Ticker,NVDA,NVDA,NVDA,NVDA,NVDA
Date,,,,,
2025-12-08,185.55,188.0,182.4,182.64,204378100
2025-12-09,184.97,185.72,183.32,185.56,144719700
"""
#: Hong Kong was shut on 25 December, New York was not.
TWO = """\
Price,Adj Close,Adj Close,Close,Close,High,High,Low,Low,Open,Open,Volume,Volume
Ticker,0981.HK,NVDA,0981.HK,NVDA,0981.HK,NVDA,0981.HK,NVDA,0981.HK,NVDA,0981.HK,NVDA
Date,,,,,,,,,,,,
2025-12-24,70.1,188.61,70.1,188.61,71.0,188.91,69.5,186.59,70.0,187.94,51000000,65528500
2025-12-26,,190.53,,190.53,,192.69,,188.0,,189.92,,139740300
"""
BY_TICKER = """\
Ticker,NVDA,NVDA,NVDA,NVDA,NVDA
Price,Open,High,Low,Close,Volume
Date,,,,,
2025-12-09,185.56,185.72,183.32,184.97,144719700
"""
OLDER = """\
,Adj Close,Adj Close,Close,Close,High,High,Low,Low,Open,Open,Volume,Volume
,NVDA,^GSPC,NVDA,^GSPC,NVDA,^GSPC,NVDA,^GSPC,NVDA,^GSPC,NVDA,^GSPC
Date,,,,,,,,,,,,
2025-12-09,184.97,6840.51,184.97,6840.51,185.72,6864.9,183.32,6837.4,185.56,6849.7,144719700,0
"""
HISTORY = """\
Date,Open,High,Low,Close,Volume,Dividends,Stock Splits
2025-12-08 00:00:00-05:00,182.64,188.0,182.4,185.55,204378100,0.0,0.0
"""


def test_three_header_rows_are_one_ticker_restated_for_dividends(read: Read) -> None:
    reading = read("prices.csv", ONE)

    assert reading.rows.select(
        "symbol", "mic", "traded_on", "open", "high", "low", "close", "volume", "adjustment", "line"
    ).rows() == [
        ("NVDA", "XNAS", "2025-12-08", "182.64", "188.0", "182.4", "185.55", "204378100",
         "total_return", 4),
        ("NVDA", "XNAS", "2025-12-09", "185.56", "185.72", "183.32", "184.97", "144719700",
         "total_return", 5),
    ]  # fmt: skip


def test_several_tickers_are_parted_and_a_blank_cell_is_no_bar(read: Read) -> None:
    rows = read("two.csv", TWO).rows

    assert rows.select("line", "symbol", "mic", "currency", "close", "adjustment").rows() == [
        (4, "0981", "XHKG", "HKD", "70.1", "split"),
        (4, "NVDA", "XNAS", "USD", "188.61", "split"),
        (5, "NVDA", "XNAS", "USD", "190.53", "split"),
    ]


@pytest.mark.parametrize("text", [BY_TICKER, OLDER])
def test_older_and_regrouped_header_rows_are_read_alike(read: Read, text: str) -> None:
    rows = read("t.csv", text).rows

    bars = dict(rows.select("symbol", "close").iter_rows())
    assert bars["NVDA"] == "184.97"
    assert bars.get("SPX", "6840.51") == "6840.51"  # Yahoo's ^GSPC


def test_history_with_actions_is_restated_for_dividends(read: Read) -> None:
    rows = read("NVDA.csv", HISTORY).rows

    assert rows.select("traded_on", "adjustment").rows() == [("2025-12-08", "total_return")]


def test_minutes_sold_as_days_are_refused(read: Read) -> None:
    minutes = ONE.replace("Date,", "Datetime,").replace("12-08,", "12-08 14:30:00+00:00,")

    with pytest.raises(Refused, match="bars within a day, such as 2025-12-08 14:30"):
        read("prices.csv", minutes.replace("12-09,", "12-08 14:31:00+00:00,"))
