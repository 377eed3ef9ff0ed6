"""A first look at received text: what form it is in, which columns it names.

Reads the first 256 kB only. What is not text, Parquet or JSON is refused by name; what is packed
or in another encoding has been unpacked before (`flows.ingest.packed`).
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from flows.ingest import header_rows
from flows.ingest.refusal import Refused
from flows.ingest.script import encoding_of_letters

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: What a first look reads, in bytes.
SAMPLE = 1 << 18
#: One JSON object of a provider is held in memory whole, in bytes.
MOST_OF_ONE_OBJECT = 64 << 20
_FREQUENT = frozenset("的一是在有不人年月日期时间开收盘高低价量额元股票代码名称成交公司芯片中国美")
_VALUE = re.compile(r"[+-]?[0-9][0-9.,:/-]*")
_SEPARATORS = ",;\t|"
#: What bytes begin with that are another thing than a table.
FORMS = {
    b"\xd0\xcf\x11\xe0": (
        "an old or locked Excel workbook",
        "Save it as .xlsx, without a password.",
    ),
    b"%PDF": ("a PDF", "Export the table as CSV (UTF-8)."),
    b"SQLite": ("an SQLite database", "Export the table as CSV (UTF-8)."),
}


@dataclass(frozen=True)
class Received:
    """A kept file after the first look.

    `header` holds the column names as stated, for a CSV with a trailing separator a last "".
    `header_line` is the line that the header stands on, 1 being the first; 0 where there is none.
    A header of three rows (`flows.ingest.header_rows`) is told as one, on the line of its last.
    `remarks` tell what was taken as read in unpacking the file, `apart` the rule and the reason
    of rows that were found wrong there, by their line.
    """

    path: Path
    name: str
    form: Literal["csv", "ndjson", "json", "parquet"]
    header: tuple[str, ...]
    header_line: int = 0
    separator: str = ","
    remarks: tuple[str, ...] = ()
    apart: Mapping[int, tuple[str, str]] = field(default_factory=dict)


def look_at(path: Path, name: str, remarks: tuple[str, ...] = ()) -> Received:
    """Tell the form and the columns of a kept file; `name` is the name it came under.

    Raises Refused with what the file is instead, where that can be told.
    """
    return replace(_looked_at(path, name), remarks=remarks)


def _looked_at(path: Path, name: str) -> Received:
    with path.open("rb") as source:
        sample = source.read(SAMPLE)
    if not sample:
        raise Refused(f"{name} is empty.", "Fetch the file again.")
    if sample.startswith(b"PAR1"):
        return Received(path, name, "parquet", _parquet_columns(path, name))
    _refuse_what_is_no_text(sample, name)
    is_whole = len(sample) < SAMPLE
    text = _as_text(sample, name, is_whole=is_whole).removeprefix("\ufeff")
    if not text.strip():
        raise Refused(f"{name} holds blank lines only.", "Fetch the file again.")
    line_no, line = _first_line(text)
    if line.lstrip().startswith("{"):
        return _json(path, name, line_no, line)
    if line.lstrip().lower().startswith(("<!doctype", "<html", "<?xml")):
        raise Refused(
            f"{name} is a web page or XML, not a table.",
            "Providers send such a page in place of the file when a download is refused.",
        )
    rows = header_rows.joined(text, line_no)
    if rows is not None:
        return Received(path, name, "csv", rows.columns, rows.last_line, rows.separator)
    separator, header = _csv_columns(line, name)
    return Received(path, name, "csv", header, line_no, separator)


def _json(path: Path, name: str, line_no: int, line: str) -> Received:
    """Lines of objects, or one object over many lines; the latter is looked at whole."""
    if path.stat().st_size <= MOST_OF_ONE_OBJECT:
        try:
            whole = json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            whole = None
        # an object on one line is a record of ours, unless objects lie within it
        is_over_lines = not line.rstrip().endswith("}")
        if isinstance(whole, dict) and (
            is_over_lines or any(isinstance(value, dict) for value in whole.values())
        ):
            return Received(path, name, "json", tuple(whole), line_no)
    return Received(path, name, "ndjson", _json_columns(line, name), line_no)


def _refuse_what_is_no_text(sample: bytes, name: str) -> None:
    for magic, (what, way_out) in FORMS.items():
        if sample.startswith(magic):
            raise Refused(f"{name} is {what}, not a table as text.", way_out)
    odd = sum(sample.count(bytes([code])) for code in range(32) if code not in b"\t\n\r\f")
    if odd * 20 > len(sample):
        raise Refused(f"{name} is binary data, not a table.", "Ingest CSV, NDJSON or Parquet.")


def _as_text(sample: bytes, name: str, *, is_whole: bool) -> str:
    try:
        return sample.decode("utf-8")
    except UnicodeDecodeError as error:
        # a sample may end in the middle of a character
        if not is_whole and error.start >= len(sample) - 3:
            return sample[: error.start].decode("utf-8")
        raise refusal_of_encoding(sample, error.start, name) from None


def refusal_of_encoding(data: bytes, wrong_at: int, name: str) -> Refused:
    """The refusal of bytes that are no UTF-8 from `wrong_at` on, naming what they may be."""
    line = data.count(b"\n", 0, wrong_at) + 1
    what = f"{name} is not UTF-8: byte 0x{data[wrong_at]:02X} on line {line}"
    told = encoding_of_letters(data[:SAMPLE], is_whole=len(data) <= SAMPLE)
    if told:
        return Refused(f"{what}; it looks like {told.upper()}.", "Save it as UTF-8.")
    return Refused(f"{what}.", "Save it as UTF-8, or ingest CSV, NDJSON or Parquet.")


def _first_line(text: str) -> tuple[int, str]:
    # a file of the old Macintosh parts its lines by carriage returns alone
    lines = text.split("\n") if "\n" in text else text.split("\r")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            return number, line.rstrip("\r")
    raise AssertionError  # the caller has seen that the text is not blank


def _csv_columns(line: str, name: str) -> tuple[str, tuple[str, ...]]:
    by_separator = {s: _fields(line, s) for s in _SEPARATORS}
    separator = max(_SEPARATORS, key=lambda s: len(by_separator[s]))
    header = by_separator[separator]
    if len(header) < 2:
        raise Refused(
            f"{name} has no header of columns; its first line is {_cut(line)!r}.",
            "Columns are parted by comma, semicolon, tab or bar, and the first line names them.",
        )
    values = [column for column in header if _VALUE.fullmatch(column)]
    if len(values) > 1:
        raise Refused(
            f"{name} has no header: its first line holds values, such as {values[0][:40]!r}.",
            "Add a first line that names the columns.",
        )
    named = [column for column in header if column]
    twice = sorted({column for column in named if named.count(column) > 1})
    if twice:
        raise Refused(
            f"{name} names a column twice: {_cut(', '.join(twice))}.", "Rename or drop one of them."
        )
    return separator, header


def _fields(line: str, separator: str) -> tuple[str, ...]:
    try:
        row = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:  # a field of more than 128 kB: no header
        return ()
    return tuple(field.strip() for field in row)


def _json_columns(line: str, name: str) -> tuple[str, ...]:
    way_out = "Each line of NDJSON is one object: {...}, then a line break."
    try:
        first = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Refused(f"{name}: line 1 is not a JSON object ({error}).", way_out) from None
    if not isinstance(first, dict):
        raise Refused(f"{name}: line 1 is not a JSON object.", way_out)
    return tuple(first)


def _parquet_columns(path: Path, name: str) -> tuple[str, ...]:
    import polars as pl

    try:
        return tuple(pl.read_parquet_schema(path))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Refused(
            f"{name} is a Parquet file that cannot be read: {_cut(str(error))}.",
            "It may have been cut off: fetch it again.",
        ) from None


def _cut(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:120]}…"
