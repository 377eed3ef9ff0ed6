"""The engine Spark: computes models from the landing files, as Parquet that the warehouse takes in.

Reads `landing/` and, through the connection handed in, what stands unchanged; writes
`spark/<model>/<fingerprint>/` below home. Starts Spark only once a model has to be made.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

from flows.build import months
from flows.build.check import check_model
from flows.build.engines.spark_inputs import Inputs, rows_in
from flows.build.engines.spark_session import FEW, session, settings
from flows.build.engines.spark_tables import SparkTables, address, types
from flows.build.engines.spark_types import holds_all_of, spark_type
from flows.build.graph import tables_of
from warehouse.errors import Trouble

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import duckdb

    from flows.build.make import Computed
    from flows.build.model import Model
    from warehouse.home import Home


#: The folder of a model's months that were made anew, until the warehouse has taken them in.
_PART = "part"


@contextmanager
def spark_engine(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    as_of: dt.date,
    *,
    master: str,
    conf: Mapping[str, str],
    from_rows: int = 0,
) -> Iterator[SparkEngine]:
    """The engine for one build; Spark ends with it, and files of no standing model go.

    Models whose inputs have fewer rows than `from_rows` in all are left to DuckDB.
    """
    with ExitStack() as ends:
        yield SparkEngine(con, home, as_of, master, conf, ends, from_rows)
        standing = dict(con.execute("select model, fingerprint from ledger_models").fetchall())
    for folder in sorted(home.spark.glob("*/*")):
        if standing.get(folder.parent.name) != folder.name:
            shutil.rmtree(folder)
            with suppress(OSError):  # other folders of the model stand
                folder.parent.rmdir()


class SparkEngine:
    """Computes one model after another; each reads what those before it made."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        home: Home,
        as_of: dt.date,
        master: str,
        conf: Mapping[str, str],
        ends: ExitStack,
        from_rows: int = 0,
    ) -> None:
        self._con = con
        self._home = home
        self._at = session(master, conf)
        self._ends = ends
        self._from_rows = from_rows
        self._tables: SparkTables | None = None
        self._inputs = Inputs(con, home, as_of)

    def compute(
        self, model: Model, fingerprint: str, part: frozenset[dt.date] | None = None
    ) -> Computed | None:
        """Compute a model on Spark, whole or for the months of `part`.

        Returns a query of the rows computed, for DuckDB, and what is wrong with them; None of the
        latter where they are few, for the store looks through what it takes in. The whole model
        stands as Parquet either way. A model over fewer rows than `from_rows` is left to DuckDB:
        None. Raises Trouble where Spark cannot compute it.
        """
        reads = sorted(tables_of(model.sql))
        if sum(map(self._inputs.rows, reads)) < self._from_rows:
            self._inputs.left(model.name)
            return None
        if self._tables is None:
            self._tables = SparkTables(self._ends.enter_context(self._at))
        tables = self._tables
        from py4j.protocol import Py4JJavaError
        from pyspark.errors import PySparkException

        folder = self._home.spark / model.name / fingerprint
        try:
            for name in reads:
                self._inputs.name(tables, name)
            with settings(tables.spark, FEW if self._inputs.are_few(*reads) else {}):
                if part is not None:
                    return self._months(tables, model, folder, part)
                frame = _as_stated(tables.query(model.sql), model)
                return self._written(tables, model, model.name, frame, folder)
        except (PySparkException, Py4JJavaError) as error:
            said = _in_short(error)
            raise Trouble(f"The model {model.name} cannot be computed on Spark: {said}") from error

    def _months(
        self, tables: SparkTables, model: Model, folder: Path, part: frozenset[dt.date]
    ) -> Computed:
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
            computed = self._written(tables, model, remade, frame, apart, inside)
        self._inputs.name(tables, model.name)
        self._inputs.name(tables, remade)
        kept = f'select * from "{model.name}" where not ({inside})'
        whole = tables.query(f'{kept} union all select * from "{remade}"')
        whole.write.mode("overwrite").parquet(address(folder))
        self._inputs.made(tables, model.name, folder, types(whole))
        return computed

    def _written(
        self,
        tables: SparkTables,
        model: Model,
        name: str,
        frame: Any,
        folder: Path,
        holds: str | None = None,
    ) -> Computed:
        """Write what was computed as Parquet, and check it where it has many rows.

        What a run that died left there has no mark of success, and is written over.
        """
        frame.write.mode("overwrite").parquet(address(folder))
        columns = types(frame)
        self._inputs.made(tables, name, folder, columns)
        if self._inputs.are_few(name):
            return rows_in(folder, columns), None
        self._inputs.name(tables, name)
        checked = check_model(cast("Any", tables), model, name, holds, printed=False)
        return rows_in(folder, columns), checked.findings


def _in_short(error: Exception) -> str:
    """What Spark says is wrong, without Java's way to it."""
    said = str(error).strip()
    # what pyspark has no name for begins with the call, and the line of the cause with a colon
    _, found, cause = said.partition("\n: ")
    return cause.partition("\n\tat ")[0] if found else said.split("\n\n")[0]


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
