"""A figure of a standing edition by its id: `<model>.<grain values joined by |>.<column>`.

Reads the edition's own data.json. HTML ids hold no spaces: both ways of writing are understood.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.brief import folder as folders
from flows.brief.figures import KEYS, rekeyed
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.brief.figures import Column, Figures, Row, Table
    from flows.brief.folder import Making
    from warehouse.home import Home

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Figure:
    """A figure as an edition has it: its row, its column, and what the edition was made of."""

    figure_id: str
    table: Table
    row: Row
    column: Column
    making: Making

    @property
    def value(self) -> Any:
        """The figure's value."""
        return self.row[self.column.name]

    @property
    def key(self) -> dict[str, Any]:
        """The grain of its row."""
        return {name: self.row[name] for name in self.table.grain}


def edition_named(home: Home, edition_id: str | None) -> str:
    """The edition of this id, or the newest one. Raises WrongUse, naming those there are."""
    there = {p.parent.name: p.parent for p in home.briefings.glob("[!.]*/edition.json")}
    if not there:
        raise WrongUse("No edition has been written yet.", "Run `chipbrief run` first.")
    if edition_id is None:
        told = {name: folders.told(path) or {} for name, path in there.items()}
        return max(told, key=lambda name: (told[name]["as_of"], told[name]["issued_at"], name))
    if edition_id not in there:
        names = ", ".join(sorted(there, reverse=True)[:8])
        raise WrongUse(f"There is no edition {edition_id!r}.", f"There are: {names}.")
    return edition_id


def find(home: Home, edition_id: str, figure_id: str) -> Figure:
    """The figure of this id. Raises WrongUse with the nearest ids where there is none."""
    making, figures = folders.made_of(home.briefings / edition_id)
    wanted = _written(figure_id)
    ids = []
    for table, row, column in _every(figures):
        told = row.figure(column.name)
        if _written(told) == wanted:
            return Figure(told, table, row, column, making)
        ids.append(told)
    others = [one for one in _by_other_keys(figures) if _written(one[0]) == wanted]
    if len(others) == 1:
        _, table, row, column = others[0]
        return Figure(row.figure(column.name), table, row, column, making)
    ids = [row.figure(column.name) for _, _, row, column in others] or ids
    near = difflib.get_close_matches(figure_id, ids, 4, 0.4)
    raise WrongUse(
        f"{edition_id} has no figure {figure_id!r}.",
        f"Near it: {', '.join(near)}."
        if near
        else f"List them: chipbrief trace --list {edition_id}",
    )


def listed(home: Home, edition_id: str, containing: str | None = None) -> list[dict[str, Any]]:
    """Every number of an edition with its value and what it says; blanks are left out."""
    _, figures = folders.made_of(home.briefings / edition_id)
    wanted = _written(containing or "")
    return [
        {"figure": told, "value": row[column.name], "unit": column.unit, "says": column.says}
        for table, row, column in _every(figures)
        if row[column.name] is not None and column.type.startswith("DECIMAL")
        if wanted.casefold() in _written(told := row.figure(column.name)).casefold()
    ]


def _every(figures: Figures) -> Iterator[tuple[Table, Row, Column]]:
    for table in figures.tables.values():
        for row in table:
            for column in table.columns.values():
                yield table, row, column


def _by_other_keys(figures: Figures) -> Iterator[tuple[str, Table, Row, Column]]:
    """Figures by the ids that they have in editions of another grain."""
    for model, grains in KEYS.items():
        table = figures[model]
        for grain in grains:
            if grain == table.grain:
                continue
            for row, other in zip(table, rekeyed(table, grain), strict=True):
                for column in table.columns.values():
                    yield other.figure(column.name), table, row, column


def _written(figure_id: str) -> str:
    return _SPACE.sub("_", figure_id.strip().removeprefix("#"))
