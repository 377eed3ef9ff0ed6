"""Daily bars as Nasdaq.com gives them for download: newest first, 12/09/2025, $184.97.

Months come before days. Prices carry a dollar sign; an index or a rate has none. Whether they are
restated for splits the file does not say: the stored closes do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.days import iso
from flows.ingest.readers.numbers import SIGNS, sign_of, ungrouped, unsigned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.readers.reading import Request
    from flows.ingest.received import Received

_OURS = {
    "Date": "date", "Close/Last": "close", "Volume": "volume", "Open": "open", "High": "high",
    "Low": "low",
}  # fmt: skip


class Nasdaq(DailyBars):
    """Reads one symbol's daily bars; the symbol is told by `--symbol` or the file's name."""

    name = "nasdaq"
    source = "PX-NASDAQ"
    basis = None

    def recognises(self, received: Received) -> bool:
        """The column that only Nasdaq has."""
        return received.form == "csv" and "Close/Last" in received.header

    def columns(self, received: Received) -> Mapping[str, str]:
        """As named."""
        return {stated: ours for stated, ours in _OURS.items() if stated in received.header}

    def normalised(self, rows: pl.DataFrame, received: Received, request: Request) -> pl.DataFrame:
        """Dollars to numbers; the sign is what the currency is told by."""
        currency = {sign: "/".join(of) for sign, of in SIGNS.items()}
        sign = sign_of(pl.col("close")).replace_strict(
            currency, default=None, return_dtype=pl.String
        )
        volume = pl.when(pl.col("volume") != "N/A").then(ungrouped(pl.col("volume")))
        return rows.with_columns(
            iso(pl.col("date"), "mdy"),
            *(unsigned(pl.col(price)).alias(price) for price in PRICES),
            volume=volume,
            stated_currency=sign,
        )
