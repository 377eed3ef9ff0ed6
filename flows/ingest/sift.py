"""The rows of a file sifted: good ones to a draft of the landing file, bad ones set aside.

Piece by piece, so that memory does not grow with the file; what is made of a row does not depend on
where a piece ends. The good rows stand in the order of the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest import landing
from flows.ingest.check import check
from flows.ingest.quarantine import held_rows, unbound
from flows.ingest.readers.reading import Piece, Reading, Stream
from flows.ingest.screen import screened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flows.ingest.landing import Stamp
    from flows.ingest.quarantine import HeldBack


@dataclass
class Sifted:
    """What came of the rows of a file: how many were read, and how many of them are good.

    The others are in the `HeldBack` that was given.
    """

    read: int = 0
    good: int = 0


def sift(
    kind: str,
    reading: Reading | Stream,
    draft: Path,
    stamp: Stamp,
    held_back: HeldBack,
    tell: Callable[[int], None],
) -> Sifted:
    """Write the good rows to `draft`, with the stamp of their batch, the others to `held_back`.

    `tell` is told after each piece how many bytes have been read.
    """
    sifted = Sifted()

    def good_rows() -> Iterator[pl.DataFrame]:
        for piece in pieces_of(reading):
            rows = stamp.on(_sift_piece(kind, piece, sifted, held_back))
            sifted.good += rows.height
            tell(piece.bytes_read)
            yield rows

    frames = good_rows()
    first = next(frames)
    landing.write(chain([first], frames), first.schema, draft)
    return sifted


def pieces_of(reading: Reading | Stream) -> Iterator[Piece]:
    """The pieces of a stream; a file that was read whole is one piece."""
    if isinstance(reading, Stream):
        yield from reading.pieces()
        return
    rows = reading.rows.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row_no"))

    def reread(numbers: pl.Series) -> Reading:
        in_doubt = rows.filter(pl.col("row_no").is_in(numbers.implode()))
        return Reading(in_doubt, reading.ragged, reading.raw)

    yield Piece(rows, not reading.ragged.is_empty(), reread)


def raw_of(reading: Reading | Stream, lines: pl.Series) -> pl.DataFrame:
    """`line` and `raw` of the rows on these lines, read again."""
    if isinstance(reading, Stream):
        return pl.concat([unbound(raw) for raw in reading.raw(lines)])
    return reading.raw.filter(pl.col("line").is_in(lines.implode()))


def _sift_piece(kind: str, piece: Piece, sifted: Sifted, held_back: HeldBack) -> pl.DataFrame:
    good, in_doubt = screened(kind, piece.rows)
    sifted.read += good.height
    if not (len(in_doubt) or piece.has_more):
        return good.drop("row_no")
    again = piece.reread(in_doubt)
    sifted.read += again.rows.height + again.ragged.height
    also_good, in_doubt = screened(kind, again.rows)
    parts = [good, also_good]
    checked = None
    if len(in_doubt):
        checked = check(kind, again.rows.filter(pl.col("row_no").is_in(in_doubt.implode())))
        parts.append(checked.candidates.select(good.columns))
    held_back.add(held_rows(checked.held if checked else None, again.ragged, again.raw))
    return pl.concat(parts).sort("row_no").drop("row_no")
