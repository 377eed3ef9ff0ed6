"""Run one model on rows given by hand: for its unit tests and for questions of "what if".

Everything happens in the connection handed in; no file of the store is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.build.graph import tables_of
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from flows.build.model import Model

PARAMETER_COLUMNS = {"as_of": "DATE"}


def try_model(
    con: duckdb.DuckDBPyConnection,
    model: Model,
    given: Mapping[str, Sequence[Mapping[str, Any]]],
    shapes: Mapping[str, Mapping[str, str]],
) -> list[dict[str, Any]]:
    """The rows that `model` makes of `given`, in grain order.

    `shapes` gives column types of every table that the model may read. Tables not given are
    empty; columns not given are null. Raises WrongUse for a table or column that is not there.
    """
    reads = tables_of(model.sql)
    for table in given:
        if table not in reads:
            raise WrongUse(f"{model.name} does not read {table}.")
    for table in sorted(reads):
        if table not in shapes:
            raise WrongUse(f"{model.name} reads {table}, whose columns are not stated.")
        create_given(con, table, shapes[table], given.get(table, ()))
    grain = ", ".join(f'"{c}"' for c in model.grain) or "1"
    built = con.execute(f"select * from (\n{model.sql}\n) order by {grain}")
    names = [column[0] for column in built.description or ()]
    return [dict(zip(names, row, strict=True)) for row in built.fetchall()]


def create_given(
    con: duckdb.DuckDBPyConnection,
    table: str,
    types: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Create a temporary table of the stated types and fill it with the given rows."""
    body = ", ".join(f'"{name}" {type_}' for name, type_ in types.items())
    con.execute(f'create or replace temp table "{table}" ({body})')
    if not rows:
        return
    given = list(dict.fromkeys(name for row in rows for name in row))
    for name in given:
        if name not in types:
            raise WrongUse(f"{table} has no column {name}.")
    names = ", ".join(f'"{name}"' for name in given)
    marks = ", ".join(f"cast(? as {types[name]})" for name in given)
    values = [None if row.get(n) is None else str(row[n]) for row in rows for n in given]
    con.execute(
        f'insert into "{table}" ({names}) values {", ".join([f"({marks})"] * len(rows))}', values
    )
