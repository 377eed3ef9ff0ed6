"""Writes a sample of invented sales as CSV or Parquet: whole or not at all, in bounded memory.

What is in a row stands in `shipments`, how a bad one is bad in `badness`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

from flows.sample import badness, shipments
from warehouse import durable
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

#: Rows made at a time.
_PIECE = 250_000


@dataclass(frozen=True)
class Sample:
    """What to invent: `rows` shipments of a `seed`, of which a share `bad` breaks a rule.

    With `day` they are a day's batch that follows a sample of `after` rows of the same seed.
    """

    rows: int
    seed: int
    bad: float = 0.0
    day: dt.date | None = None
    after: int = 0


def write(sample: Sample, path: Path) -> None:
    """Write a CSV or Parquet file, by its suffix: the same bytes for the same sample.

    Raises WrongUse for another suffix, and for a day's batch that follows nothing.
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise WrongUse(f"{path} ends in neither .csv nor .parquet.", "Name the file so.")
    if sample.day and not sample.after:
        raise WrongUse(
            "A day's batch corrects rows of the sample before it.",
            "Say how many rows that sample had: --after 10000000.",
        )
    as_text = suffix == ".csv"

    def pieces(*_: object) -> Iterator[pl.DataFrame]:
        for first in range(0, sample.rows, _PIECE):
            yield _piece(sample, first, min(_PIECE, sample.rows - first), as_text=as_text)

    rows = register_io_source(pieces, schema=_piece(sample, 0, 1, as_text=as_text).schema)
    with durable.aside(path, "sample") as target:
        if as_text:
            # no value needs a quote, and a bad row may hold half of one
            rows.sink_csv(target, quote_style="never")
        else:
            rows.sink_parquet(target)


def _piece(sample: Sample, first: int, count: int, *, as_text: bool) -> pl.DataFrame:
    number = pl.int_range(first, first + count, dtype=pl.UInt32, eager=True).alias("number")
    if sample.day is None:
        rows = shipments.shipped(sample.seed, number)
    else:
        rows = shipments.of_day(sample.seed, number, sample.day, sample.after)
    if sample.bad:
        rows = badness.spoil(rows, sample.seed, sample.bad, as_text=as_text)
    return rows.drop("number")
