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
from flows.ingest.ahead import ahead, each
from flows.ingest.check import check
from flows.ingest.contradicted import Contradicted
from flows.ingest.distinct import Distinct
from flows.ingest.lines import blank_as_null
from flows.ingest.quarantine import conflicting_rows, held_rows, in_order, unbound
from flows.ingest.readers.reading import Again, Piece, Reading, Stream
from flows.ingest.screen import screened

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flows.ingest.landing import Stamp
    from flows.ingest.quarantine import HeldBack

#: Bad rows that are told apart together.
_TOGETHER = 20_000


@dataclass
class Sifted:
    """What came of the rows of a file: how many were read, and how many of them are good.

    The others are in the `HeldBack` that was given. `contradicted` are files of the versions that
    are held back already because a piece of the file holds several contents of them. `repeated`
    is a file of the numbers of good rows that may be of one version, or of a contradicted one; None
    where there are none.
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
    latest: dt.date | None = None,
) -> Sifted:
    """Write the good rows to `draft`, with the stamp of their batch, the others to `held_back`.

    `tell` is told after each piece how many bytes have been read. Rows that were published after
    `latest` are not good.
    """
    contradicted, distinct = Contradicted(kind, draft.parent), Distinct(kind, draft.parent)
    sifted, bad = Sifted(), _Bad(kind, held_back, latest)

    def glanced(piece: Piece) -> _Glance:
        return _glance(kind, piece, contradicted, latest)

    def good_rows() -> Iterator[pl.DataFrame]:
        for glance in each(glanced, pieces_of(reading)):
            if glance.disputed is not None:
                contradicted.add(glance.disputed)
            if glance.bad:
                sifted.read += bad.add(glance.bad, glance.disputed)
            tell(glance.bytes_read)
            good = glance.good().drop("row_no")
            distinct.add(good)
            sifted.good += good.height
            yield stamp.on(good)
        bad.settle()
        sifted.read += sifted.good

    frames = good_rows()
    first = next(frames)
    landing.write(chain([first], frames), first.schema, draft)
    sifted.contradicted = contradicted.files()
    sifted.repeated = distinct.repeated(sifted.contradicted)
    return sifted


def pieces_of(reading: Reading | Stream) -> Iterator[Piece]:
    """The pieces of a stream; a file that was read whole is one piece."""
    if isinstance(reading, Stream):
        yield from ahead(reading.pieces())
        return
    row_no = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row_no")
    rows = blank_as_null(reading.rows).with_columns(row_no)

    def reread(numbers: pl.Series) -> Again:
        again = rows.filter(pl.col("row_no").is_in(numbers.implode()))
        is_other = pl.repeat(value=False, n=again.height, eager=True)
        return Again(again, reading.ragged, reading.raw, is_other)

    yield Piece(rows, not reading.ragged.is_empty(), reread)


def raw_of(reading: Reading | Stream, lines: pl.Series) -> pl.DataFrame:
    """`line` and `raw` of the rows on these lines, read again."""
    if isinstance(reading, Stream):
        return pl.concat([unbound(raw) for raw in reading.raw(lines)])
    return reading.raw.filter(pl.col("line").is_in(lines.implode()))


@dataclass(frozen=True)
class _Glance:
    """A piece parted: which rows are good, `also` those that are when read again, and the bad ones.

    `bad` is None where there are none. It has the raw text of the `disputed` too, good rows that
    contradict each other, as `Contradicted` tells them.
    """

    bytes_read: int
    typed: pl.DataFrame
    is_good: pl.Series | None = None
    also: pl.DataFrame | None = None
    bad: Reading | None = None
    disputed: pl.DataFrame | None = None

    def good(self) -> pl.DataFrame:
        """The good rows in the order of the file."""
        good = self.typed if self.is_good is None else self.typed.filter(self.is_good)
        return good if self.also is None else pl.concat([good, self.also]).sort("row_no")


def _glance(kind: str, piece: Piece, contradicted: Contradicted, latest: dt.date | None) -> _Glance:
    typed, passes = screened(kind, piece.rows, latest)
    every = pl.repeat(value=True, n=typed.height, eager=True)
    is_row = every if piece.is_row is None else piece.is_row
    is_good = passes & is_row
    disputed = contradicted.of(typed, is_good)
    if is_good.all() and disputed is None and not piece.has_more:
        return _Glance(piece.bytes_read, typed)
    in_doubt = typed["row_no"].filter(is_row & ~passes)
    if disputed is None:
        again = piece.reread(in_doubt)
        bad, is_other = again.rows, again.is_other
    else:
        again = piece.reread(pl.concat([in_doubt, disputed["row_no"]]))
        is_good &= ~typed["row_no"].is_in(disputed["row_no"].implode())
        is_left = ~again.rows["row_no"].is_in(disputed["row_no"].implode())
        bad, is_other = again.rows.filter(is_left), again.is_other.filter(is_left)
    also = None
    if is_other.any():
        others = bad.filter(is_other)
        also_typed, also_good = screened(kind, others, latest)
        also = also_typed.filter(also_good)
        bad = pl.concat([bad.filter(~is_other), others.filter(~also_good)])
    reading = Reading(bad, again.ragged, again.raw)
    return _Glance(piece.bytes_read, typed, is_good, also, reading, disputed)


class _Bad:
    """The bad rows of several pieces, told apart together: to tell costs much and a row little."""

    def __init__(self, kind: str, held_back: HeldBack, latest: dt.date | None) -> None:
        self._kind = kind
        self._held_back = held_back
        self._latest = latest
        self._waiting: list[tuple[Reading, pl.Series]] = []

    def add(self, rows: Reading, disputed: pl.DataFrame | None) -> int:
        """Take in bad rows that follow the others, `disputed` ones too; returns how many."""
        lines = pl.Series(dtype=pl.Int64) if disputed is None else disputed["line"]
        self._waiting.append((rows, lines))
        if sum(rows.raw.height for rows, _ in self._waiting) > _TOGETHER:
            self.settle()
        return rows.rows.height + rows.ragged.height + len(lines)

    def settle(self) -> None:
        """Hold back the rows added so far, each with its reasons."""
        if not self._waiting:
            return
        together = [rows for rows, _ in self._waiting]
        raw = pl.concat(rows.raw for rows in together)
        ragged = pl.concat(rows.ragged for rows in together)
        held = None
        if careful := [rows.rows for rows in together if rows.rows.height]:
            checked = check(self._kind, pl.concat(careful, how="diagonal"), self._latest)
            if checked.candidates.height:
                line = checked.candidates["line"][0]
                raise RuntimeError(f"the row on line {line} breaks no rule that can be told")
            held = checked.held
        held = held_rows(held, ragged, raw)
        disputed = pl.concat(lines for _, lines in self._waiting)
        if len(disputed):
            held = in_order(held, conflicting_rows(disputed, raw))
        self._held_back.add(held)
        self._waiting = []
