"""Daily bars as the package yfinance writes them by `to_csv`: several header rows, or actions.

`download` names price and ticker on rows of their own, `history` adds dividends and splits. Since
its version 0.2.54 prices are restated for dividends too unless `Adj Close` stands beside `Close`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.header_rows import OF
from flows.ingest.lines import Table, column_names, read_table
from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.days import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.readers.reading import Request
    from flows.ingest.received import Received

_OURS = {**{name.capitalize(): name for name in PRICES}, "Volume": "volume"}


class YFinance(DailyBars):
    """Reads the table of one or several tickers; a blank cell is no bar of its ticker."""

    name = "yfinance"
    source = "PX-YFINANCE"
    basis = "total_return"

    def recognises(self, received: Received) -> bool:
        """Prices named with their ticker, or dividends and splits beside them."""
        return received.form == "csv" and (
            _is_wide(received) or {"Close", "Dividends", "Stock Splits"} <= set(received.header)
        )

    def basis_of(self, received: Received) -> str:
        """By whether `Close` and `Adj Close` are both there."""
        named = {column.partition(OF)[0] for column in received.header}
        return "split" if "Adj Close" in named else "total_return"

    def columns(self, received: Received) -> Mapping[str, str]:
        """Those of the table made long."""
        if _is_wide(received):
            return {"Date": "date", "Ticker": "ticker", **_OURS}
        index = {name: "date" for name in received.header[:1] if name in ("Date", "Datetime")}
        ours = {name: _OURS[name] for name in received.header if name in _OURS}
        return {**index, **ours}

    def table(self, received: Received) -> Table:
        """One row a day and ticker."""
        table = read_table(received)
        if not _is_wide(received):
            return table
        index, *columns = column_names(received.header)
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
            of_one = table.rows.select(
                pl.col(index).alias("Date"), pl.lit(ticker).alias("Ticker"), *there, *absent, "line"
            )
            long.append(
                of_one.select("Date", "Ticker", *_OURS, "line").filter(
                    ~pl.all_horizontal(pl.col(*_OURS).is_null())
                )
            )
        rows = pl.concat(long).sort("line", maintain_order=True)
        return Table(rows, table.ragged, table.raw)

    def normalised(self, rows: pl.DataFrame, received: Received, request: Request) -> pl.DataFrame:
        """Days are midnights of the exchange's own clock."""
        return rows.with_columns(iso(pl.col("date")))


def _is_wide(received: Received) -> bool:
    return len(received.header) > 1 and all(OF in column for column in received.header[1:])
