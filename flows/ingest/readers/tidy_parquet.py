"""A tidy Parquet file in pieces: columns of the contract's types as they are, others as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.readers.reading import Again, Piece
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flows.ingest.received import Received

#: Rows of a piece.
SIZE = 122_880
_INT64_DIGITS = 19
_RAGGED = {"line": pl.Int64, "rule": pl.String, "reason": pl.String}


def parquet_pieces(received: Received, wanted: Mapping[str, pl.DataType]) -> Iterator[Piece]:
    """The rows of a Parquet file in the columns `wanted`, with the types that they are to have.

    Raises Refused where it cannot be read.
    """
    try:
        file = pl.scan_parquet(received.path)
        height = file.select(pl.len()).collect().item()
        size = received.path.stat().st_size
        for first in range(0, max(height, 1), SIZE):
            frame = file.slice(first, SIZE).collect()
            done = size * (first + frame.height) // max(height, 1)
            yield _piece(frame, first + 1, wanted, done)
    except pl.exceptions.PolarsError as error:
        raise Refused(
            f"{received.name} cannot be read as Parquet: {error}",
            "It may have been cut off, or hold nested columns: write plain columns.",
        ) from error


def parquet_raw(received: Received, asked: pl.Series) -> Iterator[pl.DataFrame]:
    """`line` and `raw` of the rows of these numbers."""
    for piece in parquet_pieces(received, {}):
        yield piece.reread(asked).raw


def _piece(
    frame: pl.DataFrame, first_line: int, wanted: Mapping[str, pl.DataType], bytes_read: int
) -> Piece:
    line = pl.int_range(first_line, first_line + pl.len(), dtype=pl.Int64)
    numbers = (line.alias("line"), line.alias("row_no"))
    nested = [name for name in wanted if frame.schema[name].is_nested()]
    holds_more = frame.select(
        pl.any_horizontal(pl.lit(value=False), *(pl.col(n).is_not_null() for n in nested)),
    ).to_series()
    if len(holds_more) < frame.height:  # of columns without any, a single False
        holds_more = pl.repeat(value=False, n=frame.height, eager=True)
    plain = {name: to for name, to in wanted.items() if name not in nested}
    every = frame.select(*(_as_wanted(frame, n, to) for n, to in plain.items()), *numbers)
    rows, odd = every.filter(~holds_more), every.filter(holds_more)["line"]
    ragged = pl.DataFrame(
        {
            "line": odd,
            "rule": ["nested_value"] * len(odd),
            "reason": [f"{' or '.join(nested)} holds several values, where one belongs."]
            * len(odd),
        },
        schema=_RAGGED,
    )

    def reread(in_doubt: pl.Series) -> Again:
        is_asked = pl.col("row_no").is_in(in_doubt.implode())
        again = frame.with_columns(numbers).filter(is_asked | pl.lit(holds_more))
        text = again.filter(~pl.col("line").is_in(odd.implode())).select(
            *(_as_text(name) for name in plain), "line", "row_no"
        )
        raw = again.select("line", pl.struct(_legible(frame)).struct.json_encode().alias("raw"))
        is_other = pl.repeat(value=True, n=text.height, eager=True)
        return Again(text, ragged, raw, is_other)

    return Piece(rows, has_more=not ragged.is_empty(), reread=reread, bytes_read=bytes_read)


def _legible(frame: pl.DataFrame) -> list[pl.Expr]:
    """The columns with bytes as hexadecimal text: JSON has none, and Polars does not write them."""
    return [
        pl.col(name).bin.encode("hex")
        if dtype == pl.Binary
        else pl.lit("[bytes]").alias(name)
        if "Binary" in str(dtype)
        else pl.col(name)
        for name, dtype in frame.schema.items()
    ]


def _as_wanted(frame: pl.DataFrame, name: str, to: pl.DataType) -> pl.Expr:
    """The column in the type wanted where every value of its own fits that, else as text."""
    given = frame.schema[name]
    if given == to:
        return pl.col(name)
    if isinstance(to, pl.Decimal):
        room = (to.precision or 0) - to.scale
        if given in (pl.Int8, pl.Int16, pl.Int32, pl.Int64) and room >= _INT64_DIGITS:
            return pl.col(name).cast(to)
        if isinstance(given, pl.Decimal) and given.scale <= to.scale:
            digits = (given.precision or 38) - given.scale
            if digits <= room:
                return pl.col(name).cast(to)
    return _as_text(name)


def _as_text(name: str) -> pl.Expr:
    trimmed = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(trimmed != "").then(trimmed).alias(name)
