"""A tidy CSV file in pieces: most rows at a glance (`glance`), the others with care (`lines`).

What has quotes, or another width than the header, or does not pass the screen, is read with care.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.block_lines import BlockLines
from flows.ingest.blocks import Blocks
from flows.ingest.glance import Glance
from flows.ingest.lines import NOTHING_ODD, column_names, find_odd, tabulate
from flows.ingest.readers.reading import Again, Piece
from flows.ingest.survey import QUOTE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from flows.ingest.lines import Odd
    from flows.ingest.received import Received

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
        yield _piece(stretch, received, columns)


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
        if carried:
            lines = BlockLines(data, first_line, block.last_line)
        else:
            lines = BlockLines(data, block.first_line, block.last_line, looked=block.survey)
        carried = b""
        has_quotes = QUOTE in lines.survey.holds
        odd = find_odd(lines, received, is_end=block.is_last) if has_quotes else None
        if odd and odd.undecided is not None:
            # the row may go on in the next block, which begins with it
            lines = lines.before(odd.undecided)
            rest = len(data) - lines.size
            if lines.size and rest <= len(block.data):
                blocks.unread(rest)
            else:
                carried, first_line = data[lines.size :], odd.undecided
        yield _Stretch(lines, odd, block.bytes_read)


def _piece(stretch: _Stretch, received: Received, columns: dict[str, str]) -> Piece:
    lines, odd = stretch.lines, stretch.odd
    if odd is None:
        glance = Glance(lines, received)
    elif not (odd.lines or lines.size < len(lines.data) or lines.has_lone_return):
        # every quoted field ends on its line
        glance = Glance(lines, received, quote='"')
    elif lines.quoted.height > lines.height * _MANY:
        glance = Glance(BlockLines(b"", lines.first, lines.first - 1), received)
    else:
        glance = Glance(lines, received, apart={*lines.quoted["line"], *odd.lines})
    is_wasted = glance.is_row.is_empty()
    wanted = [pl.col(name).alias(stated) for name, stated in columns.items()]

    def reread(numbers: pl.Series) -> Again:
        closer = glance.closer(numbers)
        table = tabulate(lines.all if is_wasted else closer.others, odd or NOTHING_ODD, received)
        rows, raw, is_other = closer.rows, closer.raw, closer.is_changed
        if table.rows.height:
            rows = pl.concat([rows, table.rows])
            are_other = pl.repeat(value=True, n=table.rows.height, eager=True)
            is_other = pl.concat([is_other, are_other])
        return Again(
            rows.select(*wanted, "line", row_no="line"),
            table.ragged,
            pl.concat([raw, table.raw]),
            is_other,
        )

    rows = glance.rows().select(*wanted, "line", row_no="line")
    has_more = is_wasted or not glance.is_row.all()
    return Piece(rows, has_more, reread, stretch.bytes_read, glance.is_row)
