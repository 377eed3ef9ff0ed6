"""What both engines read but compute differently is said for Spark by a rule."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from flows.build.engines.spark_session import session, shown
from flows.build.engines.spark_types import duckdb_type, holds_all_of, spark_type
from flows.build.engines.transpile import to_spark
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = {"t": {"a": "VARCHAR", "d": "DATE", "n": "BIGINT", "x": "DOUBLE", "m": "DECIMAL(18,2)"}}


def _said(expression: str) -> str:
    return to_spark(f"select {expression} as r from t", SCHEMA)


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ("m / n", "CAST(`t`.`m` AS DOUBLE) / CAST(`t`.`n` AS DOUBLE)"),
        ("cast(x as decimal(18, 2))", "CHIPBRIEF_WHOLE((`t`.`x`) * CAST('1E2' AS DOUBLE))"),
        ("cast(m as bigint)", "CAST(ROUND(`t`.`m`, 0) AS BIGINT)"),
        ("cast(x as bigint)", "CAST(RINT(`t`.`x`) AS BIGINT)"),
        ("length(a)", "CAST(LENGTH(`t`.`a`) AS BIGINT)"),
        ("extract(year from d)", "CAST(EXTRACT(YEAR FROM `t`.`d`) AS BIGINT)"),
        ("row_number() over (order by n)", "CAST(ROW_NUMBER() OVER (ORDER BY `t`.`n` NULLS LAST)"),
        ("d - interval 3 month", "CAST(`t`.`d` AS TIMESTAMP_NTZ) - INTERVAL '3' MONTH"),
        ("string_agg(a, ';' order by n)", "WITHIN GROUP (ORDER BY `t`.`n` NULLS LAST)"),
        (
            "string_agg(distinct a, ';' order by a)",
            "ARRAY_JOIN(ARRAY_SORT(COLLECT_SET(`t`.`a`)), ';')",
        ),
    ],
)
def test_a_rule_says_it_so_that_the_cells_agree(expression: str, part: str) -> None:
    assert part in _said(expression)


def test_a_decimal_stays_a_decimal_and_is_not_sent_through_double() -> None:
    assert "DOUBLE" not in _said("cast(m * m as decimal(28, 2))")


def test_the_catalog_of_the_warehouse_is_not_looked_for_on_spark() -> None:
    said = to_spark('select a from "warehouse".main.t', SCHEMA)

    assert "warehouse" not in said
    assert "FROM `t` AS `t`" in said


def test_a_column_that_is_not_there_is_wrong_use() -> None:
    with pytest.raises(WrongUse, match="cannot be said for Spark"):
        _said("missing")


def test_types_go_there_and_back() -> None:
    for type_ in ("VARCHAR", "BIGINT", "DATE", "TIMESTAMP", "BOOLEAN", "DECIMAL(28,2)"):
        assert duckdb_type(spark_type(type_)) == type_
    with pytest.raises(WrongUse, match="HUGEINT"):
        spark_type("HUGEINT")


def test_a_type_is_widened_only_where_no_digit_can_change() -> None:
    assert holds_all_of("DECIMAL(38,2)", "DECIMAL(28,2)")
    assert holds_all_of("BIGINT", "INTEGER")
    assert not holds_all_of("DECIMAL(28,2)", "DECIMAL(38,2)")
    assert not holds_all_of("DECIMAL(38,4)", "DECIMAL(28,2)")
    assert not holds_all_of("DECIMAL(18,2)", "DOUBLE")


def test_a_missing_extra_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.build.engines.spark_session.find_spec", lambda _: None)

    with pytest.raises(WrongUse, match=r"pip install 'chipbrief\[spark\]'"), session("local", {}):
        pass


def test_a_missing_java_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("flows.build.engines.spark_session.find_spec", lambda _: sys)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(WrongUse, match="needs Java 17 or 21"), session("local", {}):
        pass


def test_a_setting_that_would_change_the_figures_is_refused() -> None:
    with pytest.raises(WrongUse, match=r"ansi\.enabled = false .* change the figures"):
        session("local", {"spark.sql.ansi.enabled": "false"}).__enter__()


def test_a_token_in_the_address_is_never_shown() -> None:
    assert shown("sc://host:15002/;token=secret") == "sc://host:15002/"
