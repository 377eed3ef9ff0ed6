"""Daily bars of Tushare Pro: `daily` of the mainland, `hk_daily` of Hong Kong.

As traded (its documentation: 未复权行情). On the mainland volume is in lots of 100 shares and
turnover in thousands of yuan; in Hong Kong both are in units. A day of the whole market is read for
the stocks that are listed here, the others are held back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.days import iso
from flows.ingest.readers.numbers import LOT, scaled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.readers.reading import Request
    from flows.ingest.received import Received

_OURS = {
    "ts_code": "ticker", "trade_date": "date", **{name: name for name in PRICES},
    "vol": "volume", "amount": "amount", "pct_chg": "stated_pct",
}  # fmt: skip
_THOUSAND = 1000


class Tushare(DailyBars):
    """Reads the bars of one stock or of many."""

    name = "tushare"
    source = "PX-TUSHARE"
    basis = "raw"
    needed = ("date", *PRICES, "ticker", "volume")

    def recognises(self, received: Received) -> bool:
        """Its names of the stock and the day."""
        return received.form == "csv" and {"ts_code", "trade_date"} <= set(received.header)

    def columns(self, received: Received) -> Mapping[str, str]:
        """As named."""
        return {stated: ours for stated, ours in _OURS.items() if stated in received.header}

    def normalised(self, rows: pl.DataFrame, received: Received, request: Request) -> pl.DataFrame:
        """Lots to shares, thousands to units, 20251209 to 2025-12-09."""
        in_lots = pl.col("mic") != "XHKG"
        volume, amount = pl.col("volume"), pl.col("amount")
        return rows.with_columns(
            iso(pl.col("date").str.replace(r"\.0$", "")),
            volume=pl.when(in_lots).then(scaled(volume, LOT)).otherwise(volume),
            amount=pl.when(in_lots).then(scaled(amount, _THOUSAND)).otherwise(amount),
            lots=in_lots,
        )
