"""How many figures a build moved: cells of reports that the last published copy has otherwise.

Reads both and changes neither. A figure is a number of a report, or a text that `telling` names.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    import duckdb

    from flows.build.model import Model

_BEFORE = "moved_before"
_NUMBERS = ("DECIMAL", "BIGINT", "INTEGER", "DOUBLE", "HUGEINT")


def moved(
    con: duckdb.DuckDBPyConnection,
    published: Path,
    reports: Iterable[Model],
    telling: Collection[str],
    silent: Collection[str],
) -> dict[str, int]:
    """The number of figures of each report that are new, gone or another than in `published`.

    `silent` columns are no figures. A report that the copy does not have in this shape is left out.
    """
    with _beside(con, published):
        counted = {report.name: _count(con, report, telling, silent) for report in reports}
    return {name: count for name, count in counted.items() if count}


@contextmanager
def _beside(con: duckdb.DuckDBPyConnection, published: Path) -> Iterator[None]:
    path = str(published).replace("'", "''")
    con.execute(f"attach '{path}' as {_BEFORE} (read_only)")
    try:
        yield
    finally:
        con.execute(f"detach {_BEFORE}")


def _count(
    con: duckdb.DuckDBPyConnection, report: Model, telling: Collection[str], silent: Collection[str]
) -> int:
    figures = [
        column.name
        for column in report.columns
        if column.name not in (*report.grain, *silent)
        and (column.type.startswith(_NUMBERS) or column.name in telling)
    ]
    there = {
        name
        for (name,) in con.execute(
            "select column_name from duckdb_columns() where database_name = ? and table_name = ?",
            [_BEFORE, report.name],
        ).fetchall()
    }
    if not figures or not {*report.grain, *figures} <= there:
        return 0
    key = " and ".join(f'b."{c}" is not distinct from n."{c}"' for c in report.grain)
    cells = " + ".join(f'cast(n."{c}" is distinct from b."{c}" as bigint)' for c in figures)
    query = (
        f'select coalesce(sum({cells}), 0) from "{report.name}" as n'
        f' full join {_BEFORE}.main."{report.name}" as b on {key}'
    )
    return int(con.execute(query).fetchall()[0][0])
