"""Lines of JSON objects in pieces: a record an object, told by the names of its members.

A number is taken by its digits as received, never through a float. What a member says twice, or
says by an object or a list of its own, is not known, so the row is quarantined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.block_lines import lines_of
from flows.ingest.blocks import Blocks
from flows.ingest.exact_json import NotJson, members
from flows.ingest.readers.reading import Again, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.ingest.blocks import Block
    from flows.ingest.received import Received

_RAGGED = {"line": pl.Int64, "rule": pl.String, "reason": pl.String}


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
    told: list[list[str | int | None]] = []
    odd: list[tuple[int, str, str]] = []
    for line, raw in lines.iter_rows():
        try:
            stated = members(raw)
            told.append([*(_text(stated, name) for name in wanted), line])
        except NotJson as error:
            odd.append((line, error.rule, str(error)))
    schema = dict.fromkeys(wanted, pl.String) | {"line": pl.Int64}
    rows = pl.DataFrame(told, schema=schema, orient="row").with_columns(row_no="line")
    ragged = pl.DataFrame(odd, schema=_RAGGED, orient="row")

    def reread(numbers: pl.Series) -> Again:
        again = rows.filter(pl.col("row_no").is_in(numbers.implode()))
        return Again(again, ragged, lines, pl.repeat(value=False, n=again.height, eager=True))

    return Piece(rows, not ragged.is_empty(), reread, block.bytes_read)


def _text(stated: dict[str, object], name: str) -> str | None:
    value = stated.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return "true" if value else "false"
    raise NotJson("nested_value", f"{name} is an object or a list, where one value belongs.")
