"""Daily bars of Stooq: the CSV of one symbol, and the bulk text with a ticker on each row.

The CSV has Yahoo's columns and is told from it by its name (nvda_us_d.csv) or by `--provider`.
Stooq restates prices as its user chose, and the file does not say: the stored closes do.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.readers.bars import DailyBars
from flows.ingest.readers.days import iso
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.lines import Table
    from flows.ingest.readers.reading import Request
    from flows.ingest.received import Received

_DAILY = {
    "Date": "date", "Open": "open", "High": "high", "Low": "low", "Close": "close",
    "Volume": "volume",
}  # fmt: skip
_BULK = {
    "<TICKER>": "ticker", "<DATE>": "date", "<OPEN>": "open", "<HIGH>": "high", "<LOW>": "low",
    "<CLOSE>": "close", "<VOL>": "volume",
}  # fmt: skip
#: The name under which Stooq saves the daily CSV: of the symbol, its market, and the interval.
_NAME = re.compile(
    r"(^|[^a-z])stooq([^a-z]|$)|^[a-z0-9^.]+_d( ?\(\d+\))?\.|^[a-z0-9^]+_[a-z]{2}_d\b"
)


class Stooq(DailyBars):
    """Reads both forms; rows of an interval other than a day are refused."""

    name = "stooq"
    source = "PX-STOOQ"
    basis = None

    def recognises(self, received: Received) -> bool:
        """Names in angle brackets, or Yahoo's columns under a name of Stooq's."""
        named = set(received.header)
        if received.form != "csv":
            return False
        is_daily = tuple(received.header) in (tuple(_DAILY), tuple(_DAILY)[:5])
        place = PurePath(received.name).name.lower()
        return named.issuperset({"<TICKER>", "<PER>", "<DATE>", "<CLOSE>"}) or (
            is_daily and _NAME.search(place) is not None
        )

    def columns(self, received: Received) -> Mapping[str, str]:
        """Either form's."""
        known = _BULK if "<TICKER>" in received.header else _DAILY
        return {stated: ours for stated, ours in known.items() if stated in received.header}

    def table(self, received: Received) -> Table:
        """The rows of a day's interval. Raises Refused where there are others."""
        table = super().table(received)
        if "<PER>" in table.rows.columns:
            other = table.rows.filter(pl.col("<PER>") != "D")
            if other.height:
                raise Refused(
                    f"{received.name} holds bars of the interval {other['<PER>'][0]!r} in line"
                    f" {other['line'][0]}, not daily bars.",
                    "Download the daily files.",
                    kind="prices",
                )
        return table

    def normalised(self, rows: pl.DataFrame, received: Received, request: Request) -> pl.DataFrame:
        """20251209 to 2025-12-09."""
        return rows.with_columns(iso(pl.col("date")))
