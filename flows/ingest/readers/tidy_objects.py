"""Lines of JSON objects in pieces: a record an object, told by the names of its members."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.block_lines import lines_of
from flows.ingest.blocks import Blocks
from flows.ingest.readers.reading import Again, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.ingest.blocks import Block
    from flows.ingest.received import Received


def object_pieces(received: Received, wanted: Sequence[str]) -> Iterator[Piece]:
    """The objects of a file in the members `wanted`. Raises Refused where it is not UTF-8."""
    for block in Blocks(received):
        yield _piece(block, wanted)


def object_raw(received: Received, asked: pl.Series) -> Iterator[pl.DataFrame]:
    """`line` and `raw` of the lines asked for."""
    for block in Blocks(received):
        lines = lines_of(block.data, block.first_line)
        yield lines.filter(pl.col("line").is_in(asked.implode()))


def _piece(block: Block, wanted: Sequence[str]) -> Piece:
    lines = lines_of(block.data, block.first_line)
    lines = lines.filter(pl.col("raw").str.strip_chars() != "")
    # no object: a broken line, a bare value or a list
    is_object = pl.col("raw").str.json_path_match("$").str.starts_with("{").fill_null(value=False)
    ragged = lines.filter(~is_object).select(
        "line",
        pl.lit("not_an_object").alias("rule"),
        pl.lit("The line is not one whole JSON object.").alias("reason"),
    )
    values = [_trimmed(pl.col("raw").str.json_path_match(f"$.{name}"), name) for name in wanted]
    rows = lines.filter(is_object).select(*values, "line", pl.col("line").alias("row_no"))

    def reread(numbers: pl.Series) -> Again:
        again = rows.filter(pl.col("row_no").is_in(numbers.implode()))
        return Again(again, ragged, lines, pl.repeat(value=False, n=again.height, eager=True))

    return Piece(rows, not ragged.is_empty(), reread, block.bytes_read)


def _trimmed(value: pl.Expr, name: str) -> pl.Expr:
    trimmed = value.str.strip_chars()
    return pl.when(trimmed != "").then(trimmed).alias(name)
