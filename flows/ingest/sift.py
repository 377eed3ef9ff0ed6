"""The rows of a file sifted: good ones to a draft of the landing file, bad ones set aside.

Piece by piece, so that memory does not grow with the file; what is made of a row does not depend on
where a piece ends. The good rows stand in the order of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest import landing
from flows.ingest.ahead import ahead
from flows.ingest.check import check
from flows.ingest.contradicted import Contradicted
from flows.ingest.distinct import Distinct
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
#: Pieces of which the rows in doubt are checked together: a check costs much and a row little.
_TOGETHER = 4


@dataclass
class Sifted:
    """What came of the rows of a file: how many were read, and how many of them are good.

    The others are in the `HeldBack` that was given. `contradicted` are files of the versions that
    are held back already because a piece of the file holds several contents of them. `repeated`
    is a file of the numbers of good rows that may be of one version, None where no two are.
    """

    read: int = 0
    good: int = 0
    contradicted: list[Path] = field(default_factory=list)
    repeated: Path | None = None


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
    contradicted, distinct = Contradicted(kind, draft.parent), Distinct(kind, draft.parent)
    sifted = Sifted(contradicted=contradicted.files)

    def glances() -> Iterator[_Glance]:
        for piece in pieces_of(reading):
            glance = _glance(kind, piece, contradicted)
            sifted.read += glance.read
            tell(piece.bytes_read)
            yield glance

    def good_rows() -> Iterator[pl.DataFrame]:
        for good in _settled(kind, ahead(glances()), held_back):
            distinct.add(good)
            sifted.good += good.height
            yield stamp.on(good)

    frames = good_rows()
    first = next(frames)
    landing.write(chain([first], frames), first.schema, draft)
    sifted.repeated = distinct.repeated()
    return sifted


def pieces_of(reading: Reading | Stream) -> Iterator[Piece]:
    """The pieces of a stream; a file that was read whole is one piece."""
    if isinstance(reading, Stream):
        yield from ahead(reading.pieces())
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


@dataclass(frozen=True)
class _Glance:
    """What a piece is at a glance: its good rows, and what is left to look at with care.

    `again` holds the rows in doubt, read again, and the raw text of these and of the disputed
    ones; it is None where there are none. `disputed` are lines of rows that contradict each other.
    """

    read: int
    good: pl.DataFrame
    again: Reading | None
    disputed: pl.Series

    @property
    def in_doubt(self) -> int:
        """How many rows are to be checked rule by rule."""
        return self.again.rows.height if self.again else 0


def _glance(kind: str, piece: Piece, contradicted: Contradicted) -> _Glance:
    typed, passes = screened(kind, piece.rows)
    every = pl.repeat(value=True, n=typed.height, eager=True)
    is_row = every if piece.is_row is None else piece.is_row
    is_good = passes & is_row
    disputed = contradicted.of(typed, is_good)
    if is_good.all() and not (piece.has_more or disputed.height):
        return _Glance(typed.height, typed, None, disputed["line"])
    in_doubt = typed["row_no"].filter(is_row & ~passes)
    again = piece.reread(pl.concat([in_doubt, disputed["row_no"]]))
    careful = again.rows
    if disputed.height:
        is_disputed = pl.col("row_no").is_in(disputed["row_no"].implode())
        is_good &= ~typed.select(is_disputed).to_series()
        careful = careful.filter(~is_disputed)
    good = typed.filter(is_good)
    read = good.height + disputed.height + careful.height + again.ragged.height
    if careful.height > _FEW:
        also_typed, also_good = screened(kind, careful)
        good = _in_place(good, also_typed.filter(also_good))
        careful = careful.filter(~also_good)
    return _Glance(read, good, replace(again, rows=careful), disputed["line"])


def _settled(kind: str, glances: Iterator[_Glance], held_back: HeldBack) -> Iterator[pl.DataFrame]:
    """The good rows of each piece, once those in doubt have been checked too."""
    waiting: list[_Glance] = []
    for glance in glances:
        if glance.again or waiting:
            waiting.append(glance)
        else:
            yield glance.good.drop("row_no")
        if len(waiting) == _TOGETHER or sum(one.in_doubt for one in waiting) > _FEW:
            yield from _settle(kind, waiting, held_back)
            waiting = []
    yield from _settle(kind, waiting, held_back)


def _settle(kind: str, waiting: list[_Glance], held_back: HeldBack) -> Iterator[pl.DataFrame]:
    doubtful = [one.again for one in waiting if one.again]
    checked = None
    if careful := [again.rows for again in doubtful if again.rows.height]:
        checked = check(kind, pl.concat(careful, how="diagonal"))
    if doubtful:
        raw = pl.concat(again.raw for again in doubtful)
        ragged = pl.concat(again.ragged for again in doubtful)
        held = held_rows(checked.held if checked else None, ragged, raw)
        disputed = pl.concat(one.disputed for one in waiting)
        if len(disputed):
            held = in_order(held, conflicting_rows(disputed, raw))
        held_back.add(held)
    for one in waiting:
        good = one.good
        if checked and one.again and one.in_doubt:
            own = pl.col("row_no").is_in(one.again.rows["row_no"].implode())
            good = _in_place(good, checked.candidates.filter(own).select(good.columns))
        yield good.drop("row_no")


def _in_place(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """The rows of both in the order of the file."""
    if not others.height:
        return rows
    return pl.concat([rows, others]).sort("row_no") if rows.height else others
