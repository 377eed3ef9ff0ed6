"""What models read, under its name on Spark: marts as Parquet, records, and what is lent.

Reads `landing/` and the warehouse through the connection handed in; writes `spark/<table>/once/`.
Spark reads the large files of a kind from where they landed. What the store holds in its own file,
small kinds and small batches, is lent: copied to Parquet, once a build.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from flows.build import current, superseded
from warehouse.landed import quoted, row_id_of
from warehouse.records import ROW_ID, STORE_COLUMNS, known_kinds, table_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import duckdb

    from flows.build.engines.spark_tables import SparkTables
    from warehouse.home import Home
    from warehouse.records import KindShape

#: Below so many rows Spark's own preparation costs more than the computing.
FEW_ROWS = 100_000
#: The folder of what is lent for one build only.
_ONCE = "once"
#: Spark's mark that a folder holds all of a write.
_WHOLE = "_SUCCESS"


class Inputs:
    """The tables that the models of one build read; each is named where it is first read."""

    def __init__(self, con: duckdb.DuckDBPyConnection, home: Home, as_of: dt.date) -> None:
        self._con = con
        self._home = home
        self._as_of = as_of
        self._kinds: dict[str, KindShape] = {}
        self._rows: dict[str, int] = {}
        self._made: dict[str, tuple[Path, Mapping[str, str]]] = {}
        self._left: set[str] = set()

    def rows(self, name: str) -> int:
        """How many rows a table has; of records, how many versions."""
        if name not in self._rows:
            kind = self._kind(name)
            table = f"raw_{kind}" if kind else name
            self._rows[name] = self._count(f'from "{table}"')
        return self._rows[name]

    def are_few(self, *names: str) -> bool:
        """Whether tables have so few rows in all that one task is the fastest."""
        return sum(map(self.rows, names)) < FEW_ROWS

    def made(
        self, tables: SparkTables, name: str, folder: Path, columns: Mapping[str, str]
    ) -> None:
        """Take in that Spark wrote a table into a folder."""
        self._made[name] = folder, columns
        self._rows[name] = self._count(rows_in(folder, columns))
        tables.columns.pop(name, None)

    def left(self, name: str) -> None:
        """Take in that DuckDB makes a model: what Spark once wrote of it is not what stands."""
        self._left.add(name)

    def name(self, tables: SparkTables, name: str) -> None:
        """Name a table that a model reads; what no model reads is never looked at."""
        if name in tables.columns:
            return
        kind = self._kind(name)
        if name in self._made:
            folder, columns = self._made[name]
            tables.read_files(name, [folder], columns, are_few=self.are_few(name))
        elif kind and self.rows(name) >= superseded.KEPT_FROM:
            self._name_records(tables, kind)
        else:
            self._lend(tables, name, self._folder(name), f'from "{name}"')

    def _name_records(self, tables: SparkTables, kind: str) -> None:
        """Name the two views of a kind whose superseded versions the store keeps the row ids of."""
        shape = self._kinds[kind]
        stored, landed, old = f"stored_{kind}", f"landed_{kind}", f"superseded_{kind}"
        columns = {**shape.columns, **STORE_COLUMNS}
        own = ", ".join(f'"{name}"' for name in columns)
        self._lend(
            tables,
            stored,
            self._once(stored),
            f'select {own}, rowid as {ROW_ID} from "{table_of(self._con, kind)}"',
        )
        self._lend(tables, old, self._once(old), f'from "{old}"')
        files = [
            self._home.landing_file(kind, batch_id)
            for (batch_id,) in self._con.execute(
                "select batch_id from ledger_landed where kind = ? order by batch_no", [kind]
            ).fetchall()
        ]
        versions = f'select {own}, {ROW_ID} from "{stored}"'
        if files:
            place = "_metadata.row_index"
            tables.read_files(landed, files, columns, also={ROW_ID: row_id_of(place)})
            versions += f' union all select {own}, {ROW_ID} from "{landed}"'
        raw = f"raw_{kind}"
        tables.view(raw, versions, {**columns, ROW_ID: "BIGINT"})
        seen = current.kind_columns({kind: shape})[f"rec_{kind}"]
        kept = current.kept_sql(kind, shape, self._as_of, raw, ROW_ID)
        tables.view(f"rec_{kind}", kept, seen)
        every = current.versions_sql(kind, shape, self._as_of, "store")
        tables.view(f"rec_{kind}_versions", every, seen)

    def _lend(self, tables: SparkTables, name: str, folder: Path, query: str) -> None:
        """Hand over what Spark has not made in this build and need not."""
        if not (folder / _WHOLE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            path = quoted(folder / "part-0.parquet")
            self._con.execute(f"copy ({query}) to '{path}' (format parquet)")
            (folder / _WHOLE).touch()
        described = self._con.execute(f"describe ({query})").fetchall()
        columns = {row[0]: row[1] for row in described}
        few = self._count(rows_in(folder, columns)) < FEW_ROWS
        tables.read_files(name, [folder], columns, are_few=few)

    def _folder(self, name: str) -> Path:
        """Where what is lent of a table lies: beside what Spark writes of it, if it stands."""
        made_of = self._con.execute(
            "select fingerprint from ledger_models where model = ?", [name]
        ).fetchall()
        if made_of and name not in self._left:
            return self._home.spark / name / str(made_of[0][0])
        return self._once(name)

    def _once(self, name: str) -> Path:
        """A folder for one build, emptied of what an earlier one left."""
        folder = self._home.spark / name / _ONCE
        shutil.rmtree(folder, ignore_errors=True)
        return folder

    def _kind(self, name: str) -> str | None:
        """The kind that a view of records is of; None of any other table."""
        self._kinds = self._kinds or known_kinds(self._con)
        kind = name.removeprefix("rec_").removesuffix("_versions")
        return kind if name.startswith("rec_") and kind in self._kinds else None

    def _count(self, query: str) -> int:
        return int(self._con.execute(f"select count(*) from ({query})").fetchall()[0][0])


def rows_in(folder: Path, columns: Iterable[str]) -> str:
    """The query, for DuckDB, of the rows of a folder of Parquet files."""
    names = ", ".join(f'"{name}"' for name in columns)
    # each by its name: a home may have characters in it that a pattern would read as its own
    files = ", ".join(f"'{quoted(file)}'" for file in sorted(folder.glob("*.parquet")))
    return f"select {names} from read_parquet([{files}])"
