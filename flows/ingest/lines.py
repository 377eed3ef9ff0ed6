"""CSV text to rows of text, each with the line it stands on; no row is lost or shifted.

Lines are counted and classified in Rust; Python looks only at lines whose quotes are odd. A row
whose number of fields is not the header's is never filled up or cut: it is set apart.
"""

from __future__ import annotations

import csv
import io
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.block_lines import BlockLines
from flows.ingest.blocks import Blocks
from flows.ingest.quotes import Quotes

if TYPE_CHECKING:
    from flows.ingest.received import Received

#: A quoted field may go on over this many lines; a stray quote must not swallow the file.
MAX_LINES_OF_A_ROW = 1000


@dataclass(frozen=True)
class Table:
    """The rows of a CSV file as text.

    `rows` has a String column for each column of the header, blank as null, and `line` (Int64).
    `ragged` has `line`, `rule` and `reason` of each row that is not of the header's shape.
    `raw` has `line` and `raw`, the text of every row as received.
    """

    rows: pl.DataFrame
    ragged: pl.DataFrame
    raw: pl.DataFrame


def read_table(received: Received) -> Table:
    """Read a CSV file whole. Raises Refused where it is not UTF-8 throughout."""
    blocks = list(Blocks(received, received.header_line))
    data = b"".join(block.data for block in blocks)
    lines = BlockLines(data, blocks[0].first_line, blocks[-1].last_line)
    return tabulate(lines.all, find_odd(lines, received), received)


@dataclass(frozen=True)
class Odd:
    """What Python found on lines of odd quotes: rows (`spans`), and lines of which none is made.

    `undecided` is the first line whose row may go on beyond the lines at hand, None if none may.
    """

    spans: list[Span]
    broken: list[int]
    undecided: int | None

    @property
    def lines(self) -> list[int]:
        """All the lines that are told here."""
        return [*self.broken, *(line for span in self.spans for line in span.lines)]


NOTHING_ODD = Odd([], [], None)


def find_odd(lines: BlockLines, received: Received, *, is_end: bool = True) -> Odd:
    """The rows that begin on a line of odd quotes, and the lines of which no row can be made.

    `lines` are all the lines of a stretch; `is_end` says that none follow. A field may hold a
    quote where it does not begin with one (`5" wafer`), as in Python's csv. A stray quote breaks
    its own line only: where the lines that it would swallow do not make a row of the header's
    width, they are rows of their own.
    """
    quotes = Quotes(received.separator)
    quoted = lines.quoted
    odd = quoted.filter(~pl.col("raw").str.contains(quotes.strict))["line"]
    if odd.is_empty():
        return NOTHING_ODD
    texts, marked = quoted["raw"], quoted["line"].to_list()

    def text_of(line: int) -> str:
        return str(texts[bisect_left(marked, line)])

    end = lines.last
    spans: list[Span] = []
    broken: list[int] = []
    done_to = 0
    for line in odd:
        if line <= done_to:
            continue
        last = line
        is_open = quotes.leaves_open(text_of(line))
        is_whole = not is_open and quotes.is_whole(text_of(line))
        while is_open:
            # only a line with a quote can close a field, so the others are not looked at
            place = bisect_right(marked, last)
            last = marked[place] if place < len(marked) else end + 1
            if last - line >= MAX_LINES_OF_A_ROW or (last > end and is_end):
                break
            if last > end:
                return Odd(spans, broken, line)
            is_whole = quotes.makes_whole(text_of(last))
            is_open = not is_whole and quotes.keeps_open(text_of(last))
        span = _span(lines, line, last, received) if is_whole else None
        if span is None:
            broken.append(line)
            continue
        spans.append(span)
        done_to = last
    return Odd(spans, broken, None)


def _span(lines: BlockLines, line: int, last: int, received: Received) -> Span | None:
    """The row on these lines; None where it takes several and is not of the header's width."""
    text = lines.text(line, last)
    fields = _fields_of(text, received.separator)
    if fields is None or (last > line and len(fields) != len(received.header)):
        return None
    return Span(line, range(line, last + 1), text, fields)


