"""Lines of CSV at a glance: what lies between separators is a field, and most lines are a row.

A mark is set at the end of each line: where it comes back at the end of the header's width, the row
is of that width. Since no field is changed, the text of a line can be told from its cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.lines import blank_as_null, column_names, is_blank
from flows.ingest.survey import MARK

if TYPE_CHECKING:
    from collections.abc import Collection

    from flows.ingest.block_lines import BlockLines
    from flows.ingest.received import Received

_ENDS, _BEYOND = "\x01 ends", "\x01 beyond"


class Glance:
    """Each of `lines` as cells: `is_row` says which are rows as they stand.

    With `quote` a cell may be between two of them. The lines of the numbers `apart` are no rows.
    """

    def __init__(
        self,
        lines: BlockLines,
        received: Received,
        quote: str | None = None,
        apart: Collection[int] = (),
    ) -> None:
        self._lines = lines
        self._separator = received.separator
        self._names = column_names(received.header)
        cells = self._cells = self._parted(quote)
        is_row = (cells[_ENDS] == MARK.decode()).fill_null(value=False) & cells[_BEYOND].is_null()
        if not received.header[-1]:
            # the header ends in a separator: its last column must stay empty
            is_row &= cells[self._names[-1]].is_null()
        has_mark = MARK in lines.survey.holds
        #: Whether a field can be what Polars leaves out, or a mark, so that cells do not tell all.
        self._is_odd = has_mark or lines.has_lone_return
        if has_mark:
            # a line with a mark of its own may seem to end where it does not
            is_row &= ~lines.all["raw"].str.contains(MARK.decode(), literal=True)
        self.is_row = is_row.scatter([line - lines.first for line in apart], False)

    def _parted(self, quote: str | None) -> pl.DataFrame:
        schema = dict.fromkeys([*self._names, _ENDS, _BEYOND], pl.String)
        if not self._lines.data:
            return pl.DataFrame(schema=schema)
        mark = self._separator.encode() + MARK
        marked = self._lines.with_lf.replace(b"\n", mark + b"\n")
        cells = pl.read_csv(
            marked if marked.endswith(b"\n") else marked + mark,
            has_header=False,
            schema=schema,
            separator=self._separator,
            quote_char=quote,
            extra_columns="ignore",
            missing_columns="insert",
        ).head(self._lines.height)
        if quote:
            # nothing between quotes is no value either
            cells = cells.with_columns(pl.when(pl.all() != "").then(pl.all()).name.keep())
        return cells

    def rows(self) -> pl.DataFrame:
        """A row of each line: all columns of the header, and `line`."""
        line = pl.int_range(self._lines.first, self._lines.first + pl.len(), dtype=pl.Int64)
        return self._cells.select(*self._names, line.alias("line"))

    def closer(self, numbers: pl.Series) -> Closer:
        """The rows of these numbers and all lines that are no rows as they stand."""
        first = self._lines.first
        places = (~self.is_row.clone().scatter(numbers - first, False)).arg_true()
        cells = self._cells[places]
        raw = self._raw(cells, places)
        trimmed = pl.col(self._names).str.strip_chars()
        told = cells.select(
            is_row=pl.lit(self.is_row[places]),
            is_left=~pl.lit(raw.select(is_blank(self._separator)).to_series()),
            is_changed=pl.any_horizontal(pl.col(self._names) != trimmed).fill_null(value=False),
        )
        is_left = told["is_row"] & told["is_left"]
        rows = cells.select(*self._names, raw["line"]).filter(is_left)
        is_changed = told["is_changed"].filter(is_left)
        if is_changed.any():
            rows = blank_as_null(rows)
        return Closer(rows, raw.filter(is_left), is_changed, raw.filter(~told["is_row"]))

    def _raw(self, cells: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
        """`line` and `raw` of the lines at these places, told from their cells if that can be."""
        end = self._separator + MARK.decode()
        text = pl.concat_str(pl.all().fill_null(""), separator=self._separator)
        ended = cells.select(text).to_series()
        line = (places.cast(pl.Int64) + self._lines.first).alias("line")
        has_end = ended.str.contains(end, literal=True)
        if self._is_odd or not has_end.all():  # or a line of many cells too many
            return self._lines.all[places]
        raw = pl.DataFrame([line, ended.str.split(end).list.first().alias("raw")])
        quoted = self._lines.quoted
        if quoted.is_empty():
            return raw
        told = raw.join(quoted, on="line", how="left", maintain_order="left", suffix=" told")
        return told.select("line", pl.coalesce("raw told", "raw").alias("raw"))


@dataclass(frozen=True)
class Closer:
    """Lines looked at more closely. `rows`: those that are rows as they stand, trimmed, with
    `line`, without blank ones; `raw` has their text, and `is_changed` says which were trimmed.

    `others` has `line` and `raw` of those that are no rows as they stand.
    """

    rows: pl.DataFrame
    raw: pl.DataFrame
    is_changed: pl.Series
    others: pl.DataFrame
