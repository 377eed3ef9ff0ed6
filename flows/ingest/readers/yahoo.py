"""Daily bars as Yahoo Finance and sites like it give them: Date,Open,High,Low,Close,Volume.

Prices are restated for splits, not for dividends. `Adj Close` (dividends too), `wap` and `count`
are not stored: no model uses them, and the received bytes are kept. The file names no symbol. A
`Currency` column, as investpy writes it, must be the listing's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.days import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.readers.reading import Request
    from flows.ingest.received import Received

_OURS = ("date", *PRICES, "volume")
#: Columns by which the same bars of other providers, in other units, are told apart.
_NOT_OURS = {"amount", "pct_chg", "turnover"}


class Yahoo(DailyBars):
    """Reads one symbol's daily bars; the symbol is told by `--symbol` or the file's name."""

    name = "yahoo"
    source = "PX-YAHOO"
    basis = "split"

    def recognises(self, received: Received) -> bool:
        """The five price columns in Yahoo's order, whatever their case, and no lots or turnover."""
        header = [column.lower() for column in received.header]
        return (
            received.form == "csv"
            and tuple(header[:5]) == ("date", *PRICES)
            and not _NOT_OURS.intersection(header)
        )

    def columns(self, received: Received) -> Mapping[str, str]:
        """As they are, whatever their case."""
        ours = {name: name.lower() for name in received.header if name.lower() in _OURS}
        currency = {name: "stated_currency" for name in received.header if name == "Currency"}
        return {**ours, **currency}

    def normalised(self, rows: pl.DataFrame, received: Received, request: Request) -> pl.DataFrame:
        """Days with or without their midnight."""
        return rows.with_columns(iso(pl.col("date")))
