"""Daily bars as the package yfinance writes them: several header rows, actions, closes alone.

`download` names price and ticker on rows of their own, `history` adds dividends and splits, and
`download(...)["Close"]` has one column a ticker. Since its version 0.2.54 prices are restated for
dividends too unless `Adj Close` stands beside `Close`; of closes alone the store tells.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.header_rows import OF
from flows.ingest.lines import Table, column_names
from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.basis import Stated
from flows.ingest.readers.tables import any_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.received import Received

_OURS = {**{name.capitalize(): name for name in PRICES}, "Volume": "volume"}
_INDEX = ("Date", "Datetime", "__index_level_0__", "('Date', '')", "('Datetime', '')")
#: A column of two names as Parquet holds it.
_PAIR = re.compile(r"^\('([^']*)', '([^']*)'\)$")
_PRICE_NAMES = frozenset({*_OURS, "Adj Close"})
#: A ticker as Yahoo writes it; a table with USD among them is of rates.
_TICKER = re.compile(r"^\^?[A-Z0-9]{1,9}([.-][A-Z]{1,3})?$")


class YFinance(DailyBars):
    """Reads the table of one or several tickers; a blank cell is no bar of its ticker."""

    name = "yfinance"
    source = "PX-YFINANCE"
    basis = "total_return"
    needed = ("date", "close")

    def recognises(self, received: Received) -> bool:
        """Prices named with their ticker, dividends and splits beside them, or tickers alone."""
        if received.form not in ("csv", "parquet"):
            return False
        return (
            _is_wide(received)
            or {"Close", "Dividends", "Stock Splits"} <= set(received.header)
            or _is_matrix(received)
        )

    def stated_basis(self, received: Received) -> Stated:
        """By whether `Close` and `Adj Close` are both there; of closes alone none."""
        if _is_matrix(received):
            return Stated(None)
        named = {column.partition(OF)[0] for column in _names(received)}
        return Stated("split" if "Adj Close" in named else "total_return")

    def columns(self, received: Received) -> Mapping[str, str]:
        """Those of the table made long."""
        if _is_wide(received):
            return {"Date": "date", "Ticker": "ticker", **_OURS}
        if _is_matrix(received):
            return {"Date": "date", "Ticker": "ticker", "Close": "close"}
        index = {name: "date" for name in received.header if name in _INDEX}
        ours = {name: _OURS[name] for name in received.header if name in _OURS}
        return {**index, **ours}

    def table(self, received: Received) -> Table:
        """One row a day and ticker."""
        table = any_table(received)
        if _is_matrix(received):
            return _long_of_closes(table, received)
        if not _is_wide(received):
            return table
        names, stored = column_names(_names(received)), column_names(received.header)
        named = table.rows.rename(dict(zip(stored, names, strict=True)))
        index = next(name for name in names if OF not in name)
        columns = [name for name in names if OF in name]
        tickers = list(dict.fromkeys(column.partition(OF)[2] for column in columns))
        long = []
        for ticker in tickers:
            own = {f"{stated}{OF}{ticker}": stated for stated in _OURS}
            there = [
                pl.col(column).alias(name) for column, name in own.items() if column in columns
            ]
            absent = [
                pl.lit(None, pl.String).alias(name)
                for column, name in own.items()
                if column not in columns
            ]
            of_one = named.select(
                pl.col(index).alias("Date"), pl.lit(ticker).alias("Ticker"), *there, *absent, "line"
            )
            long.append(
                of_one.select("Date", "Ticker", *_OURS, "line").filter(
                    ~pl.all_horizontal(pl.col(*_OURS).is_null())
                )
            )
        rows = pl.concat(long).sort("line", maintain_order=True)
        return Table(rows, table.ragged, table.raw)


def _names(received: Received) -> tuple[str, ...]:
    """The columns, those of two names as `Close of NVDA`."""
    pairs = [_PAIR.match(name) for name in received.header]
    named = []
    for stated, pair in zip(received.header, pairs, strict=True):
        if pair is None or not (pair[1] and pair[2]):
            named.append(stated)
            continue
        price, ticker = (pair[1], pair[2]) if pair[1] in _PRICE_NAMES else (pair[2], pair[1])
        named.append(f"{price}{OF}{ticker}")
    return tuple(named)


def _is_wide(received: Received) -> bool:
    # the index comes first in CSV, and last in the Parquet of pandas
    others = [column for column in _names(received) if OF not in column]
    return len(received.header) > len(others) == 1


def _is_matrix(received: Received) -> bool:
    index, *columns = received.header
    return (
        index in ("Date", "date", "Datetime", "Ticker")
        and bool(columns)
        and all(_TICKER.match(column) for column in columns)
        and "USD" not in columns
    )


def _long_of_closes(table: Table, received: Received) -> Table:
    index, *columns = column_names(received.header)
    long = (
        table.rows.rename({index: "Date"})
        .unpivot(columns, index=["Date", "line"], variable_name="Ticker", value_name="Close")
        .filter(pl.col("Close").is_not_null())
        .sort("line", maintain_order=True)
    )
    return Table(long.select("Date", "Ticker", "Close", "line"), table.ragged, table.raw)
