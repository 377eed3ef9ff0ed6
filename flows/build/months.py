"""The months that a change touches, and a model's inputs cut down to them.

A twin that says `incremental` names, for each input whose rows reach one month only, the date
column that says which. An input that changed and is not named there, or of which the changed rows
are not known, means the whole model.
"""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING

from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import duckdb

    from flows.build.model import Model


class Touched:
    """Which months of which input a build has changed so far.

    `changed` holds a query of the days of the changed rows of those record views where they are
    known.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        models: Iterable[Model],
        changed: Mapping[str, str],
    ) -> None:
        self._con = con
        self._asked: dict[str, set[str]] = {}
        for model in models:
            for table, column in model.months.of.items() if model.months else ():
                self._asked.setdefault(table, set()).add(column)
        self._months: dict[tuple[str, str], frozenset[dt.date]] = {}
        for table, rows in changed.items():
            self._remember(table, rows)

    def replaced(self, table: str, new: str) -> None:
        """Take in that a table is about to be replaced by `new`: the rows that differ tell when."""
        self._remember(
            table,
            f'(from "{table}" except all from "{new}") union all'
            f' (from "{new}" except all from "{table}")',
        )

    def reach(
        self, model: Model, reads: frozenset[str], changed: Iterable[str]
    ) -> frozenset[dt.date] | None:
        """The months of a model that its changed inputs reach; None where it must be made whole."""
        if model.months is None:
            return None
        for table in sorted(model.months.of.keys() - reads):
            raise WrongUse(f"{model.name} is incremental by {table}, which it does not read.")
        found: set[dt.date] = set()
        for table in changed:
            told = self._months.get((table, model.months.of.get(table, "")))
            if told is None:
                return None
            found |= told
        return frozenset(found)

    def _remember(self, table: str, rows: str) -> None:
        for column in sorted(self._asked.get(table, ())):
            found = self._con.execute(
                f"select distinct cast(date_trunc('month', \"{column}\") as date) from ({rows})"
            ).fetchall()
            if all(month is not None for (month,) in found):
                self._months[table, column] = frozenset(month for (month,) in found)


@contextmanager
def shadowed(
    con: duckdb.DuckDBPyConnection, model: Model, months: frozenset[dt.date]
) -> Iterator[None]:
    """Let the names of a model's inputs stand for their rows of some months only.

    Temporary views come before tables of the same name, so the SQL is that of the whole model.
    """
    assert model.months is not None  # noqa: S101  only such a model is made in part
    catalog = con.execute("select current_database()").fetchall()[0][0]
    for table, column in model.months.of.items():
        con.execute(
            f'create or replace temp view "{table}" as'
            f' select * from "{catalog}".main."{table}" where {within(column, months)}'
        )
    try:
        yield
    finally:
        for table in model.months.of:
            con.execute(f'drop view temp."{table}"')


def within(column: str, months: frozenset[dt.date]) -> str:
    """A condition that a date falls into some of the months, by as few ranges as will do."""
    ranges: list[tuple[dt.date, dt.date]] = []
    for month in sorted(months):
        after = (month + dt.timedelta(days=31)).replace(day=1)
        if ranges and ranges[-1][1] == month:
            ranges[-1] = (ranges[-1][0], after)
        else:
            ranges.append((month, after))
    return (
        " or ".join(
            f"(\"{column}\" >= date '{first}' and \"{column}\" < date '{after}')"
            for first, after in ranges
        )
        or "false"
    )
