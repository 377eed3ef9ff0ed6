"""Which mark stands before the fraction in a file of bars: told by its numbers, or by the store."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.parse import day_of
from flows.ingest.readers.known import known_of
from flows.ingest.readers.numbers import decimal_of, pointed, unsigned
from flows.ingest.readers.reading import Listing
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from flows.ingest.readers.reading import Request
    from flows.ingest.received import Received

#: A price and the same price with its mark read otherwise are a thousandfold apart.
_NEAR = math.log(30)
ASK = "Say which mark is before the fraction: --decimal comma or --decimal point."


def mark_of(
    rows: pl.DataFrame, request: Request, received: Received
) -> tuple[str | None, list[str]]:
    """`comma` or `point` for the numbers of `rows`, and what was decided, for the report.

    Raises Refused where all prices have one group of three and nothing else shows what it is.
    """
    if request.decimal:
        return request.decimal, []
    prices = [rows[name] for name in ("open", "high", "low", "close")]
    mark = decimal_of(prices, [rows["volume"], rows["amount"]])
    if mark == "comma":
        return mark, ["A comma stands before the fraction of its numbers."]
    if mark is not None:
        return mark, []
    example = next(
        text for column in prices for text in column.drop_nulls() if "," in text or "." in text
    )
    if "." in example and received.separator == "," and received.form == "csv":
        return "point", []
    if received.form in ("json", "ndjson", "parquet"):
        return "point", []
    told = _by_store(rows, request)
    if told:
        word = "comma" if told == "comma" else "point"
        return told, [f"A {word} stands before the fraction: so say the closes in the store."]
    raise Refused(
        f"{received.name} does not say whether {example} is a whole number of thousands or a"
        " fraction: all its prices have one group of three.",
        ASK,
        kind="prices",
    )


def _by_store(rows: pl.DataFrame, request: Request) -> str | None:
    """By the nearest stored close of each listing, whichever side of the file it is on."""
    votes = []
    for one in rows.partition_by("symbol", "mic", maintain_order=True):
        symbol, mic, currency, is_index = one.select("symbol", "mic", "currency", "is_index").row(0)
        closes = known_of(Listing(symbol, mic, currency, is_index), request).closes
        day = one.select(day_of(pl.col("date"))).to_series().drop_nulls()
        if closes.is_empty() or day.is_empty():
            continue
        stored = (
            closes.with_columns((pl.col("traded_on") - day[0]).abs().alias("apart"))
            .sort("apart")
            .head(1)
        )
        levels = [stored[basis][0] for basis in ("raw", "split") if stored[basis][0]]
        for mark in ("comma", "point"):
            close = one.select(
                unsigned(pointed(pl.col("close"), mark)).cast(pl.Float64, strict=False).median()
            ).item()
            if close and any(abs(math.log(close / level)) < _NEAR for level in levels):
                votes.append(mark)
    return votes[0] if votes and len(set(votes)) == 1 else None
