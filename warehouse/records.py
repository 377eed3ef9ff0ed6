"""The tables of record versions, `raw_<kind>`: append only, one row a version.

A version is never changed. Which version counts on a day is decided where records are read. A kind
that has large batches has a view of that name (`warehouse.landed`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.transaction import transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb

#: SQL for the source that a row is of: where several are named, the first. Two sources that say
#: otherwise of one thing are two statements: neither corrects the other.
MAIN_SOURCE = "split_part(source_id, ';', 1)"
#: Kinds of many rows: readers get no copy of their versions, and large batches stay in their files.
BULK = frozenset({"prices", "sales", "sessions"})
#: The row id of a version where `raw_<kind>` is a view; a table has DuckDB's own.
ROW_ID = "row_id"
#: What the store adds to the columns of a kind.
STORE_COLUMNS = {
    "batch_id": "VARCHAR",
    "batch_no": "BIGINT",
    "recorded_at": "TIMESTAMP",
}


@dataclass(frozen=True)
class KindShape:
    """The shape of a kind: its key, its columns with DuckDB types, its contract's version."""

    key: list[str]
    columns: dict[str, str]
    contract_version: int


def ensure_kinds(con: duckdb.DuckDBPyConnection, kinds: Mapping[str, KindShape]) -> None:
    """Create the version table of every kind that has none and remember the kinds' shapes.

    A column that a newer contract adds is added to the table, null in older versions.
    """
    with transaction(con):
        _ensure(con, kinds)


def _ensure(con: duckdb.DuckDBPyConnection, kinds: Mapping[str, KindShape]) -> None:
    con.execute(
        "create table if not exists ledger_kinds"
        " (kind varchar, key_columns varchar, columns varchar, contract_version integer)"
    )
    known = dict(con.execute("select kind, columns from ledger_kinds").fetchall())
    stated = {kind: json.dumps(shape.columns) for kind, shape in kinds.items()}
    other = [kind for kind in kinds if known.get(kind) != stated[kind]]
    if not other:
        return
    changes = []
    for kind in other:
        if kind in known:
            before, table = json.loads(known[kind]), table_of(con, kind)
            changes += [
                f'alter table {table} add column "{name}" {type_}'
                for name, type_ in kinds[kind].columns.items()
                if name not in before
            ]
        else:
            columns = {**kinds[kind].columns, **STORE_COLUMNS}
            body = ", ".join(f'"{name}" {type_}' for name, type_ in columns.items())
            changes.append(f"create table raw_{kind} ({body})")
    if changes:
        con.execute("; ".join(changes))
    con.execute("delete from ledger_kinds where kind in (select unnest(?))", [other])
    con.execute(
        "insert into ledger_kinds select unnest(?), unnest(?), unnest(?), unnest(?)",
        [
            other,
            [json.dumps(kinds[kind].key) for kind in other],
            [stated[kind] for kind in other],
            [kinds[kind].contract_version for kind in other],
        ],
    )


def known_kinds(con: duckdb.DuckDBPyConnection, catalog: str | None = None) -> dict[str, KindShape]:
    """The kinds that the store has tables for, by name; `catalog` where it isn't the one in use."""
    where = f'"{catalog}".main.ledger_kinds' if catalog else "ledger_kinds"
    has_any = con.execute(
        "select count(*) from duckdb_tables() where table_name = 'ledger_kinds'"
        " and database_name = coalesce(?, current_database())",
        [catalog],
    ).fetchone()
    if not has_any or not has_any[0]:
        return {}
    rows = con.execute(
        f"select kind, key_columns, columns, contract_version from {where} order by kind"
    ).fetchall()
    return {k: KindShape(json.loads(key), json.loads(cols), v) for k, key, cols, v in rows}


def is_empty(con: duckdb.DuckDBPyConnection, kind: str) -> bool:
    """Whether the store has no version of a kind."""
    return not con.execute(f"select 1 from raw_{kind} limit 1").fetchall()


def insert_batch(con: duckdb.DuckDBPyConnection, table: str, parquet: Path) -> int:
    """Append the accepted rows of a batch, in the order of the file; returns their number."""
    before = con.execute(f"select count(*) from {table}").fetchone()
    con.execute(f"insert into {table} by name select * from read_parquet(?)", [str(parquet)])
    after = con.execute(f"select count(*) from {table}").fetchone()
    return int(after[0]) - int(before[0]) if before and after else 0


def tables(con: duckdb.DuckDBPyConnection, catalog: str | None = None) -> dict[str, bool]:
    """The names of all tables and views of a catalog, and whether each is a view."""
    return dict(
        con.execute(
            "select table_name, table_type = 'VIEW' from information_schema.tables"
            " where table_catalog = coalesce(?, current_database()) and table_schema = 'main'"
            " order by 1",
            [catalog],
        ).fetchall()
    )


def table_of(con: duckdb.DuckDBPyConnection, kind: str) -> str:
    """The table that the rows of small batches of a kind are in."""
    views = "duckdb_views() where database_name = current_database()"
    is_view = con.execute(f"select 1 from {views} and view_name = 'raw_{kind}'").fetchall()
    return f"stored_{kind}" if is_view else f"raw_{kind}"


def columns_of(
    con: duckdb.DuckDBPyConnection, table: str, catalog: str | None = None
) -> dict[str, str]:
    """The columns of a table or view with their types, in its order, the row id of a view left
    out; none where there is no such table.
    """
    return columns_by_table(con, catalog).get(table, {})


def columns_by_table(
    con: duckdb.DuckDBPyConnection, catalog: str | None = None
) -> dict[str, dict[str, str]]:
    """`columns_of` of every table and view of a catalog: to ask for one of them costs no less."""
    found: dict[str, dict[str, str]] = {}
    for table, column, type_ in con.execute(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where database_name = coalesce(?, current_database()) and schema_name = 'main'"
        f" and column_name <> '{ROW_ID}' order by table_name, column_index",
        [catalog],
    ).fetchall():
        found.setdefault(table, {})[column] = type_
    return found
