"""Large batches stay in their landing files: `raw_<kind>` is then a view of these and of a table.

To copy rows into the store cost as much as all the rest of ingest, and DuckDB reads Parquet about
as fast as its own file. `stored_<kind>` holds the rows of small batches, `ledger_landed` names the
large ones; the view is made again where its home was moved or a kind has got a column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.errors import Trouble
from warehouse.records import BULK, ROW_ID, columns_of, insert_batch, table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import duckdb

    from warehouse.home import Home
    from warehouse.ledger import Batch

#: Rows from which on a batch stays in its file: a day's batches of some ten thousand rows do not,
#: so that a kind never has more than some hundreds of files.
LANDED_FROM = 100_000
#: Row ids of a file lie above every row id of a table: batch_no * 2^32 + the row's place.
FILE_STEP = 1 << 32


def add(con: duckdb.DuckDBPyConnection, home: Home, batch: Batch) -> int:
    """Put the accepted rows of a batch under `raw_<kind>`, in the caller's transaction.

    Returns how many rows the landing file has.
    """
    file = home.landing_file(batch.kind, batch.batch_id)
    if not stays(batch.kind, batch.rows_accepted):
        return insert_batch(con, table_of(con, batch.kind), file)
    if table_of(con, batch.kind) == f"raw_{batch.kind}":
        con.execute(f"alter table raw_{batch.kind} rename to stored_{batch.kind}")
    con.execute(
        "insert into ledger_landed values (?, ?, ?, ?)",
        [batch.kind, batch.batch_id, batch.batch_no, file.stat().st_size],
    )
    _make_view(con, home, batch.kind)
    rows = con.execute("select sum(num_rows) from parquet_file_metadata(?)", [str(file)])
    return int(rows.fetchall()[0][0])


def stays(kind: str, rows: int) -> bool:
    """Whether a batch of so many rows stays in its file."""
    return kind in BULK and rows >= LANDED_FROM


def point(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Let every view name the files of this home and the columns that its table has."""
    if not con.execute("select 1 from ledger_landed limit 1").fetchall():
        return  # no batch stays in its file, and to ask for the views takes long
    views = con.execute(
        "select view_name, sql from duckdb_views() where database_name = current_database()"
        " and starts_with(view_name, 'raw_')"
    ).fetchall()
    for view, sql in views:
        kind = str(view).removeprefix("raw_")
        own = columns_of(con, f"stored_{kind}")
        if f"{quoted(home.root.absolute())}/" not in sql or own != columns_of(con, view):
            _make_view(con, home, kind)


def look(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Raises Trouble where a landing file that is read as part of the store is gone or cut off."""
    for kind, batch_id, size in con.execute(
        "select kind, batch_id, bytes from ledger_landed order by batch_no"
    ).fetchall():
        file = home.landing_file(kind, batch_id)
        if not file.is_file() or file.stat().st_size != size:
            raise Trouble(
                f"{file} is gone or not whole, and the store reads its rows from there.",
                "Restore it from a copy of the home; `chipbrief verify` tells of the others.",
            )


def versions_sql(columns: Mapping[str, str], table: str, files: Iterable[Path]) -> str:
    """The rows of a table and of landing files in the table's columns, with their row ids.

    A file of an older contract lacks the newer columns: they are null in it.
    """
    names = ", ".join(f"'{quoted(file.absolute())}'" for file in files)
    stated = ", ".join(f'cast("{name}" as {type_}) as "{name}"' for name, type_ in columns.items())
    rows = f"select *, rowid as {ROW_ID} from {table}"
    if names:
        rows += (
            f" union all by name select *, {row_id_of('file_row_number')} as {ROW_ID}"
            f" from read_parquet([{names}], union_by_name = true, file_row_number = true)"
        )
    return f"select {stated}, {ROW_ID} from ({rows})"


def _make_view(con: duckdb.DuckDBPyConnection, home: Home, kind: str) -> None:
    batches = con.execute(
        "select batch_id from ledger_landed where kind = ? order by batch_no", [kind]
    ).fetchall()
    files = [home.landing_file(kind, batch_id) for (batch_id,) in batches]
    table = f"stored_{kind}"
    query = versions_sql(columns_of(con, table), table, files)
    con.execute(f"create or replace view raw_{kind} as {query}")


def row_id_of(place: str) -> str:
    """The row id of a row of a file, as SQL of any engine; `place` is its number, 0 the first."""
    return f"batch_no * {FILE_STEP} + {place}"


def quoted(path: Path) -> str:
    """A path as it stands between the quotes of a statement."""
    return str(path).replace("'", "''")
