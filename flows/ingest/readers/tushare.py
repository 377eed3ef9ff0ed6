"""Daily bars of Tushare Pro: `daily` of the mainland, `hk_daily` of Hong Kong.

As traded (its documentation: 未复权行情). On the mainland volume is in lots of 100 shares and
turnover in thousands of yuan; in Hong Kong both are in units. A day of the whole market is read for
the stocks that are listed here, the others are held back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import polars as pl

from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.headings import LOT, heading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.readers.reading import Request
    from flows.ingest.received import Received

_THOUSAND = 1000


class Tushare(DailyBars):
    """Reads the bars of one stock or of many."""

    name = "tushare"
    source = "PX-TUSHARE"
    basis = "raw"
    known: ClassVar[Mapping[str, str]] = {
        "ts_code": "ticker", "trade_date": "date", **{name: name for name in PRICES},
        "vol": "volume", "amount": "amount", "pct_chg": "stated_pct",
    }  # fmt: skip
    needed = ("date", *PRICES, "ticker", "volume")

    def recognises(self, received: Received) -> bool:
        """Its names of the stock and the day."""
        return {"ts_code", "trade_date"} <= {heading(name).bare for name in received.header}

    def lot(self, received: Received, mic: str) -> int | None:
        """Lots on the mainland."""
        return 1 if mic == "XHKG" else LOT

    def amount_times(self, mic: str) -> int:
        """Thousands on the mainland."""
        return 1 if mic == "XHKG" else _THOUSAND

    def normalised(self, rows: pl.DataFrame, received: Received, request: Request) -> pl.DataFrame:
        """20251209, as a number with a fraction too."""
        return rows.with_columns(pl.col("date").str.replace(r"\.0$", ""))
