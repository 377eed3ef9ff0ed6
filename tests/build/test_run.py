"""A build is all or nothing, touches what changed, and shows readers only whole builds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from flows.build.run import build, build_aside
from warehouse.errors import CheckFailed
from warehouse.store import open_published

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    from warehouse.home import Home

    Add = Callable[[str, int, str], None]

DAY = dt.date(2026, 6, 30)


def _published(home: Home) -> list[tuple[str, Decimal]]:
    with open_published(home) as con:
        return con.execute("select vendor, units from fct_units order by vendor").fetchall()


@pytest.mark.usefixtures("sql")
def test_a_correction_wins_and_the_version_before_it_is_still_known_as_of_then(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    add("NVIDIA", 17, "2025-02-28")
    add("NVIDIA", 25, "2026-02-28")

    build(con, home, as_of=DAY)
    now = _published(home)
    build(con, home, as_of=dt.date(2025, 12, 31))

    assert now == [("NVIDIA", Decimal(25))]
    assert _published(home) == [("NVIDIA", Decimal(17))]


@pytest.mark.usefixtures("sql")
def test_of_two_versions_published_on_one_day_the_one_recorded_last_counts(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    add("AMD", 1, "2026-01-01")
    add("AMD", 2, "2026-01-01")

    build(con, home, as_of=DAY)

    assert _published(home) == [("AMD", Decimal(2))]


@pytest.mark.usefixtures("sql")
def test_a_failed_check_publishes_nothing_and_names_the_rows(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    add("AMD", 1, "2026-01-01")
    build(con, home, as_of=DAY)
    add("Intel", -5, "2026-01-01")

    with pytest.raises(CheckFailed, match=r"units_not_negative fails on 1 row.*Intel"):
        build(con, home, as_of=DAY)

    assert _published(home) == [("AMD", Decimal(1))]
    assert con.execute("select vendor from fct_units").fetchall() == [("AMD",)]


@pytest.mark.usefixtures("sql")
def test_a_column_that_the_twin_does_not_state_fails_the_build(
    con: duckdb.DuckDBPyConnection, home: Home, sql: Path
) -> None:
    (sql / "marts" / "fct_units.sql").write_text("select 'x' as vendor, 1 as units")

    with pytest.raises(CheckFailed, match="columns_as_stated"):
        build(con, home, as_of=DAY)


@pytest.mark.usefixtures("sql")
def test_a_second_build_of_the_same_records_does_nothing(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    add("AMD", 1, "2026-01-01")
    first = build(con, home, as_of=DAY)
    before = home.published_file.stat().st_ino

    second = build(con, home, as_of=DAY)

    assert first.built == ["fct_units"]
    assert not second.is_new
    assert home.published_file.stat().st_ino == before


@pytest.mark.usefixtures("sql")
def test_a_new_day_alone_rebuilds_no_model_that_does_not_ask_for_the_day(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    add("AMD", 1, "2026-01-01")
    build(con, home, as_of=DAY)

    again = build(con, home, as_of=DAY + dt.timedelta(days=1))

    assert again.is_new
    assert again.built == []


@pytest.mark.usefixtures("sql")
def test_changed_sql_is_built_anew_and_a_model_that_is_gone_goes(
    con: duckdb.DuckDBPyConnection, home: Home, sql: Path, add: Add
) -> None:
    add("AMD", 1, "2026-01-01")
    build(con, home, as_of=DAY)
    for ending in ("sql", "yml"):
        old = sql / "marts" / f"fct_units.{ending}"
        old.rename(sql / "marts" / f"fct_sold.{ending}")

    again = build(con, home, as_of=DAY)

    assert again.built == ["fct_sold"]
    with open_published(home) as reader:
        names = [r[0] for r in reader.execute("select table_name from duckdb_tables()").fetchall()]
    assert "fct_sold" in names
    assert "fct_units" not in names


def test_a_column_that_is_renamed_is_built_anew_though_its_values_are_the_same(
    con: duckdb.DuckDBPyConnection, home: Home, sql: Path, add: Add
) -> None:
    add("AMD", 1, "2026-01-01")
    build(con, home, as_of=DAY)
    for file in (sql / "marts").iterdir():
        file.write_text(file.read_text().replace("vendor,", "vendor as seller,")
                        .replace("vendor:", "seller:").replace("[vendor]", "[seller]"))  # fmt: skip

    build(con, home, as_of=DAY)

    with open_published(home) as reader:
        assert reader.execute("select seller from fct_units").fetchall() == [("AMD",)]


@pytest.mark.usefixtures("sql")
def test_a_reader_keeps_what_it_opened_while_the_next_build_is_published(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    add("AMD", 1, "2026-01-01")
    build(con, home, as_of=DAY)

    with open_published(home) as reader:
        add("AMD", 2, "2026-01-02")
        build(con, home, as_of=DAY)
        seen = reader.execute("select units from fct_units").fetchall()

    assert seen == [(Decimal(1),)]
    assert _published(home) == [("AMD", Decimal(2))]


@pytest.mark.usefixtures("sql")
def test_a_build_whose_publication_was_cut_off_is_published_by_the_next(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    add("AMD", 1, "2026-01-01")
    build(con, home, as_of=DAY)
    home.published_file.unlink()

    again = build(con, home, as_of=DAY)

    assert not again.is_new
    assert _published(home) == [("AMD", Decimal(1))]


@pytest.mark.usefixtures("sql")
def test_a_build_aside_leaves_the_warehouse_as_it_was(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    add("NVIDIA", 17, "2025-02-28")
    add("NVIDIA", 25, "2026-02-28")
    build(con, home, as_of=DAY)

    build_aside(con, dt.date(2025, 12, 31), "aside")
    then = con.execute("select units from fct_units").fetchall()
    con.execute("use warehouse")
    con.execute("detach aside")

    assert then == [(Decimal(17),)]
    assert con.execute("select units from fct_units").fetchall() == [(Decimal(25),)]
