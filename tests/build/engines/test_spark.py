"""Marts from Spark equal DuckDB's, cell for cell, and reach the same readers by the same rules."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from flows import assets, pipeline
from flows.build import superseded
from flows.build.engines import spark_inputs
from flows.build.engines.spark import spark_engine
from flows.build.run import BuildReport, build
from flows.settings import Settings, Spark
from tests.build.engines.conftest import MASTER, ON_SPARK, SMALL
from tests.conftest import NOW
from warehouse import ledger
from warehouse.errors import CheckFailed, Trouble
from warehouse.records import KindShape, ensure_kinds
from warehouse.store import open_published, open_warehouse

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from warehouse.home import Home

    Add = Callable[[str, int, str], None]
    Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = ON_SPARK

DAY = dt.date(2026, 6, 30)


@pytest.fixture(scope="module")
def built_home(briefed_home: Path, tmp_path_factory: pytest.TempPathFactory, spark: Any) -> Path:
    """The bundled records built whole on Spark, over a copy of what DuckDB built."""
    home = tmp_path_factory.mktemp("spark") / "home"
    shutil.copytree(briefed_home, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHIPBRIEF_NOW", NOW)
        report = pipeline.build_stage(_settings(home), full=True)
    assert len(report.built) == len(list(assets.asset("sql").glob("*/*.sql")))
    return home


def _settings(home: Path) -> Settings:
    return Settings(home=home, engine="spark", spark=Spark(master=MASTER, conf=SMALL))


def _tables(file: Path) -> dict[str, tuple[list[Any], list[Any]]]:
    """Every published table but the ledgers of times: its columns with types, and its rows."""
    with duckdb.connect(str(file), read_only=True) as con:
        names = [
            row[0]
            for row in con.execute(
                "select table_name from duckdb_tables() where table_name not in"
                " ('ledger_runs', 'ledger_models', 'ledger_builds') order by 1"
            ).fetchall()
        ]
        return {
            name: (
                [row[:2] for row in con.execute(f'describe "{name}"').fetchall()],
                con.execute(f'from "{name}"').fetchall(),
            )
            for name in names
        }


def test_every_mart_of_the_bundled_records_is_duckdbs_cell_for_cell_in_its_order(
    briefed_home: Path, built_home: Path
) -> None:
    there, here = (
        _tables(briefed_home / "published.duckdb"),
        _tables(built_home / "published.duckdb"),
    )

    assert len(there) > len(list(assets.asset("sql").glob("*/*.sql")))
    assert here.keys() == there.keys()
    assert [name for name in there if here[name] != there[name]] == []


def test_the_marts_are_the_same_where_models_of_few_rows_are_left_to_duckdb(
    briefed_home: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHIPBRIEF_NOW", NOW)
    spark = Spark(master=MASTER, conf=SMALL, from_rows=5_000)

    pipeline.build_stage(Settings(home=own_home, engine="spark", spark=spark), full=True)

    there, here = (_tables(home / "published.duckdb") for home in (briefed_home, own_home))
    assert [name for name in there if here[name] != there[name]] == []
    made = {folder.name for folder in (own_home / "spark").iterdir()}
    assert 3 < len(made) < 30
    assert "int_price_comparable" in made


def test_the_marts_stand_as_parquet_one_folder_a_model(built_home: Path) -> None:
    marts = {folder.name for folder in (built_home / "spark").iterdir()}

    assert marts == {path.stem for path in assets.asset("sql").glob("*/*.sql")}
    assert all(
        len(list(folder.glob("*/_SUCCESS"))) == 1 for folder in (built_home / "spark").iterdir()
    )


def test_nothing_changed_is_nothing_done_whichever_engine_asks(
    built_home: Path, run_chipbrief: Run
) -> None:
    before = (built_home / "published.duckdb").stat().st_ino

    done = run_chipbrief(built_home, "build", "--engine", "spark", "--json")
    other = run_chipbrief(built_home, "build", "--json")

    assert done.returncode == 0, done.stderr
    assert not json.loads(done.stdout)["is_new"]
    assert json.loads(other.stdout)["build_id"] == json.loads(done.stdout)["build_id"]
    assert (built_home / "published.duckdb").stat().st_ino == before


def test_a_cluster_builds_only_what_a_new_record_reaches(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    seed = (assets.seeds() / "disclosures.csv").read_text("utf-8").splitlines()
    key, _, rest = seed[1].partition(",")
    new = tmp_path / "disclosures.csv"
    new.write_text("\n".join([seed[0], f"{key}-again,{rest}", ""]), "utf-8")
    assert run_chipbrief(own_home, "ingest", str(new)).returncode == 0
    beside = tmp_path / "beside"
    shutil.copytree(own_home, beside)

    done = run_chipbrief(
        own_home,
        "build",
        "--engine",
        "spark",
        "--json",
        CHIPBRIEF_SPARK__MASTER="local-cluster[2,1,1024]",
        CHIPBRIEF_SPARK__CONF=json.dumps(SMALL),
    )
    by_duckdb = run_chipbrief(beside, "build", "--json")

    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(json.loads(done.stdout)["built"]) == sorted(json.loads(by_duckdb.stdout)["built"])
    assert json.loads(done.stdout)["built"]
    assert json.loads(done.stdout)["unchanged"] > 0
    assert _tables(own_home / "published.duckdb") == _tables(beside / "published.duckdb")


def _land(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Put the batches that `add` made where ingest would have put them."""
    for batch_id, kind in con.execute("select batch_id, kind from ledger_batches").fetchall():
        path = home.landing_file(kind, batch_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        con.execute(
            f"copy (from raw_{kind} where batch_id = '{batch_id}') to '{path}' (format parquet)"
        )


def _build(con: duckdb.DuckDBPyConnection, home: Home, as_of: dt.date = DAY) -> BuildReport:
    _land(con, home)
    with spark_engine(con, home, as_of, master=MASTER, conf=SMALL) as engine:
        return build(con, home, as_of=as_of, compute=engine.compute)


def _published(home: Home) -> list[tuple[Any, ...]]:
    with open_published(home) as con:
        return con.execute("select vendor, units from fct_units order by vendor").fetchall()


@pytest.mark.usefixtures("sql")
def test_the_version_known_on_the_day_counts_on_spark_too(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    add("NVIDIA", 17, "2025-02-28")
    add("NVIDIA", 25, "2026-02-28")
    add("AMD", 1, "2026-01-01")
    add("AMD", 2, "2026-01-01")

    _build(con, home)
    now = _published(home)
    _build(con, home, dt.date(2025, 12, 31))

    assert now == [("AMD", 2), ("NVIDIA", 25)]
    assert _published(home) == [("NVIDIA", 17)]
    assert len(list(home.spark.glob("fct_units/*"))) == 1


UNITS_BY_MONTH = """
select vendor, cast(date_trunc('month', published_on) as date) as month,
    cast(sum(units) as decimal(18, 0)) as units, count(*) as records
from rec_sales group by vendor, date_trunc('month', published_on)
"""
MONTHS = {
    "fct_month": (UNITS_BY_MONTH, "rec_sales: published_on"),
    "fct_month_share": (
        "select vendor, month, units, records from fct_month where units > 0",
        "fct_month: month",
    ),
}
MONTHS_TWIN = """
meaning: Units by vendor and month.
grain: [vendor, month]
incremental: {{by: month, of: {{{of}}}}}
columns:
  vendor: {{type: VARCHAR, says: who}}
  month: {{type: DATE, says: when}}
  units: {{type: "DECIMAL(18,0)", says: how many}}
  records: {{type: BIGINT, says: how many rows}}
checks:
  - holds: {{name: units_not_negative, sql: "units >= 0"}}
unit_tests:
  - {{name: t, given: {{}}, expect: []}}
"""


@pytest.fixture
def by_month(sql: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two models by month, the one of the other, over records that are followed."""
    monkeypatch.setattr(superseded, "KEPT_FROM", 0)
    for name, (query, of) in MONTHS.items():
        (sql / "marts" / f"{name}.sql").write_text(query)
        (sql / "marts" / f"{name}.yml").write_text(MONTHS_TWIN.format(of=of))


@pytest.fixture(params=[0, 100_000], ids=["many", "few"])
def few_rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is computed and checked as many rows and as few."""
    monkeypatch.setattr(spark_inputs, "FEW_ROWS", request.param)


@pytest.mark.usefixtures("by_month", "few_rows")
def test_a_correction_remakes_its_months_alone_on_spark_and_the_marts_stay_whole(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    for vendor, units, day in (("AMD", 1, "2026-01-05"), ("Intel", 2, "2026-02-05"),
                               ("NVIDIA", 3, "2026-03-05")):  # fmt: skip
        add(vendor, units, day)
    _build(con, home)
    # a mark that only a month that is made again loses
    con.execute("update fct_month set records = 100 + records")
    add("NVIDIA", 4, "2026-04-05")

    _build(con, home)

    rows = "select month(month), units, records from fct_month order by month"
    assert con.execute(rows).fetchall() == [(1, 1, 101), (2, 2, 101), (4, 4, 1)]
    build(con, home, as_of=DAY, full=True)
    for model in MONTHS:
        (folder,) = home.spark.glob(f"{model}/*")
        here = con.execute(f"from '{folder}/*.parquet' order by vendor, month").fetchall()
        assert here == con.execute(f"from {model} order by vendor, month").fetchall()


@pytest.mark.usefixtures("by_month", "few_rows")
def test_a_check_fails_on_a_touched_month_on_spark_too(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    add("AMD", 1, "2026-01-05")
    _build(con, home)
    add("Intel", -5, "2026-02-05")

    with pytest.raises(CheckFailed, match=r"fct_month: units_not_negative fails on 1 row"):
        _build(con, home)


SAID = [
    # the precedence that a source states decides between sources of one day
    ("AMD", 1, "2026-02-01", "A", None),
    ("AMD", 2, "2026-02-01", "B;C", None),
    # without one, the first by name; the later of one source is a correction
    ("Intel", 3, "2026-02-01", "C", None),
    ("Intel", 4, "2026-02-01", "D", None),
    ("Intel", 5, "2026-02-01", "C", False),
    # a later day counts before any precedence
    ("NVIDIA", 6, "2026-02-01", "B", None),
    ("NVIDIA", 7, "2026-02-02", "A", None),
    # withdrawn by the version that counts, and by one that does not
    ("Huawei", 8, "2026-02-01", "A", None),
    ("Huawei", 8, "2026-02-02", "A", True),
    ("Cambricon", 9, "2026-02-01", "A", True),
    ("Cambricon", 9, "2026-02-01", "B", None),
]


@pytest.mark.usefixtures("sql", "few_rows")
def test_precedence_and_withdrawals_decide_on_spark_as_on_duckdb(home: Home) -> None:
    own = {"published_on": "DATE", "source_id": "VARCHAR", "line": "BIGINT"}
    sales = {"vendor": "VARCHAR", "units": "DECIMAL(18,0)", **own, "is_withdrawn": "BOOLEAN"}
    sources = {"key": "VARCHAR", "precedence": "BIGINT", **own}
    with open_warehouse(home) as con:
        ledger.ensure(con)
        ensure_kinds(con, {"sales": KindShape(["vendor"], sales, 1)})
        ensure_kinds(con, {"sources": KindShape(["key"], sources, 1)})
        _take(con, "sources", ("B", 1, "2026-01-01", "B", 2))
        for vendor, units, published, source, is_withdrawn in SAID:
            _take(con, "sales", (vendor, units, published, source, 2, is_withdrawn))
        _land(con, home)
        with spark_engine(con, home, DAY, master=MASTER, conf=SMALL) as engine:
            build(con, home, as_of=DAY, compute=engine.compute)
        counts = con.execute("select vendor, units from rec_sales order by vendor").fetchall()

    assert counts == [("AMD", 2), ("Cambricon", 9), ("Intel", 5), ("NVIDIA", 7)]
    assert _published(home) == counts


def _take(con: duckdb.DuckDBPyConnection, kind: str, row: tuple[Any, ...]) -> None:
    """Append a version of a record of any kind, as a batch of its own."""
    number = ledger.next_batch_no(con)
    values = [*row, f"b{number}", number, "2026-01-01 00:00:00"]
    con.execute(f"insert into raw_{kind} values ({', '.join('?' * len(values))})", values)
    ledger.record_batch(
        con,
        ledger.Batch(
            f"b{number}", number, kind, "tidy", "f.csv", "s", 1, 1, "accepted", "",
            1, 1, 0, 0, dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        ),
    )  # fmt: skip


@pytest.mark.usefixtures("sql", "few_rows")
def test_a_failed_check_on_spark_publishes_nothing_and_names_the_rows(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    add("AMD", 1, "2026-01-01")
    _build(con, home)
    add("Intel", -5, "2026-01-01")

    with pytest.raises(CheckFailed, match=r"units_not_negative fails on 1 row.*Intel") as failed:
        _build(con, home)

    assert failed.value.exit_code == 5
    assert _published(home) == [("AMD", 1)]
    assert con.execute("select vendor from fct_units").fetchall() == [("AMD",)]


def test_a_column_of_another_type_fails_on_spark_too(
    con: duckdb.DuckDBPyConnection, home: Home, sql: Path, add: Add
) -> None:
    add("AMD", 1, "2026-01-01")
    (sql / "marts" / "fct_units.sql").write_text(
        "select vendor, cast(max(units) as bigint) as units from rec_sales group by vendor"
    )

    with pytest.raises(CheckFailed, match="columns_as_stated"):
        _build(con, home)


def test_a_model_that_spark_cannot_compute_is_named(
    con: duckdb.DuckDBPyConnection, home: Home, sql: Path, add: Add
) -> None:
    add("x", 1, "2026-01-01")
    (sql / "marts" / "fct_units.sql").write_text(
        "select vendor, cast(vendor as decimal(18, 0)) as units from rec_sales"
    )

    with pytest.raises(Trouble, match="The model fct_units cannot be computed on Spark"):
        _build(con, home)


def test_what_pyspark_has_no_name_for_is_told_by_its_cause(
    con: duckdb.DuckDBPyConnection, home: Home, sql: Path, add: Add
) -> None:
    add("AMD", 1, "2026-01-01")
    home.spark.mkdir()
    (home.spark / "fct_units").write_text("a file where a folder has to be")

    with pytest.raises(Trouble, match="The model fct_units cannot be computed on Spark") as told:
        _build(con, home)

    assert "ParentNotDirectoryException" in str(told.value)
    assert "An error occurred while calling" not in str(told.value)
    assert "\tat " not in str(told.value)
