"""Daily bars as Yahoo Finance and sites like it give them: Date,Open,High,Low,Close,Volume.

Prices are restated for splits, not for dividends. `Adj Close` (dividends too), `wap` and `count`
are not stored: no model uses them, and the received bytes are kept. The file names no symbol. The
row of a session that had not closed yet is held back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.lines import column_names, read_table
from flows.ingest.readers.listed import listing_of_file
from flows.ingest.readers.reading import Plan, Reading
from flows.ingest.readers.whole_bars import set_open_apart
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from flows.ingest.readers.reading import Listing, Request
    from flows.ingest.received import Received

SOURCE = "PX-YAHOO"
_NEEDED = ("date", "open", "high", "low", "close")
#: Columns by which the same bars of other providers, in other units, are told apart.
_NOT_OURS = {"amount", "pct_chg", "turnover"}


class Yahoo:
    """Reads one symbol's daily bars; the symbol is told by `--symbol` or the file's name."""

    name = "yahoo"
    needs_listings = True

    def recognises(self, received: Received) -> bool:
        """The five price columns in Yahoo's order, whatever their case, and no lots or turnover."""
        header = [column.lower() for column in received.header]
        return (
            received.form == "csv"
            and tuple(header[:5]) == _NEEDED
            and not _NOT_OURS.intersection(header)
        )

    def plan(self, received: Received, request: Request) -> Plan:
        """Find the symbol; its market and currency come from its listing."""
        if request.kind not in (None, "prices"):
            raise Refused(f"{received.name} holds prices, not {request.kind}.", "Leave out --kind.")
        header = [column.lower() for column in received.header]
        missing = [column for column in _NEEDED if column not in header]
        if missing or received.form != "csv":
            raise Refused(
                f"{received.name} is no file of daily bars: it lacks {', '.join(missing)}.",
                f"The columns are {', '.join(_NEEDED)}, volume.",
                kind="prices",
            )
        listing = listing_of_file(received.name, request)
        return Plan(
            kind="prices",
            provider=self.name,
            subject=f"{listing.symbol}@{listing.mic}",
            listing=listing,
            assumed=(
                f"Every row is of {listing.symbol} ({listing.mic}), in {listing.currency}.",
                "It is an index level."
                if listing.is_index
                else "Prices are restated for splits, not for dividends.",
            ),
        )

    def read(self, received: Received, plan: Plan, request: Request) -> Reading:
        """One record a row."""
        table = read_table(received)
        assert plan.listing is not None  # noqa: S101  told in `plan`
        lower = {
            stated: name.lower()
            for stated, name in zip(column_names(received.header), received.header, strict=True)
            if name.lower() in (*_NEEDED, "volume")
        }
        rows = table.rows.rename(lower)
        if "volume" not in rows.columns:
            rows = rows.with_columns(pl.lit(None, pl.String).alias("volume"))
        rows = rows.select(_columns(plan.listing))
        rows, ragged = set_open_apart(
            rows, table.ragged, {plan.listing.symbol: plan.listing.open_from}
        )
        return Reading(rows, ragged, table.raw)


def _columns(listing: Listing) -> list[pl.Expr]:
    volume = pl.col("volume")
    if listing.is_index:
        # an index has no volume of its own: providers fill in 0
        volume = pl.when(volume.cast(pl.Float64, strict=False) != 0).then(volume)
    stated = {
        "symbol": listing.symbol,
        "mic": listing.mic,
        # a level is never restated for a split
        "adjustment": "raw" if listing.is_index else "split",
        "currency": listing.currency,
        "source_id": SOURCE,
        "confidence": "seen-secondary",
    }
    return [
        pl.col("date").alias("traded_on"),
        pl.col("date").alias("published_on"),
        *(pl.col(name) for name in ("open", "high", "low", "close")),
        volume.alias("volume"),
        *(pl.lit(value).alias(name) for name, value in stated.items()),
        pl.col("line"),
    ]
