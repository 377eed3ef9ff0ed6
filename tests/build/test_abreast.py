"""Models made several at a time are those that are made one after the other."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from flows.build import abreast, superseded
from flows.build.run import build, build_aside
from warehouse.errors import CheckFailed, Trouble
from warehouse.home import Home
from warehouse.store import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    Add = Callable[[str, int, str], None]

DAY = dt.date(2026, 6, 30)
#: New, corrected, said again, and not known on the day.
STEPS = [
    ("AMD", 1, "2026-01-01"),
    ("NVIDIA", 2, "2026-01-01"),
    ("AMD", 1, "2026-02-01"),
    ("AMD", 3, "2026-03-01"),
    ("Intel", 5, "2027-01-01"),
]
MODELS = ["fct_units", "rpt_units", "stg_day"]
LEDGERS = [
    "select model, fingerprint, rows, content from ledger_models",
    "from ledger_inputs",
    "select build_no, build_id, fingerprint, as_of, code from ledger_builds",
]


@pytest.fixture
def three(sql: Path) -> Path:
    """Besides the units by vendor: what reads these, and what reads neither."""
    twin = (sql / "marts" / "fct_units.yml").read_text()
    for name, query in {
        "rpt_units": "select vendor, cast(units + 1 as decimal(18, 0)) as units from fct_units",
        "stg_day": "select 'x' as vendor, cast(year(as_of) as decimal(18, 0)) as units"
        " from parameters",
    }.items():
        layer = sql / {"rpt": "reports", "stg": "staging"}[name[:3]]
        (layer / f"{name}.sql").write_text(query)
        (layer / f"{name}.yml").write_text(twin)
    return sql


def test_the_bundled_models_come_out_row_for_row(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_of = dt.date.fromisoformat(
        json.loads(next(own_home.glob("briefings/*/edition.json")).read_text())["as_of"]
    )
    with open_warehouse(Home(own_home)) as con:
        assert abreast.suits(con)
        build_aside(con, as_of, "side_by_side")
        con.execute("use warehouse")
        monkeypatch.setattr(abreast, "suits", lambda _: False)
        build_aside(con, as_of, "one_by_one")
        models = [
            name
            for (name,) in con.execute(
                "select model from warehouse.main.ledger_models order by 1"
            ).fetchall()
        ]
        for model in models:
            made = con.execute(f'from side_by_side.main."{model}"').fetchall()
            assert made == con.execute(f'from one_by_one.main."{model}"').fetchall(), model
        assert len(models) > 80


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("full", [False, True])
def test_after_each_build_of_a_history_tables_and_ledgers_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, histories: tuple[Any, Any], full: bool
) -> None:
    opened, land = histories

    def told(name: str) -> list[object]:
        home, found = Home(tmp_path / name), []
        with opened(home) as con:
            for vendor, units, published in STEPS:
                land(con, vendor, units, published)
                report = build(con, home, as_of=DAY, full=full)
                found.append([report.build_id, report.built, report.unchanged])
                found += [con.execute(f"from {model}").fetchall() for model in MODELS]
                found += [con.execute(f"{ledger} order by all").fetchall() for ledger in LEDGERS]
        return found

    side_by_side = told("side_by_side")
    monkeypatch.setattr(abreast, "suits", lambda _: False)

    assert side_by_side == told("one_by_one")


@pytest.mark.usefixtures("three")
def test_what_a_model_wrongly_says_is_found_and_nothing_stands(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    add("AMD", -1, "2026-01-01")

    with pytest.raises(CheckFailed, match=r"fct_units: units_not_negative.*AMD"):
        build(con, home, as_of=DAY)

    assert _left(con) == []


def test_a_model_that_cannot_be_computed_is_named_and_nothing_stands(
    con: duckdb.DuckDBPyConnection, home: Home, three: Path, add: Add
) -> None:
    add("AMD", 1, "2026-01-01")
    wrong = "select error('a wrong row') as vendor, cast(1 as decimal(18, 0)) as units"
    (three / "marts" / "fct_units.sql").write_text(f"{wrong} from rec_sales")

    with pytest.raises(Trouble, match=r"fct_units cannot be computed.*a wrong row"):
        build(con, home, as_of=DAY)

    assert _left(con) == []


@pytest.mark.usefixtures("three")
def test_afterwards_queries_have_all_threads_and_no_catalog_is_left(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    con.execute("set threads = 3")
    add("AMD", 1, "2026-01-01")

    build(con, home, as_of=DAY)

    assert con.execute("select current_setting('threads')").fetchall() == [(3,)]
    catalogs = con.execute("select database_name from duckdb_databases() where not internal")
    assert catalogs.fetchall() == [("warehouse",)]


@pytest.mark.usefixtures("three")
def test_a_store_whose_superseded_versions_are_kept_is_built_one_by_one(
    con: duckdb.DuckDBPyConnection, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("AMD", 1, "2026-01-01")
    assert abreast.suits(con)

    monkeypatch.setattr(superseded, "KEPT_FROM", 1)

    assert not abreast.suits(con)


def _left(con: duckdb.DuckDBPyConnection) -> list[tuple[str]]:
    """Models that stand, and catalogs besides the warehouse."""
    return con.execute(
        "select table_name from duckdb_tables() where list_contains(?, table_name)"
        " union all select database_name from duckdb_databases()"
        " where not internal and database_name <> 'warehouse'",
        [MODELS],
    ).fetchall()
