"""What Spark reads is what the store reads, wherever it lies, and few rows are computed alike."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flows.build import superseded
from flows.build.engines import spark_inputs
from flows.build.engines.spark import spark_engine
from flows.build.engines.spark_session import FEW, settings
from flows.build.run import build
from tests.build.engines.conftest import MASTER, ON_SPARK, SMALL
from warehouse import landed, ledger
from warehouse.home import Home
from warehouse.records import KindShape, ensure_kinds
from warehouse.store import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    Add = Callable[[str, int, str], None]

pytestmark = ON_SPARK

DAY = dt.date(2026, 6, 30)
OLD = {"vendor": "VARCHAR", "units": "DECIMAL(18,0)", "published_on": "DATE", "line": "BIGINT"}
NEW = {**OLD, "is_withdrawn": "BOOLEAN"}
UNITS = "select vendor, units from fct_units order by vendor"


def _take(con: duckdb.DuckDBPyConnection, home: Home, *rows: tuple[Any, ...]) -> None:
    """Land a batch of sales and put it into the store, as ingest does."""
    number = ledger.next_batch_no(con)
    batch = ledger.Batch(
        f"b{number}", number, "sales", "tidy", "f.csv", "s", 1, 1, "accepted", "",
        len(rows), len(rows), 0, 0, dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )  # fmt: skip
    file = home.landing_file("sales", batch.batch_id)
    file.parent.mkdir(parents=True, exist_ok=True)
    columns = [*OLD, *(("is_withdrawn",) if len(rows[0]) > len(OLD) else ())]
    body = ", ".join("(" + ", ".join("?" * len(columns)) + ")" for _ in rows)
    cast = ", ".join(f"cast({name} as {NEW[name]}) as {name}" for name in columns)
    con.execute(
        f"copy (select {cast}, 'b{number}' as batch_id, cast({number} as bigint) as batch_no,"
        " timestamp '2026-01-01' as recorded_at"
        f" from (values {body}) as given ({', '.join(columns)})) to '{file}' (format parquet)",
        [value for row in rows for value in row],
    )
    landed.add(con, home, batch)
    ledger.record_batch(con, batch)


@pytest.mark.usefixtures("sql")
@pytest.mark.parametrize("few_rows", [0, 100_000])
def test_landed_and_stored_batches_are_read_as_the_store_reads_them_where_a_home_was_moved_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few_rows: int
) -> None:
    monkeypatch.setattr(landed, "LANDED_FROM", 3)
    monkeypatch.setattr(superseded, "KEPT_FROM", 3)
    monkeypatch.setattr(spark_inputs, "FEW_ROWS", few_rows)
    with open_warehouse(Home(tmp_path / "before")) as con:
        ledger.ensure(con)
        home = Home(tmp_path / "before")
        ensure_kinds(con, {"sales": KindShape(["vendor"], OLD, 1)})
        _take(con, home, ("AMD", 1, "2026-01-01", 2))
        _take(con, home, ("AMD", 2, "2026-01-02", 2), ("Intel", 3, "2026-01-02", 3),
              ("NVIDIA", 4, "2026-01-02", 4), ("Huawei", 5, "2026-01-02", 5))  # fmt: skip
        ensure_kinds(con, {"sales": KindShape(["vendor"], NEW, 2)})
        # a correction in a file of its own kind, a withdrawal, one that is not known yet
        _take(con, home, ("Intel", 6, "2026-01-03", 2, None), ("AMD", 7, "2026-01-01", 3, None),
              ("Huawei", 5, "2026-01-03", 4, True))  # fmt: skip
        _take(con, home, ("NVIDIA", 8, "2026-01-04", 2, False))
        _take(con, home, ("NVIDIA", 9, "2027-01-01", 2, None))
    moved = Home((tmp_path / "before").rename(tmp_path / "it's moved"))

    with open_warehouse(moved) as con:
        landed.point(con, moved)
        with spark_engine(con, moved, DAY, master=MASTER, conf=SMALL) as engine:
            build(con, moved, as_of=DAY, compute=engine.compute)
        here = con.execute(UNITS).fetchall()
        build(con, moved, as_of=DAY, full=True)

        assert here == [("AMD", 2), ("Intel", 6), ("NVIDIA", 8)]
        assert con.execute(UNITS).fetchall() == here


ON_TOP = "select vendor, cast(units + 1 as decimal(18, 0)) as units from fct_units"


@pytest.mark.usefixtures("sql")
def test_models_of_few_rows_are_left_to_duckdb_and_read_by_those_that_are_not(
    con: duckdb.DuckDBPyConnection, home: Home, sql: Path, add: Add
) -> None:
    twin = (sql / "marts" / "fct_units.yml").read_text()
    (sql / "marts" / "fct_more.sql").write_text(
        "select top.vendor, top.units from fct_top as top join rec_sales on true"
        " group by top.vendor, top.units"
    )
    (sql / "marts" / "fct_top.sql").write_text(ON_TOP)
    for name in ("fct_more", "fct_top"):
        (sql / "marts" / f"{name}.yml").write_text(twin)
    add("AMD", 1, "2026-01-01")
    add("Intel", 2, "2026-01-01")
    with spark_engine(con, home, DAY, master=MASTER, conf=SMALL) as engine:
        build(con, home, as_of=DAY, compute=engine.compute)
    on_spark = {folder.name for folder in home.spark.iterdir()}
    add("Intel", 3, "2026-01-02")

    # three versions, and so fct_units, are not few; two rows of fct_units are
    with spark_engine(con, home, DAY, master=MASTER, conf=SMALL, from_rows=3) as engine:
        build(con, home, as_of=DAY, compute=engine.compute)

    assert on_spark == {"fct_more", "fct_top", "fct_units"}
    assert con.execute("from fct_more order by vendor").fetchall() == [("AMD", 2), ("Intel", 4)]
    assert {folder.name for folder in home.spark.iterdir()} == {"fct_more", "fct_units"}


@pytest.mark.usefixtures("sql")
def test_where_every_model_is_left_to_duckdb_spark_is_not_started(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    add("AMD", 1, "2026-01-01")

    with spark_engine(con, home, DAY, master="local[0]", conf={}, from_rows=10) as engine:
        build(con, home, as_of=DAY, compute=engine.compute)

    assert con.execute(UNITS).fetchall() == [("AMD", 1)]
    assert not home.spark.exists()


def test_a_session_gets_back_the_settings_that_it_had(spark: Any) -> None:
    given = {**FEW, "spark.sql.shuffle.partitions": "7", "spark.sql.codegen.wholeStage": "true"}
    before = {name: spark.conf.get(name) for name in given}

    with settings(spark, given):
        within = {name: spark.conf.get(name) for name in given}

    assert within == given
    assert {name: spark.conf.get(name) for name in given} == before


def test_spark_leaves_nothing_in_the_working_directory(tmp_path: Path) -> None:
    said = (
        "from pathlib import Path\n"
        "from flows.build.engines.spark_session import session\n"
        "with session('local[1]', {}) as spark:\n"
        "    spark.sql('create table kept using parquet as select 1 as one')\n"
        "    print(spark.conf.get('spark.sql.warehouse.dir'))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", said], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    told = done.stdout.split()[-1].removeprefix("file:")
    assert "chipbrief-spark-" in told
    assert not Path(told).exists()
    assert list(tmp_path.iterdir()) == []
