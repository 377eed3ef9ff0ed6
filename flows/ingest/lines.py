"""CSV text to rows of text, each with the line it stands on; no row is lost or shifted.

Lines are counted and classified in Rust; Python looks only at lines whose quotes are odd. A row
whose number of fields is not the header's is never filled up or cut: it is set apart.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

import polars as pl

from flows.ingest.received import Received, refusal_of_encoding

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
    """Read a CSV file. Raises Refused where it is not UTF-8 throughout."""
    data = _bytes_of(received)
    lines = pl.read_lines(data, name="raw", row_index_name="line", row_index_offset=1)
    lines = lines.select(pl.col("line").cast(pl.Int64), "raw")
    lines = lines.filter(pl.col("line") > received.header_line)
    odd = _lines_with_odd_quotes(lines, received.separator)
    spans, broken = _rows_over_lines(lines, odd, received)
    apart = {line for span in spans for line in span.lines} | set(broken)

    whole = lines.filter(~pl.col("line").is_in(list(apart)) & ~_is_blank(received.separator))
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
        ragged=pl.concat([_as_ragged(ragged, width), _as_spilt(spilt), _as_broken(broken)]),
        raw=_raw_of(whole, lines, spans, broken),
    )


@dataclass(frozen=True)
class _Span:
    """A row told by Python: one with odd quotes, perhaps over several lines."""

    line: int
    lines: range
    text: str
    fields: list[str]


def _bytes_of(received: Received) -> bytes:
    data = received.path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refusal_of_encoding(data, error.start, received.name) from None
    return data


def _is_blank(separator: str) -> pl.Expr:
    return pl.col("raw").str.strip_chars(f'{separator}" \t\r\x1a') == ""


def _strict(separator: str) -> str:
    """A line on which every field is quoted whole or holds no quote at all."""
    s = re.escape(separator)
    field = f'(?:"(?:[^"]|"")*"|[^"{s}]*)'
    return f"^{field}(?:{s}{field})*$"


def _lines_with_odd_quotes(lines: pl.DataFrame, separator: str) -> list[int]:
    quoted = lines.filter(pl.col("raw").str.contains('"', literal=True))
    return quoted.filter(~pl.col("raw").str.contains(_strict(separator)))["line"].to_list()


def _field_count(separator: str) -> pl.Expr:
    # a separator inside a quoted field parts nothing; the lines here are strict, see `_strict`
    bare = pl.col("raw").str.replace_all(r'"(?:[^"]|"")*"', "")
    text = pl.when(pl.col("raw").str.contains('"', literal=True)).then(bare).otherwise("raw")
    return text.str.count_matches(separator, literal=True) + 1


def _rows_over_lines(
    lines: pl.DataFrame, odd: list[int], received: Received
) -> tuple[list[_Span], list[int]]:
    """The rows that begin on a line of odd quotes, and the lines of which no row can be made.

    A field may hold a quote where it does not begin with one (`5" wafer`), as in Python's csv.
    A stray quote breaks its own line only: where the lines that it would swallow do not make a
    row of the header's width, they are rows of their own.
    """
    s = re.escape(received.separator)
    loose = rf'(?:"(?:[^"]|"")*+"|(?:[^"{s}][^{s}]*)?)'
    complete = re.compile(rf"{loose}(?:{s}{loose})*")
    still_open = re.compile(rf'(?:{loose}{s})*"(?:[^"]|"")*+')
    text_of = lines["raw"]
    first = int(lines["line"][0]) if lines.height else 1
    spans: list[_Span] = []
    broken: list[int] = []
    done_to = 0
    for line in odd:
        if line <= done_to:
            continue
        last = line
        text = str(text_of[line - first])
        while still_open.fullmatch(text) and not complete.fullmatch(text):
            last += 1
            if last - first >= lines.height or last - line >= MAX_LINES_OF_A_ROW:
                break
            text = f"{text}\n{text_of[last - first]}"
        fields = _fields_of(text, received.separator) if complete.fullmatch(text) else None
        if fields is None or (last > line and len(fields) != len(received.header)):
            broken.append(line)
            continue
        spans.append(_Span(line, range(line, last + 1), text, fields))
        done_to = last
    return spans, broken


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
    return _blank_as_null(rows).with_columns(fits["line"])


def _as_frame(spans: list[_Span], header: tuple[str, ...]) -> pl.DataFrame:
    names = column_names(header)
    rows = pl.DataFrame(
        [span.fields for span in spans], schema=dict.fromkeys(names, pl.String), orient="row"
    )
    return _blank_as_null(rows).with_columns(
        pl.Series("line", [span.line for span in spans], dtype=pl.Int64)
    )


def _blank_as_null(rows: pl.DataFrame) -> pl.DataFrame:
    trimmed = pl.all().str.strip_chars()
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
    whole: pl.DataFrame, lines: pl.DataFrame, spans: list[_Span], broken: list[int]
) -> pl.DataFrame:
    over_lines = pl.DataFrame(
        [(span.line, span.text) for span in spans],
        schema={"line": pl.Int64, "raw": pl.String},
        orient="row",
    )
    alone = lines.filter(pl.col("line").is_in(broken))
    return pl.concat([whole.select("line", "raw"), over_lines, alone])
