"""Figures keep every digit, in a total order, and come back from their snapshot as they were."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest

from flows.brief import figures

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = dt.date(2026, 11, 22)


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "rpt_toy.yml").write_text(
        "meaning: A toy.\ngrain: [name]\ncolumns:\n"
        "  name: {type: VARCHAR, says: Who.}\n"
        "  amount_usd: {type: 'DECIMAL(20,2)', unit: USD, says: How much.}\n"
        "  since: {type: DATE, says: When.}\n"
        "  is_real: {type: BOOLEAN, says: Whether.}\n",
        encoding="utf-8",
    )
    (reports / "rpt_missing.yml").write_text("meaning: None.\ngrain: [x]\ncolumns: {}\n")
    return tmp_path


def toy(rows: str) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(
        "create table rpt_toy as select * from (values " + rows + ")"
        " as t(name, amount_usd, since, is_real)"
    )
    return con


ROWS = (
    "('b', cast('12345678901234567.89' as decimal(20,2)), date '2026-01-15', true),"
    "('a', cast(null as decimal(20,2)), null, false)"
)


def test_a_snapshot_gives_the_same_figures_and_the_same_bytes(sql: Path) -> None:
    read = figures.read(toy(ROWS), AS_OF, sql)

    again = figures.from_json(read.to_json())

    assert again.to_json() == read.to_json()
    assert again.rows("rpt_toy")[1].amount_usd == Decimal("12345678901234567.89")
    assert again.rows("rpt_toy")[1].since == dt.date(2026, 1, 15)


def test_rows_come_in_the_order_of_the_grain_however_they_were_stored(sql: Path) -> None:
    read = figures.read(toy(ROWS), AS_OF, sql)

    assert [row.name for row in read.rows("rpt_toy")] == ["a", "b"]


def test_a_figure_is_named_by_report_grain_and_column(sql: Path) -> None:
    row = figures.read(toy(ROWS), AS_OF, sql).rows("rpt_toy")[0]

    assert row.figure("amount_usd") == "rpt_toy.a.amount_usd"


def test_a_report_that_was_not_built_has_no_rows(sql: Path) -> None:
    assert figures.read(toy(ROWS), AS_OF, sql).rows("rpt_missing") == ()


def test_a_column_that_does_not_exist_is_an_error(sql: Path) -> None:
    row = figures.read(toy(ROWS), AS_OF, sql).rows("rpt_toy")[0]

    with pytest.raises(AttributeError, match="rpt_toy has no column amount"):
        _ = row.amount


def test_a_published_figure_is_never_a_float(sql: Path) -> None:
    con = toy("('a', cast(0.1 as double), null, true)")

    with pytest.raises(TypeError, match="DOUBLE"):
        figures.read(con, AS_OF, sql).to_json()


def test_the_state_of_the_records_alone_makes_no_other_content(sql: Path) -> None:
    plain = figures.read(toy(ROWS), AS_OF, sql)
    con = toy(ROWS)
    con.execute("create table rpt_quality as select 'prices' as item, 3 as rows")
    (sql / "reports" / "rpt_quality.yml").write_text(
        "meaning: State.\ngrain: [item]\ncolumns:\n  item: {type: VARCHAR}\n"
        "  rows: {type: INTEGER}\n"
    )

    judged = figures.read(con, AS_OF, sql)

    assert judged.digest != plain.digest
    assert judged.content_digest == plain.content_digest
