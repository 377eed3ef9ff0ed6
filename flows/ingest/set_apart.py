"""Rows that the unpacking of a file found wrong: quarantined, whatever a reader makes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.readers.reading import Reading, Stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flows.ingest.readers.reading import Again, Piece

_RAGGED = {"line": pl.Int64, "rule": pl.String, "reason": pl.String}


def without(reading: Reading | Stream, apart: Mapping[int, tuple[str, str]]) -> Reading | Stream:
    """The reading with the rows on these lines among the ragged ones, by rule and reason."""
    if not apart:
        return reading
    told = pl.DataFrame(
        [(line, *said) for line, said in sorted(apart.items())], schema=_RAGGED, orient="row"
    )
    if isinstance(reading, Reading):
        return _of_reading(reading, told)
    stream = reading

    def pieces() -> Iterator[Piece]:
        for piece in stream.pieces():
            yield _of_piece(piece, told)

    return Stream(pieces, stream.raw)


def _of_reading(reading: Reading, told: pl.DataFrame) -> Reading:
    lines = told["line"].implode()
    is_apart = pl.col("line").is_in(lines)
    # a row that could not be told apart keeps its own reason
    there = told.filter(pl.col("line").is_in(reading.rows["line"].implode()))
    return replace(
        reading, rows=reading.rows.filter(~is_apart), ragged=pl.concat([reading.ragged, there])
    )


def _of_piece(piece: Piece, told: pl.DataFrame) -> Piece:
    is_apart = piece.rows["line"].is_in(told["line"].implode())
    if not is_apart.any() and not piece.has_more:
        return piece
    numbers_apart = piece.rows["row_no"].filter(is_apart)

    def reread(numbers: pl.Series) -> Again:
        again = piece.reread(pl.concat([numbers, numbers_apart]))
        is_left = ~again.rows["line"].is_in(told["line"].implode())
        there = told.filter(pl.col("line").is_in(again.rows["line"].implode()))
        return replace(
            again,
            rows=again.rows.filter(is_left),
            is_other=again.is_other.filter(is_left),
            ragged=pl.concat([again.ragged, there]),
        )

    is_row = None if piece.is_row is None else piece.is_row.filter(~is_apart)
    return replace(
        piece, rows=piece.rows.filter(~is_apart), is_row=is_row, has_more=True, reread=reread
    )