def tabulate(lines: pl.DataFrame, odd: Odd, received: Received) -> Table:
    """Part lines into fields; those of `odd` as found there, of the rest each is a row."""
    spans = odd.spans
    whole = lines.filter(~pl.col("line").is_in(odd.lines) & ~is_blank(received.separator))
    width = len(received.header)
    whole = whole.with_columns(_field_count(received.separator).alias("fields"))
    fits = whole.filter(pl.col("fields") == width)
    rows = _split(fits, received)
    good_spans = [span for span in spans if len(span.fields) == width]
    if good_spans:
        rows = pl.concat([rows, _as_frame(good_spans, received.header)]).sort("line")
    rows, spilt = _set_spilt_apart(rows, received.header)

    other_width = pl.DataFrame(
        [(span.line, len(span.fields)) for span in spans if len(span.fields) != width],
        schema={"line": pl.Int64, "fields": pl.UInt32},
        orient="row",
    )
    ragged = pl.concat([whole.filter(pl.col("fields") != width)["line", "fields"], other_width])
    return Table(
        rows=rows,
        ragged=pl.concat([_as_ragged(ragged, width), _as_spilt(spilt), _as_broken(odd.broken)]),
        raw=_raw_of(whole, lines, spans, odd.broken),
    )


@dataclass(frozen=True)
class Span:
    """A row told by Python: one with odd quotes, perhaps over several lines."""

    line: int
    lines: range
    text: str
    fields: list[str]


def is_blank(separator: str) -> pl.Expr:
    """Whether a line, in the column `raw`, holds nothing: such a line is no row."""
    return pl.col("raw").str.strip_chars(f'{separator}" \t\r\x1a') == ""


def _field_count(separator: str) -> pl.Expr:
    # a separator inside a quoted field parts nothing; the lines here are strict, see `_strict`
    bare = pl.col("raw").str.replace_all(r'"(?:[^"]|"")*"', "")
    text = pl.when(pl.col("raw").str.contains('"', literal=True)).then(bare).otherwise("raw")
    return text.str.count_matches(separator, literal=True) + 1


def _fields_of(text: str, separator: str) -> list[str] | None:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), None)
    except csv.Error:
        return None


def _split(fits: pl.DataFrame, received: Received) -> pl.DataFrame:
    names = column_names(received.header)
    if fits.is_empty():
        return pl.DataFrame(schema={**dict.fromkeys(names, pl.String), "line": pl.Int64})
    text = fits["raw"].str.join("\n").item()
    rows = pl.read_csv(
        text.encode("utf-8"),
        has_header=False,
        schema=dict.fromkeys(names, pl.String),
        separator=received.separator,
        quote_char='"',
    )
    return blank_as_null(rows).with_columns(fits["line"])


def _as_frame(spans: list[Span], header: tuple[str, ...]) -> pl.DataFrame:
    names = column_names(header)
    rows = pl.DataFrame(
        [span.fields for span in spans], schema=dict.fromkeys(names, pl.String), orient="row"
    )
    return blank_as_null(rows).with_columns(
        pl.Series("line", [span.line for span in spans], dtype=pl.Int64)
    )


def blank_as_null(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of text trimmed; null where nothing is left."""
    trimmed = pl.col(pl.String).str.strip_chars()
    return rows.with_columns(pl.when(trimmed != "").then(trimmed).name.keep())


def column_names(header: tuple[str, ...]) -> list[str]:
    """The names under which the columns of a header are read; a nameless one gets its place."""
    return [name or f"column {place}" for place, name in enumerate(header, start=1)]


def _set_spilt_apart(
    rows: pl.DataFrame, header: tuple[str, ...]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A header that ends in a separator has a last column without a name: it must stay empty."""
    if header[-1]:
        return rows, rows.clear()
    last = pl.col(column_names(header)[-1])
    return rows.filter(last.is_null()), rows.filter(last.is_not_null())


def _as_ragged(ragged: pl.DataFrame, width: int) -> pl.DataFrame:
    words = "The row has {} fields where the header has " + f"{width}."
    return ragged.select(
        "line",
        pl.lit("ragged_row").alias("rule"),
        pl.format(words, "fields").alias("reason"),
    )


def _as_spilt(spilt: pl.DataFrame) -> pl.DataFrame:
    return spilt.select(
        "line",
        pl.lit("ragged_row").alias("rule"),
        pl.lit("The row has a value after the last column that the header names.").alias("reason"),
    )


def _as_broken(broken: list[int]) -> pl.DataFrame:
    return pl.DataFrame({"line": broken}, schema={"line": pl.Int64}).with_columns(
        pl.lit("unclosed_quote").alias("rule"),
        pl.lit("A quote opens on this line and is not closed as CSV wants it.").alias("reason"),
    )


def _raw_of(
    whole: pl.DataFrame, lines: pl.DataFrame, spans: list[Span], broken: list[int]
) -> pl.DataFrame:
    over_lines = pl.DataFrame(
        [(span.line, span.text) for span in spans],
        schema={"line": pl.Int64, "raw": pl.String},
        orient="row",
    )
    alone = lines.filter(pl.col("line").is_in(broken))
    return pl.concat([whole.select("line", "raw"), over_lines, alone])
