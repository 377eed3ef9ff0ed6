"""The rows of a file sifted: good ones to a draft of the landing file, bad ones set aside.

Piece by piece, so that memory does not grow with the file; what is made of a row does not depend on
where a piece ends. The good rows stand in the order of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest import landing
from flows.ingest.check import check
from flows.ingest.contradicted import Contradicted
from flows.ingest.quarantine import conflicting_rows, held_rows, in_order, unbound
from flows.ingest.readers.reading import Piece, Reading, Stream
from flows.ingest.screen import screened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flows.ingest.landing import Stamp
    from flows.ingest.quarantine import HeldBack

#: So few rows are checked rule by rule at once: to screen them first costs more than it spares.
_FEW = 5_000


@dataclass
class Sifted:
    """What came of the rows of a file: how many were read, and how many of them are good.

    The others are in the `HeldBack` that was given. `contradicted` are files of the versions that
    are held back already because a piece of the file holds several contents of them. `is_distinct`
    says that no two good rows are of one version, where one piece is the whole and a glance told.
    """

    read: int = 0
    good: int = 0
    contradicted: list[Path] = field(default_factory=list)
    is_distinct: bool = False


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
    contradicted = Contradicted(kind, draft.parent)
    sifted = Sifted(contradicted=contradicted.files)

    def good_rows() -> Iterator[pl.DataFrame]:
        for number, piece in enumerate(pieces_of(reading), start=1):
            rows = stamp.on(_sift_piece(kind, piece, sifted, held_back, contradicted))
            sifted.good += rows.height
            sifted.is_distinct = (
                number == 1 and not contradicted.files and contradicted.are_distinct(rows)
            )
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


def _sift_piece(
    kind: str, piece: Piece, sifted: Sifted, held_back: HeldBack, contradicted: Contradicted
) -> pl.DataFrame:
    good, in_doubt = screened(kind, piece.rows)
    sifted.read += good.height
    disputed = contradicted.of(good)
    if not (len(in_doubt) or piece.has_more or disputed.height):
        return good.drop("row_no")
    again = piece.reread(pl.concat([in_doubt, disputed["row_no"]]))
    careful = again.rows
    if disputed.height:
        is_disputed = pl.col("row_no").is_in(disputed["row_no"].implode())
        good, careful = good.filter(~is_disputed), careful.filter(~is_disputed)
    sifted.read += careful.height + again.ragged.height
    parts, checked = [good], None
    if careful.height > _FEW:
        also_good, in_doubt = screened(kind, careful)
        parts.append(also_good)
        careful = careful.filter(pl.col("row_no").is_in(in_doubt.implode()))
    if careful.height:
        checked = check(kind, careful)
        parts.append(checked.candidates.select(good.columns))
    held = held_rows(checked.held if checked else None, again.ragged, again.raw)
    if disputed.height:
        held = in_order(held, conflicting_rows(disputed["line"], again.raw))
    held_back.add(held)
    parts = [part for part in parts if part.height] or [good]
    rows = parts[0] if len(parts) == 1 else pl.concat(parts).sort("row_no")
    return rows.drop("row_no")
