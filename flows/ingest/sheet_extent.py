"""How far the cells of a sheet reach, by the rules of the program that reads them.

That is calamine, which lays the cells out as one grid: it believes the `r` of a cell before that of
its row, counts on where there is none, asks neither for order nor for a namespace, and leaves out
cells without content. A grid that memory does not hold ends the process, so it is reckoned before.
"""

from __future__ import annotations

import re
from typing import IO
from xml.parsers import expat

_CELL = re.compile(r"([A-Za-z]{1,9})([0-9]{1,12})")
_ROW = re.compile(r"[0-9]{1,12}")


def extent(source: IO[bytes]) -> tuple[int, int]:
    """Rows and columns of the grid, from A1 on. Raises ValueError for a place that is none."""
    reckoning = _Reckoning()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reckoning.begin
    parser.EndElementHandler = reckoning.end
    try:
        parser.ParseFile(source)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None
    return reckoning.rows, reckoning.columns


class _Reckoning:
    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._column = 0
        self._at: tuple[int, int] | None = None

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "row":
            stated = attributes.get("r")
            if stated is not None and not _ROW.fullmatch(stated):
                raise ValueError(f"the row {stated[:20]!r} is no number")
            self._row, self._column = self._row + 1 if stated is None else int(stated), 0
        elif local == "c":
            self._column += 1
            self._at = self._place(attributes.get("r"))
        elif self._at is not None:
            self.rows = max(self.rows, self._at[0])
            self.columns = max(self.columns, self._at[1])

    def end(self, name: str) -> None:
        if name.rpartition(" ")[2] == "c":
            self._at = None

    def _place(self, stated: str | None) -> tuple[int, int]:
        if stated is None:
            return max(self._row, 1), self._column
        match = _CELL.fullmatch(stated)
        if match is None or not int(match[2]):
            raise ValueError(f"the cell {stated[:20]!r} is none")
        self._column = column_of(match[1])
        return int(match[2]), self._column


def column_of(letters: str) -> int:
    """The number of a column: A is 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
