"""The sheets of an .xlsx workbook as text: row n of a sheet is line n.

Before its reader opens a workbook its XML is walked: cells far apart make a huge grid of nothing,
and one long text may be shown in a million cells. Each is refused by name. A hidden sheet is
refused too: nobody looked at it. Rows with errors, merged cells or unsaved formulas are quarantined
(`sheet_faults`).
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from flows.ingest.refusal import Refused
from flows.ingest.sheet_extent import extent
from flows.ingest.sheet_faults import Faults, faults

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator
    from pathlib import Path

    from python_calamine import CalamineWorkbook

MOST_CELLS = 5_000_000
MOST_LETTERS = 256 << 20
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass
class _Walk:
    """What the XML of a sheet shows before it is read."""

    rows: int = 0
    columns: int = 0
    letters: int = 0
    formulas: int = 0
    faults: Faults = field(default_factory=Faults)


class Written(NamedTuple):
    """What was taken as read of a sheet, and the rule and reason of rows that are wrong."""

    remarks: tuple[str, ...]
    apart: dict[int, tuple[str, str]]


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook; `write` reads it."""

    name: str
    is_hidden: bool
    walk: _Walk
    book: CalamineWorkbook

    def write(self, target: Path, label: str) -> Written:
        """Write the sheet as CSV in UTF-8. Raises Refused."""
        self._refuse_what_is_unsafe(label)
        rows = [
            [_text(value) for value in row]
            for row in self.book.get_sheet_by_name(self.name).to_python(skip_empty_area=False)
        ]
        for number, cells in self.walk.faults.errors.items():
            for column, error in cells.items():
                if number <= len(rows) and column <= len(rows[number - 1]):
                    rows[number - 1][column - 1] = error
        filled = [place for row in rows for place, value in enumerate(row) if value]
        if not filled:
            raise Refused(f"{label} is an empty sheet.", "Delete it, or ingest the other sheets.")
        first, last = min(filled), max(filled) + 1
        with target.open("w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text, lineterminator="\n")
            for row in rows:
                if any(row):
                    writer.writerow(row[first:last])
                else:
                    text.write("\n")
        apart = self._apart(rows, label)
        if not self.walk.formulas:
            return Written((), apart)
        told = f"{self.walk.formulas} cell(s) hold formulas: the results saved with them."
        return Written((told,), apart)

    def _apart(self, rows: list[list[str]], label: str) -> dict[int, tuple[str, str]]:
        """Rows that are quarantined. Raises Refused where hardly a row is left, or no header."""
        header_row = next(number for number, row in enumerate(rows, start=1) if any(row))
        unsaved, merged = self.walk.faults.unsaved, self.walk.faults.merged
        below = sum(any(row) for row in rows[header_row:])
        if header_row in unsaved or (below > 1 and len(unsaved) >= below):
            cells = [cell for cells in unsaved.values() for cell in cells]
            raise Refused(
                f"{label}: the formula in cell {cells[0]} was saved without its result"
                f" ({len(cells)} such cell(s)).",
                "Open it in Excel and save it, or paste the values.",
            )
        for first, last, is_wide, name in merged:
            if is_wide and first <= header_row <= last:
                raise Refused(
                    f"{label}: the cells {name} of its first row are merged, so columns have no"
                    " name of their own.",
                    "Unmerge them and give each column its name.",
                )
        return self.walk.faults.by_row(header_row, len(rows))

    def _refuse_what_is_unsafe(self, label: str) -> None:
        if self.is_hidden:
            raise Refused(f"{label} is a hidden sheet.", "Unhide it if it is to be read.")
        walk = self.walk
        if walk.rows * walk.columns > MOST_CELLS or walk.letters > MOST_LETTERS:
            raise Refused(
                f"{label} spans {walk.rows:,} rows and {walk.columns:,} columns or holds"
                f" {walk.letters:,} letters: more than a workbook is read for.",
                "Save the sheet as CSV (UTF-8).",
            )


def sheets(path: Path, archive: zipfile.ZipFile, name: str) -> Iterator[Sheet]:
    """Every sheet with cells of its own, in the order of the workbook. Raises Refused."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        shared = _lengths_of_shared_texts(archive)
        walks = [
            (title, is_hidden, _walk(archive, member, shared))
            for title, is_hidden, member in _members(archive)
        ]
        # cells are laid out as a grid when a sheet is read, so this opens names only
        book = CalamineWorkbook.from_path(path)
    except (ET.ParseError, CalamineError, KeyError, ValueError, IndexError) as error:
        raise Refused(
            f"{name} is a workbook that cannot be read: {str(error)[:120]}.",
            "Open it in Excel and save it anew, or save the sheet as CSV (UTF-8).",
        ) from None
    if not walks:
        raise Refused(
            f"{name} is a workbook without a worksheet.", "Save the sheet as CSV (UTF-8)."
        )
    with book:
        for title, is_hidden, walk in walks:
            yield Sheet(title, is_hidden, walk, book)


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, bool, str]]:
    """Title, whether hidden, and XML file of each worksheet."""
    linked = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    target = {one.get("Id"): str(one.get("Target")) for one in linked}
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    for sheet in book.iter(f"{_MAIN}sheet"):
        stated = target[sheet.get(_REL)]
        member = stated.removeprefix("/") if stated.startswith("/") else f"xl/{stated}"
        if "worksheets/" in member:
            yield str(sheet.get("name")), sheet.get("state", "visible") != "visible", member


def _lengths_of_shared_texts(archive: zipfile.ZipFile) -> list[int]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    lengths = []
    with archive.open("xl/sharedStrings.xml") as source:
        for _, element in ET.iterparse(source):  # noqa: S314
            if element.tag == f"{_MAIN}si":
                lengths.append(sum(len(t.text or "") for t in element.iter(f"{_MAIN}t")))
                element.clear()
    return lengths


def _walk(archive: zipfile.ZipFile, member: str, shared: list[int]) -> _Walk:
    walk = _Walk()
    with archive.open(member) as source:
        walk.rows, walk.columns = extent(source)
    with archive.open(member) as source:
        for _, element in ET.iterparse(source):  # noqa: S314
            if element.tag == f"{_MAIN}row":
                _see_row(walk, element, shared)
                element.clear()
    with archive.open(member) as source:
        walk.faults = faults(source)
    return walk


def _see_row(walk: _Walk, row: ET.Element, shared: list[int]) -> None:
    for cell in row.iter(f"{_MAIN}c"):
        value = cell.findtext(f"{_MAIN}v") or ""
        is_shared = cell.get("t") == "s" and value
        walk.letters += shared[int(value)] if is_shared else len(value)
        if cell.find(f"{_MAIN}f") is not None:
            walk.formulas += 1


def _text(value: object) -> str:
    """A cell as our own tables write it: 2025-12-09, 184.97, true; on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, float):
        exact = format(Decimal(repr(value)), "f")
        return exact.removesuffix(".0")
    return re.sub(r"[\r\n]+", " ", str(value)).strip()
