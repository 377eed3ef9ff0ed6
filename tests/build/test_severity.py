"""A check of ours stops publishing and names the records behind it; one of records does not."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import yaml

from flows import assets
from flows.build.model import SEVERITIES
from flows.build.run import build
from warehouse.errors import CheckFailed, ModelFailed
from warehouse.store import open_published

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    from warehouse.home import Home

    Add = Callable[[str, int, str], None]

DAY = dt.date(2026, 6, 30)
TWINS = sorted(assets.asset("sql").glob("*/*.yml"))


@pytest.mark.parametrize("twin", TWINS, ids=lambda path: path.stem)
def test_each_check_says_in_its_twin_whether_it_is_ours_or_of_records(twin: Path) -> None:
    stated = yaml.safe_load(twin.read_text("utf-8"))
    has_checks = twin.parent.name == "checks" or stated.get("checks")

    assert not has_checks or stated.get("severity") in SEVERITIES


@pytest.mark.usefixtures("sql")
def test_a_check_of_ours_names_the_record_behind_it_with_its_key_file_and_line(
    con: duckdb.DuckDBPyConnection, home: Home, add: Add
) -> None:
    add("AMD", 1, "2026-01-01")
    add("Intel", -5, "2026-01-01")

    with pytest.raises(
        CheckFailed, match=r"(?s)behind it:.* vendor=Intel \(\S+ line \d+\)"
    ) as told:
        build(con, home, as_of=DAY)

    assert "AMD" not in str(told.value)


@pytest.mark.usefixtures("sql")
def test_a_check_of_records_stops_nothing(
    con: duckdb.DuckDBPyConnection, home: Home, sql: Path, add: Add
) -> None:
    twin = sql / "marts" / "fct_units.yml"
    twin.write_text(f"severity: records{twin.read_text()}")
    add("Intel", -5, "2026-01-01")

    build(con, home, as_of=DAY)

    with open_published(home) as published:
        assert published.execute("select vendor from fct_units").fetchall() == [("Intel",)]


@pytest.mark.usefixtures("sql")
def test_a_model_that_raises_is_named_with_the_records_without_which_it_does_not(
    con: duckdb.DuckDBPyConnection, home: Home, sql: Path, add: Add
) -> None:
    query = sql / "marts" / "fct_units.sql"
    query.write_text(query.read_text().replace("sum(units)", "sum(cast(units as tinyint))"))
    add("AMD", 1, "2026-01-01")
    add("Intel", 5000, "2026-01-01")

    with pytest.raises(
        ModelFailed, match=r"(?s)fct_units cannot be computed.*vendor=Intel"
    ) as told:
        build(con, home, as_of=DAY)

    assert "AMD" not in str(told.value)
