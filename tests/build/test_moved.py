"""Figures that a build moved are counted cell by cell against the copy published before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from flows.build.model import Column, Model
from flows.build.moved import moved

if TYPE_CHECKING:
    from pathlib import Path

REPORT = Model(
    "rpt_a", "reports", "", "", ("vendor",),
    (
        Column("vendor", "VARCHAR", ""), Column("revenue_usd", "DECIMAL(38,2)", ""),
        Column("status", "VARCHAR", ""), Column("title", "VARCHAR", ""),
        Column("days_until", "BIGINT", ""),
    ),
    (),
)  # fmt: skip
BEFORE = "('A', 1.25, 'open', 't', 4), ('B', 2.5, 'open', 't', 4), ('C', null, null, 't', 4)"
COLUMNS = "rows(vendor, revenue_usd, status, title, days_until)"


def table(con: duckdb.DuckDBPyConnection, values: str) -> None:
    con.execute(f"create or replace table rpt_a as from (values {values}) as {COLUMNS}")


@pytest.mark.parametrize(
    ("values", "count"),
    [
        (BEFORE, 0),
        (BEFORE.replace("1.25", "1.26"), 1),  # a cent
        (BEFORE.replace("'B', 2.5, 'open'", "'B', null, 'met'"), 2),  # gone, and turned
        (BEFORE.replace("'t', 4", "'u', 3"), 0),  # what is no figure
        (BEFORE.replace("('A', 1.25, 'open', 't', 4), ", ""), 2),  # a row that is gone
        (BEFORE + ", ('D', 4.05, 'open', 't', 4)", 2),
    ],
)
def test_a_figure_moves_where_its_cell_is_another(tmp_path: Path, values: str, count: int) -> None:
    with duckdb.connect(str(tmp_path / "before.duckdb")) as before:
        table(before, BEFORE)
    with duckdb.connect() as con:
        table(con, values)

        found = moved(con, tmp_path / "before.duckdb", [REPORT], ("status",), ("days_until",))

        assert found == ({"rpt_a": count} if count else {})
        assert con.execute("select count(*) from duckdb_databases() where not internal").fetchall()[
            0
        ] == (1,)


def test_a_report_that_the_copy_has_in_another_shape_is_left_out(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "before.duckdb")) as before:
        before.execute("create table rpt_a (vendor varchar, revenue_usd double)")
    with duckdb.connect() as con:
        table(con, BEFORE)

        assert moved(con, tmp_path / "before.duckdb", [REPORT], ("status",), ()) == {}
