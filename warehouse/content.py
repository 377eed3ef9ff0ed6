"""The content hash: one line that says what the store holds, whatever order or file it lies in.

It covers every `raw_` table and the ledgers that landing/ can give again (batches, rows held
back, rows released), column by column by name. Runs, files remembered, models and builds are
left out: they tell of a machine and its clock, not of what was received.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from warehouse import records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import duckdb

#: Ledgers that manifests give again, row for row.
DERIVABLE = ("ledger_batches", "ledger_quarantine", "ledger_released")


def row_text(columns: Mapping[str, str]) -> str:
    """SQL for the text of a row: `name=value` of every column in order of name, nulls left out.

    A column that a later contract adds, empty in older rows, leaves their text as it is. The
    cast makes a value of an older file read as its column reads now.
    """
    stated = ", ".join(
        f"'{name}=' || cast(cast(\"{name}\" as {columns[name]}) as varchar)"
        for name in sorted(columns)
    )
    return f"concat_ws(chr(31), {stated})"


def hash_sql(columns: Mapping[str, str]) -> str:
    """SQL for the number of rows and two sums of their MD5: the same for the same rows in any
    order, by any number of threads; a row that stands twice counts twice.
    """
    text = row_text(columns)
    return (
        f"count(*), coalesce(sum(cast(md5_number_lower({text}) as hugeint)), 0),"
        f" coalesce(sum(cast(md5_number_upper({text}) as hugeint)), 0)"
    )


def hash_of(
    con: duckdb.DuckDBPyConnection, table: str, catalog: str | None = None, where: str = "true"
) -> str:
    """The content of one table: its rows by number and sums; empty text where it has no rows."""
    return next(hashes_of(con, [table], catalog, where))


def hashes_of(
    con: duckdb.DuckDBPyConnection,
    names: Iterable[str],
    catalog: str | None = None,
    where: str = "true",
) -> Iterator[str]:
    """`hash_of` of several tables of a catalog, in turn."""
    catalog = catalog or current_catalog(con)
    columns = records.columns_by_table(con, catalog)
    for name in names:
        if name not in columns:
            yield ""
            continue
        rows, low, high = con.execute(
            f'select {hash_sql(columns[name])} from "{catalog}".main."{name}" where {where}'
        ).fetchall()[0]
        yield f"{rows}-{low:x}-{high:x}" if rows else ""


def tables(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The content of every table that landing/ gives again and that has rows, by name."""
    names = [n for n in records.tables(con) if n.startswith("raw_") or n in DERIVABLE]
    found = dict(zip(names, hashes_of(con, names), strict=True))
    return {name: content for name, content in found.items() if content}


def of_warehouse(con: duckdb.DuckDBPyConnection) -> str:
    """The content hash of the store in use: SHA-256 over the content of its tables, in hex."""
    said = "\n".join(f"{name} {content}" for name, content in tables(con).items())
    return hashlib.sha256(said.encode("utf-8")).hexdigest()


def current_catalog(con: duckdb.DuckDBPyConnection) -> str:
    """The name of the database in use."""
    row = con.execute("select current_database()").fetchone()
    return str(row[0]) if row else ""
