"""A tidy CSV file in pieces: most rows at a glance, the others with care (`lines`).

At a glance a line is a row, and its fields are what lies between separators. A mark is set at the
end of each line: where it comes back at the end of the header's width, the row is of that width.
What has quotes, or another width, or does not pass the screen, is read with care.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.blocks import Block, blocks_of
from flows.ingest.lines import column_names, find_odd, lines_of, tabulate
from flows.ingest.readers.reading import Piece, Reading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from flows.ingest.lines import Odd
    from flows.ingest.received import Received

#: A control character that no record may hold.
_MARK = b"\x01"
_ENDS, _BEYOND = "\x01 ends", "\x01 beyond"
#: Where more of the lines than this have quotes, a glance is wasted on them.
_MANY = 0.5


def csv_pieces(received: Received, wanted: Collection[str]) -> Iterator[Piece]:
    """The rows of a CSV file in the columns `wanted`, named as in its header.

    Raises Refused where it is not UTF-8 throughout.
    """
    columns = {
        name: stated
        for name, stated in zip(column_names(received.header), received.header, strict=True)
        if stated in wanted
    }
    for block, quoted in _stretches(received):
        if quoted is None:
            yield _plain(block, received, columns)
        else:
            yield _with_quotes(block, *quoted, received, columns)


def csv_raw(received: Received, asked: pl.Series) -> Iterator[pl.DataFrame]:
    """`line` and `raw` of the rows that begin on the lines asked for."""
    is_asked = pl.col("line").is_in(asked.implode())
    for block, quoted in _stretches(received):
        lines, odd = quoted or (lines_of(block.data, block.first_line), None)
        spans = {span.line: span.text for span in odd.spans} if odd else {}
        raw = lines.filter(is_asked)
        if spans:
            text = pl.col("line").replace_strict(spans, default=pl.col("raw"))
            raw = raw.with_columns(text.cast(pl.String).alias("raw"))
        yield raw


def _stretches(
    received: Received,
) -> Iterator[tuple[Block, tuple[pl.DataFrame, Odd] | None]]:
    """Blocks in which every row ends; of those with quotes, the lines and what is odd there."""
    carried = b""
    for block in blocks_of(received, received.header_line):
        first_line = block.first_line - carried.count(b"\n")
        data, carried = carried + block.data, b""
        if b'"' not in data:
            yield replace(block, data=data, first_line=first_line), None
            continue
        lines = lines_of(data, first_line)
        odd = find_odd(lines, received, is_end=block.is_last)
        if odd.undecided is not None:
            # the row may go on in the next block: both are read together
            start = _start_of_line(data, int(lines["line"][-1]) - odd.undecided + 1)
            lines = lines.filter(pl.col("line") < odd.undecided)
            data, carried = data[:start], data[start:]
        yield replace(block, data=data, first_line=first_line), (lines, odd)


def _start_of_line(data: bytes, lines_after: int) -> int:
    """Where the last `lines_after` lines begin; the data ends in a line feed."""
    end = len(data) - 1
    for _ in range(lines_after):
        end = data.rfind(b"\n", 0, end)
    return end + 1


def _plain(
    block: Block, received: Received, columns: dict[str, str], quote: str | None = None
) -> Piece:
    seen, is_row = _at_a_glance(block, received, columns, quote)

    def reread(numbers: pl.Series) -> Reading:
        lines = lines_of(block.data, block.first_line)
        return _with_care(lines, _others(is_row, numbers, block), None, received, columns)

    return Piece(seen, not is_row.all(), reread, block.bytes_read, is_row)


def _with_quotes(
    block: Block, lines: pl.DataFrame, odd: Odd, received: Received, columns: dict[str, str]
) -> Piece:
    if not odd.lines and b"\r" not in block.data.replace(b"\r\n", b""):
        # every quoted field ends on its line
        return _plain(block, received, columns, quote='"')
    has_quote = pl.col("raw").str.contains('"', literal=True)
    is_apart = lines.select(has_quote | pl.col("line").is_in(odd.lines)).to_series()
    if is_apart.sum() > lines.height * _MANY:
        seen = _at_a_glance(Block(b"", 0, 0, is_last=False), received, columns)[0]
        return Piece(
            seen,
            has_more=True,
            reread=lambda _: _with_care(lines, None, odd, received, columns),
            bytes_read=block.bytes_read,
        )
    seen, is_row = _at_a_glance(block, received, columns)
    is_row &= ~is_apart

    def reread(numbers: pl.Series) -> Reading:
        return _with_care(lines, _others(is_row, numbers, block), odd, received, columns)

    return Piece(seen, has_more=True, reread=reread, bytes_read=block.bytes_read, is_row=is_row)


def _others(is_row: pl.Series, numbers: pl.Series, block: Block) -> pl.Series:
    """The lines of a block that are no rows at a glance, and those of the numbers."""
    return ~is_row.scatter(numbers - block.first_line, False)


def _at_a_glance(
    block: Block, received: Received, columns: dict[str, str], quote: str | None = None
) -> tuple[pl.DataFrame, pl.Series]:
    """A row for each line, and whether it is of the header's width."""
    names = column_names(received.header)
    schema = dict.fromkeys([*names, _ENDS, _BEYOND], pl.String)
    if block.data:
        data = block.data.replace(b"\r\n", b"\n") if b"\r" in block.data else block.data
        mark = received.separator.encode() + _MARK
        marked = data.replace(b"\n", mark + b"\n")
        cells = pl.read_csv(
            marked if marked.endswith(b"\n") else marked + mark,
            has_header=False,
            schema=schema,
            separator=received.separator,
            quote_char=quote,
            extra_columns="ignore",
            missing_columns="insert",
        )
    else:
        cells = pl.DataFrame(schema=schema)
    is_row = (cells[_ENDS] == _MARK.decode()).fill_null(value=False) & cells[_BEYOND].is_null()
    if not received.header[-1]:
        # the header ends in a separator: its last column must stay empty
        is_row &= cells[names[-1]].is_null()
    if quote:
        # nothing between quotes is no value either
        cells = cells.with_columns(pl.when(pl.all() != "").then(pl.all()).name.keep())
    line = pl.int_range(block.first_line, block.first_line + pl.len(), dtype=pl.Int64)
    seen = cells.select(
        *(pl.col(name).alias(stated) for name, stated in columns.items()),
        line.alias("line"),
        line.alias("row_no"),
    )
    return seen, is_row


def _with_care(
    lines: pl.DataFrame,
    asked: pl.Series | None,
    odd: Odd | None,
    received: Received,
    columns: dict[str, str],
) -> Reading:
    """The rows on the lines asked for, all where `asked` is None; `odd` is of all the lines."""
    asked_for = lines if asked is None else lines.filter(asked)
    table = tabulate(asked_for, odd or find_odd(lines.clear(), received), received)
    rows = table.rows.select(*(pl.col(name).alias(to) for name, to in columns.items()), "line")
    return Reading(rows.with_columns(row_no="line"), table.ragged, table.raw)
