"""The engine Spark: computes models from the landing files, as Parquet that the warehouse takes in.

Reads `landing/` and, through the connection handed in, what stands unchanged; writes
`spark/<model>/<fingerprint>/` below home. Starts Spark only once a model has to be made.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

from flows.build import current, months
from flows.build.check import Finding, check_model
from flows.build.engines.spark_session import session
from flows.build.engines.spark_tables import SparkTables, address, types
from flows.build.engines.spark_types import holds_all_of, spark_type
from flows.build.graph import tables_of
from warehouse.content import current_catalog
from warehouse.errors import Trouble
from warehouse.records import STORE_COLUMNS, known_kinds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from flows.build.model import Model
    from warehouse.home import Home
    from warehouse.records import KindShape


#: The folder of what is lent for one build only.
_ONCE = "once"
#: The folder of a model's months that were made anew, until the warehouse has taken them in.
_PART = "part"
#: Spark's mark that a folder holds all of a write.
_WHOLE = "_SUCCESS"


@contextmanager
def spark_engine(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    as_of: dt.date,
    *,
    master: str,
    conf: Mapping[str, str],
) -> Iterator[SparkEngine]:
    """The engine for one build; Spark ends with it, and files of no standing model go."""
    with ExitStack() as ends:
        yield SparkEngine(con, home, as_of, master, conf, ends)
        standing = dict(con.execute("select model, fingerprint from ledger_models").fetchall())
    for folder in sorted(home.spark.glob("*/*")):
        if standing.get(folder.parent.name) != folder.name:
            shutil.rmtree(folder)
            with suppress(OSError):  # other folders of the model stand
                folder.parent.rmdir()


class SparkEngine:
    """Computes one model after another; each reads what those before it wrote."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        home: Home,
        as_of: dt.date,
        master: str,
        conf: Mapping[str, str],
        ends: ExitStack,
    ) -> None:
        self._con = con
        self._home = home
        self._as_of = as_of
        self._at = session(master, conf)
        self._ends = ends
        self._tables: SparkTables | None = None
        self._kinds: dict[str, KindShape] = {}
        self._records: dict[str, dict[str, str]] = {}
        self._precedence: dict[str, int] = {}

    def compute(
        self, model: Model, fingerprint: str, part: frozenset[dt.date] | None = None
    ) -> tuple[str, list[Finding]]:
        """Compute and check a model on Spark, whole or for the months of `part`.

        Returns a query of the rows computed, for DuckDB, and what is wrong with them. The whole
        model stands as Parquet either way. Raises Trouble where Spark cannot compute it.
        """
        tables = self._tables = self._tables or self._open()
        from pyspark.errors import PySparkException

        folder = self._home.spark / model.name / fingerprint
        try:
            for name in sorted(tables_of(model.sql) - tables.columns.keys()):
                self._name(tables, name)
            if part is not None:
                return self._months(tables, model, folder, part)
            frame = _as_stated(tables.query(model.sql), model)
            _write(tables, model.name, frame, folder)
            checked = check_model(cast("Any", tables), model, printed=False)
        except PySparkException as error:
            said = str(error).strip().split("\n\n")[0]
            raise Trouble(f"The model {model.name} cannot be computed on Spark: {said}") from error
        return _rows_in(folder, frame.columns), checked.findings

    def _months(
        self, tables: SparkTables, model: Model, folder: Path, part: frozenset[dt.date]
    ) -> tuple[str, list[Finding]]:
        """Compute some months of a model, from the same months of its inputs, and put them in the
        place of the old ones: the others are copied and not computed.
        """
        assert model.months is not None  # noqa: S101  only such a model is made in part
        inside, remade = months.within(model.months.by, part), f"remade_{model.name}"
        apart = folder.with_name(_PART)
        with tables.shadowed(
            {table: months.within(column, part) for table, column in model.months.of.items()}
        ):
            frame = _as_stated(tables.query(model.sql), model)
            _write(tables, remade, frame, apart)
        checked = check_model(cast("Any", tables), model, remade, inside, printed=False)
        self._lend(tables, model.name)
        kept = f'select * from "{model.name}" where not ({inside})'
        _write(
            tables, model.name, tables.query(f'{kept} union all select * from "{remade}"'), folder
        )
        return _rows_in(apart, frame.columns), checked.findings

    def _open(self) -> SparkTables:
        """Start Spark, and see which records it can read by itself: those of every kind."""
        tables = SparkTables(self._ends.enter_context(self._at))
        self._kinds = known_kinds(self._con)
        self._records = current.kind_columns(self._kinds)
        self._precedence = current.precedence_of(self._con, self._as_of, current_catalog(self._con))
        return tables

    def _name(self, tables: SparkTables, name: str) -> None:
        """Name a table that a model reads; what no model reads is never looked at."""
        if name not in self._records:
            self._lend(tables, name)
            return
        kind = name.removeprefix("rec_").removesuffix("_versions")
        shape = self._kinds[kind]
        if f"raw_{kind}" not in tables.columns:
            batches = self._con.execute(
                "select batch_id from ledger_batches where kind = ? and rows_accepted > 0"
                " order by batch_no",
                [kind],
            ).fetchall()
            files = [self._home.landing_file(kind, batch_id) for (batch_id,) in batches]
            tables.read_files(f"raw_{kind}", files, {**shape.columns, **STORE_COLUMNS})
        query = (
            current.versions_sql(kind, shape, self._as_of, "store")
            if name.endswith("_versions")
            else current.current_sql(kind, shape, self._as_of, "store", self._precedence)
        )
        tables.view(name, query, self._records[name])

    def _lend(self, tables: SparkTables, name: str) -> None:
        """Hand over what is not Spark's to make: a model that stands unchanged, as Spark wrote it
        or from the warehouse; what was held back, what sources disagree on, the parameters.
        """
        made_of = self._con.execute(
            "select fingerprint from ledger_models where model = ?", [name]
        ).fetchall()
        folder = self._home.spark / name / (made_of[0][0] if made_of else _ONCE)
        if not made_of:
            shutil.rmtree(folder, ignore_errors=True)
        if not (folder / _WHOLE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            path = _quoted(folder / "part-0.parquet")
            self._con.execute(f"copy (from \"{name}\") to '{path}' (format parquet)")
            (folder / _WHOLE).touch()
        described = self._con.execute(f'describe "{name}"').fetchall()
        tables.read_files(name, [folder], {row[0]: row[1] for row in described})


def _write(tables: SparkTables, name: str, frame: Any, folder: Path) -> None:
    """Write a frame as Parquet and name what was written.

    What a run that died left there has no mark of success, and is written over.
    """
    columns = types(frame)
    frame.write.mode("overwrite").parquet(address(folder))
    tables.read_files(name, [folder], columns)


def _rows_in(folder: Path, columns: Sequence[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    # each by its name: a home may have characters in it that a pattern would read as its own
    files = ", ".join(f"'{_quoted(file)}'" for file in sorted(folder.glob("*.parquet")))
    return f"select {names} from read_parquet([{files}])"


def _as_stated(frame: Any, model: Model) -> Any:
    """The frame with the wider types that its twin states, where no digit can change by it.

    Spark adds up in narrower DECIMALs than DuckDB. Any other difference stays for the check of
    columns to find.
    """
    stated = {column.name: column.type.upper() for column in model.columns}
    made = types(frame)
    if not any(name in stated and stated[name] != type_ for name, type_ in made.items()):
        return frame
    return frame.selectExpr(
        *(
            f"cast(`{name}` as {spark_type(stated[name])}) as `{name}`"
            if name in stated and holds_all_of(stated[name], type_)
            else f"`{name}`"
            for name, type_ in made.items()
        )
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
