"""Rows of a worksheet that do not say what they show: errors, merged cells, unsaved formulas.

The reader of workbooks hands all of these on as blank, and a blank means unknown. Reads XML only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import IO
from xml.etree import ElementTree as ET

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_MOST_SHOWN = 4
#: A merged range over more rows than a table has is a layout, and not read row by row.
_MOST_ROWS = 1_048_576


@dataclass
class Faults:
    """`errors`: text of error cells by row and column, 1 being the first of either. `unsaved`: rows
    with formulas saved without a result. `merged`: ranges as first and last row, and their name.
    """

    errors: dict[int, dict[int, str]] = field(default_factory=dict)
    unsaved: dict[int, list[str]] = field(default_factory=dict)
    merged: list[tuple[int, int, bool, str]] = field(default_factory=list)

    def by_row(self, header_row: int, last_row: int) -> dict[int, tuple[str, str]]:
        """Rule and reason of each row below the header that is not what it seems."""
        found: dict[int, list[tuple[str, str]]] = {}
        for row, cells in self.errors.items():
            shown = "; ".join(
                f"cell {_letters(column)}{row} is {text}"
                for column, text in list(cells.items())[:_MOST_SHOWN]
            )
            found.setdefault(row, []).append(("cell_error", shown))
        for row, places in self.unsaved.items():
            shown = ", ".join(places[:_MOST_SHOWN])
            told = f"the formula in cell {shown} was saved without its result: open the workbook"
            found.setdefault(row, []).append(("formula_unsaved", f"{told} in Excel and save it"))
        for first, last, is_wide, name in self.merged:
            told = f"the cells {name} are merged: the value stands in the first of them only"
            # the first row of a range of one column has its value
            for row in range(max(first + (not is_wide), header_row + 1), min(last, last_row) + 1):
                found.setdefault(row, []).append(("merged_cells", told))
        return {
            row: (told[0][0], " ".join(_sentence(reason) for _, reason in told))
            for row, told in found.items()
            if row > header_row
        }


def faults(sheet: IO[bytes]) -> Faults:
    """What the XML of a worksheet shows that its reader does not."""
    found = Faults()
    row = 0
    for _, element in ET.iterparse(sheet):  # noqa: S314  no entity is resolved
        if element.tag == f"{_MAIN}row":
            row = _number(element.get("r")) or row + 1
            _see_cells(found, row, element)
            element.clear()
        elif element.tag == f"{_MAIN}mergeCell":
            place = _RANGE.fullmatch(element.get("ref") or "")
            if place:
                first, last = sorted((int(place[2]), int(place[4])))
                is_wide = place[1] != place[3]
                if last - first < _MOST_ROWS and (first, place[1]) != (last, place[3]):
                    found.merged.append((first, last, is_wide, place[0]))
    return found


def _see_cells(found: Faults, row: int, element: ET.Element) -> None:
    column = 0
    for cell in element.iter(f"{_MAIN}c"):
        place = _PLACE.fullmatch(cell.get("r") or "")
        column = _column(place[1]) if place else column + 1
        value = cell.find(f"{_MAIN}v")
        if cell.get("t") == "e":
            text = (value.text if value is not None else None) or "#ERROR!"
            found.errors.setdefault(row, {})[column] = text.strip()[:20]
        elif cell.find(f"{_MAIN}f") is not None and _is_unsaved(cell, value):
            found.unsaved.setdefault(row, []).append(f"{_letters(column)}{row}")


def _is_unsaved(cell: ET.Element, value: ET.Element | None) -> bool:
    """A formula of text may have the empty text as its result."""
    return value is None or (not value.text and cell.get("t") != "str")


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, last = divmod(column - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters


def _sentence(reason: str) -> str:
    return f"{reason[0].upper()}{reason[1:]}."
