"""The same SQL on the same records by other programs: dbt and SQLMesh, each in its own environment.

The environments are made here, on first use, in a cache folder; the project itself never needs
them.
"""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from benchmarks.process import Contender
from benchmarks.rivals import project
from benchmarks.rivals.environment import DBT, SQLMESH, environment
from benchmarks.statements import SOURCE, statements
from warehouse.home import Home
from warehouse.store import connect, open_published

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import duckdb

#: Neither sends anything anywhere; both would try.
_QUIET = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "SQLMESH__DISABLE_ANONYMIZED_ANALYTICS": "true",
}

#: Money has fewer places, and is compared to the cent.
_MANY_PLACES = 8


class Rivals:
    """Projects of the rivals below `root` on the records that `home` holds.

    They read a copy of the records, so that none of them meets another's lock.
    """

    def __init__(self, home: Path, root: Path) -> None:
        self.home = Home(home)
        self.root = root / "rivals"
        self.root.mkdir()
        with open_published(self.home) as con:
            self.as_of: dt.date = con.execute("select as_of from parameters").fetchall()[0][0]
        records = self.root / "records.duckdb"
        with connect(":memory:") as con:
            self._attach(con)
            made = statements(con, self.as_of)
            project.write_records(con, records)
        project.write_dbt(made, self.root / "dbt", records)
        project.write_sqlmesh(made, self.root / "sqlmesh", records)
        self.names = [statement.name for statement in made]
        self.dbt_file = self.root / "dbt" / "rival.duckdb"
        self.sqlmesh_file = self.root / "sqlmesh" / "rival.duckdb"

    def renew(self) -> None:
        """Give the rivals the records that the home holds now."""
        (self.root / "records.duckdb").unlink()
        with connect(":memory:") as con:
            self._attach(con)
            project.write_records(con, self.root / "records.duckdb")

    def bare(self) -> Contender:
        """The same statements in one DuckDB session, and no more."""
        words = [sys.executable, "-m", "benchmarks.bare", str(self.home.root), str(self.as_of)]
        return Contender("bare SQL, one DuckDB session", words)

    def dbt(self) -> Contender:
        """`dbt run` with two threads; the parsed project is kept from run to run, as dbt does."""
        folder = str(self.root / "dbt")
        words = [str(environment(DBT) / "dbt"), "run", "--project-dir", folder]
        return Contender("`dbt run`", [*words, "--profiles-dir", folder], variables=_QUIET)

    def sqlmesh_first(self) -> Contender:
        """`sqlmesh plan` of a project that was never applied."""

        def forget() -> None:
            for name in ("rival.duckdb", "state.duckdb"):
                (self.root / "sqlmesh" / name).unlink(missing_ok=True)
            shutil.rmtree(self.root / "sqlmesh" / ".cache", ignore_errors=True)

        return Contender(
            "`sqlmesh plan`, the first", self._sqlmesh("plan"), before=forget, variables=_QUIET
        )

    def sqlmesh_again(self) -> Contender:
        """`sqlmesh plan` that makes the sales and all that reads them anew."""
        words = self._sqlmesh("plan", "--restate-model", "main.rec_sales")
        return Contender("`sqlmesh plan --restate-model`", words, variables=_QUIET)

    def sqlmesh_nothing(self) -> Contender:
        """`sqlmesh run` when no model is due."""
        return Contender("`sqlmesh run`, nothing due", self._sqlmesh("run"), variables=_QUIET)

    def compare(self, file: Path) -> None:
        """Raises AssertionError where a model of a rival holds other rows than ours.

        What is a DOUBLE, or was rounded from one to many places, is compared to nine digits:
        another DuckDB sums it in another order.
        """
        with connect(":memory:") as con:
            self._attach(con)
            con.execute(f"attach '{file}' as rival (read_only)")
            ours = con.execute("select model from warehouse.ledger_models order by 1").fetchall()
            assert {name for (name,) in ours} <= set(self.names)
            for (name,) in ours:
                columns = con.execute(f'describe {SOURCE}.main."{name}"').fetchall()
                told = ", ".join(
                    f"printf('%.8e', cast(\"{column}\" as double))"
                    if _is_rounded(type_)
                    else f'"{column}"'
                    for column, type_, *_ in columns
                )
                mine, theirs = (
                    f'select {told} from {of}.main."{name}"' for of in (SOURCE, "rival")
                )
                left = con.execute(
                    f"select count(*) from (({mine} except all {theirs})"
                    f" union all ({theirs} except all {mine}))"
                ).fetchall()
                assert left == [(0,)], f"{name}: {left[0][0]} rows differ"

    def _sqlmesh(self, *words: str) -> list[str]:
        program, project_folder = environment(SQLMESH) / "sqlmesh", self.root / "sqlmesh"
        # its logs would lie wherever the benchmark was started
        logs = ["--log-file-dir", str(self.root / "logs")]
        command = [str(program), *logs, "-p", str(project_folder), *words]
        return [*command, "--auto-apply", "--no-prompts"] if words[0] == "plan" else command

    def _attach(self, con: duckdb.DuckDBPyConnection) -> None:
        con.execute(f"attach '{self.home.warehouse_file}' as {SOURCE} (read_only)")


def _is_rounded(type_: str) -> bool:
    """Whether values of a type are doubles, or doubles rounded to many places."""
    if type_ == "DOUBLE":
        return True
    return type_.startswith("DECIMAL") and int(type_.rstrip(")").split(",")[1]) >= _MANY_PLACES
