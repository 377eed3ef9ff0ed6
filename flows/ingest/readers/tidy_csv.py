"""A tidy CSV file in pieces: most rows at a glance, the others with care (`lines`).

At a glance a line is a row, and its fields are what lies between separators. A mark is set at the
end of each line: where it comes back at the end of the header's width, the row is of that width.
What has quotes, or another width, or does not pass the screen, is read with care.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.block_lines import BlockLines
from flows.ingest.blocks import Blocks
from flows.ingest.lines import NOTHING_ODD, column_names, find_odd, tabulate
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
    for stretch in _stretches(received):
        if stretch.odd is None:
            yield _plain(stretch, received, columns)
        else:
            yield _with_quotes(stretch, stretch.odd, received, columns)


def csv_raw(received: Received, asked: pl.Series) -> Iterator[pl.DataFrame]:
    """`line` and `raw` of the rows that begin on the lines asked for."""
    for stretch in _stretches(received):
        lines, odd = stretch.lines, stretch.odd or NOTHING_ODD
        here = asked.filter(asked.is_between(lines.first, lines.last))
        if here.is_empty():
            continue
        raw = lines.all.filter(pl.col("line").is_in(here.implode()))
        if odd.spans:
            spans = {span.line: span.text for span in odd.spans}
            text = pl.col("line").replace_strict(spans, default=pl.col("raw"))
            raw = raw.with_columns(text.cast(pl.String).alias("raw"))
        yield raw


@dataclass(frozen=True)
class _Stretch:
    """Lines in which every row ends, and what is odd there: None without quotes."""

    lines: BlockLines
    odd: Odd | None
    bytes_read: int


def _stretches(received: Received) -> Iterator[_Stretch]:
    carried = b""
    first_line = 0
    blocks = Blocks(received, received.header_line)
    for block in blocks:
        data = carried + block.data
        lines = BlockLines(data, first_line if carried else block.first_line, block.last_line)
        carried = b""
        odd = find_odd(lines, received, is_end=block.is_last) if b'"' in data else None
        if odd and odd.undecided is not None:
            # the row may go on in the next block, which begins with it
            lines = lines.before(odd.undecided)
            rest = len(data) - len(lines.data)
            if lines.data and rest <= len(block.data):
                blocks.unread(rest)
            else:
                carried, first_line = data[-rest:], odd.undecided
        yield _Stretch(lines, odd, block.bytes_read)


@dataclass(frozen=True)
class _Glance:
    """A row of `cells` for each line, all columns of the header, and which are of its width.

    The mark stands where a line ends; what is beyond the second column after the header is cut.
    """

    cells: pl.DataFrame
    is_row: pl.Series

    def rows(self, first_line: int, columns: dict[str, str]) -> pl.DataFrame:
        """The rows as in `Piece`."""
        line = pl.int_range(first_line, first_line + pl.len(), dtype=pl.Int64)
        return self.cells.select(
            *(pl.col(name).alias(stated) for name, stated in columns.items()),
            line.alias("line"),
            line.alias("row_no"),
        )

    def raw(self, lines: BlockLines, is_asked: pl.Series, separator: str) -> pl.DataFrame:
        """`line` and `raw` of the lines asked for, put together again from their cells."""
        asked = is_asked.arg_true()
        cells = self.cells[asked].select(pl.all().fill_null(""))
        ended = cells.select(pl.concat_str(pl.all(), separator=separator)).to_series()
        end = separator + _MARK.decode()
        text = pl.DataFrame({"line": asked.cast(pl.Int64) + lines.first, "text": ended})
        raw = text.join(lines.quoted, on="line", how="left", maintain_order="left").select(
            "line",
            pl.coalesce(
                "raw",
                pl.when(pl.col("text").str.contains(end, literal=True)).then(
                    pl.col("text").str.split(end).list.first()
                ),
            ),
        )
        if raw["raw"].null_count() or _MARK in lines.data:
            # a line has many cells too many, or a mark of its own
            return lines.all.filter(is_asked)
        return raw


def _plain(
    stretch: _Stretch, received: Received, columns: dict[str, str], quote: str | None = None
) -> Piece:
    lines = stretch.lines
    glance = _at_a_glance(lines.data, received, quote)

    def reread(numbers: pl.Series) -> Reading:
        raw = glance.raw(lines, _others(glance.is_row, numbers, lines), received.separator)
        return _with_care(raw, NOTHING_ODD, received, columns)

    rows = glance.rows(lines.first, columns)
    return Piece(rows, not glance.is_row.all(), reread, stretch.bytes_read, glance.is_row)


def _with_quotes(stretch: _Stretch, odd: Odd, received: Received, columns: dict[str, str]) -> Piece:
    lines = stretch.lines
    has_cr = b"\r" in lines.data and b"\r" in lines.data.replace(b"\r\n", b"")
    if not (odd.lines or has_cr):
        # every quoted field ends on its line
        return _plain(stretch, received, columns, quote='"')
    if lines.quoted.height > (lines.last - lines.first + 1) * _MANY:
        nothing = _at_a_glance(b"", received)
        return Piece(
            nothing.rows(0, columns),
            has_more=True,
            reread=lambda _: _with_care(lines.all, odd, received, columns),
            bytes_read=stretch.bytes_read,
        )
    glance = _at_a_glance(lines.data, received)
    apart = {*lines.quoted["line"], *odd.lines}
    is_row = glance.is_row.scatter([line - lines.first for line in apart], False)

    def reread(numbers: pl.Series) -> Reading:
        raw = glance.raw(lines, _others(is_row, numbers, lines), received.separator)
        return _with_care(raw, odd, received, columns)

    rows = glance.rows(lines.first, columns)
    return Piece(rows, has_more=True, reread=reread, bytes_read=stretch.bytes_read, is_row=is_row)


def _others(is_row: pl.Series, numbers: pl.Series, lines: BlockLines) -> pl.Series:
    """The lines that are no rows at a glance, and those of the numbers."""
    return ~is_row.scatter(numbers - lines.first, False)


def _at_a_glance(data: bytes, received: Received, quote: str | None = None) -> _Glance:
    names = column_names(received.header)
    schema = dict.fromkeys([*names, _ENDS, _BEYOND], pl.String)
    if data:
        data = data.replace(b"\r\n", b"\n") if b"\r" in data else data
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
    return _Glance(cells, is_row)


def _with_care(
    asked: pl.DataFrame, odd: Odd, received: Received, columns: dict[str, str]
) -> Reading:
    """The rows on the lines asked for; `odd` is of all the lines."""
    table = tabulate(asked, odd, received)
    rows = table.rows.select(*(pl.col(name).alias(to) for name, to in columns.items()), "line")
    return Reading(rows.with_columns(row_no="line"), table.ragged, table.raw)
