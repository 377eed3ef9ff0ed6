"""Figures keep every digit, in a total order, and come back from their snapshot as they were."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import pytest

from flows.brief import figures
from flows.build.model import Column, Model

AS_OF = dt.date(2026, 11, 22)


MODELS = [
    Model(
        name="rpt_toy",
        layer="reports",
        sql="",
        meaning="A toy.",
        grain=("name",),
        columns=(
            Column("name", "VARCHAR", "Who."),
            Column("amount_usd", "DECIMAL(20,2)", "How much.", "USD"),
            Column("since", "DATE", "When."),
            Column("is_real", "BOOLEAN", "Whether."),
        ),
    ),
    Model(name="rpt_missing", layer="reports", sql="", meaning="None.", grain=("x",), columns=()),
]


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


def test_a_snapshot_gives_the_same_figures_and_the_same_bytes() -> None:
    read = figures.read(toy(ROWS), AS_OF, MODELS)

    again = figures.from_json(read.to_json())

    assert again.to_json() == read.to_json()
    assert again.rows("rpt_toy")[1].amount_usd == Decimal("12345678901234567.89")
    assert again.rows("rpt_toy")[1].since == dt.date(2026, 1, 15)


def test_rows_come_in_the_order_of_the_grain_however_they_were_stored() -> None:
    read = figures.read(toy(ROWS), AS_OF, MODELS)

    assert [row.name for row in read.rows("rpt_toy")] == ["a", "b"]


def test_a_figure_is_named_by_report_grain_and_column() -> None:
    row = figures.read(toy(ROWS), AS_OF, MODELS).rows("rpt_toy")[0]

    assert row.figure("amount_usd") == "rpt_toy.a.amount_usd"


def test_a_report_that_was_not_built_has_no_rows() -> None:
    assert figures.read(toy(ROWS), AS_OF, MODELS).rows("rpt_missing") == ()


def test_a_column_that_does_not_exist_is_an_error() -> None:
    row = figures.read(toy(ROWS), AS_OF, MODELS).rows("rpt_toy")[0]

    with pytest.raises(AttributeError, match="rpt_toy has no column amount"):
        _ = row.amount


def test_a_published_figure_is_never_a_float() -> None:
    con = toy("('a', cast(0.1 as double), null, true)")

    with pytest.raises(TypeError, match="DOUBLE"):
        figures.read(con, AS_OF, MODELS).to_json()


def test_the_state_of_the_records_alone_makes_no_other_content() -> None:
    plain = figures.read(toy(ROWS), AS_OF, MODELS)
    con = toy(ROWS)
    con.execute("create table rpt_quality as select 'prices' as item, 3 as rows")
    columns = (Column("item", "VARCHAR", ""), Column("rows", "INTEGER", ""))
    quality = Model("rpt_quality", "reports", "", "State.", ("item",), columns)
    judged = figures.read(con, AS_OF, [*MODELS, quality])

    assert judged.digest != plain.digest
    assert judged.content_digest == plain.content_digest
