"""Every model can be said on DuckDB and on Spark alike; `make check` runs this too."""

from __future__ import annotations

import pytest

from flows.build.current import view_columns
from flows.build.engines.portable import objections
from flows.build.model import Check, Column, Model
from flows.build.trial import PARAMETER_COLUMNS
from flows.ingest.shapes import shapes
from tests import bundled

MODELS = bundled.models()
SCHEMA = {
    **{name: {c.name: c.type for c in model.columns} for name, model in MODELS.items()},
    **view_columns(shapes()),
    "parameters": PARAMETER_COLUMNS,
    "t": {"a": "VARCHAR", "d": "DATE", "n": "BIGINT", "x": "DOUBLE", "m": "DECIMAL(18,2)"},
}


def _objected(sql: str, check: str | None = None) -> list[str]:
    checks = (Check("it_holds", check),) if check else ()
    model = Model("t", "marts", sql, "", ("a",), (Column("a", "VARCHAR", ""),), checks)
    return [str(found) for found in objections(model, SCHEMA)]


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_model_is_portable(name: str) -> None:
    assert [str(found) for found in objections(MODELS[name], SCHEMA)] == []


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("select a from t qualify row_number() over (order by a) = 1", "number the rows"),
        ("select t.a from t asof join t as o on t.d >= o.d", "rank the candidates"),
        ("select distinct on (a) a, d from t", "keep the first"),
        ("select * exclude (a) from t", "named one by one"),
        ("select a, count(*) from t group by all", "name the columns"),
        ("select a from t limit 3", "without an order"),
        ("select string_agg(a, ';') from t", "without an order"),
        ("select row_number() over (partition by a) from t", "without an order"),
        ("select date_diff('month', d, d) from t", "count days"),
        ("select extract(week from d) from t", "numbered otherwise"),
        ("select regexp_replace(a, 'x', '') from t", "tie the pattern"),
        ("select list_sort([a]) from t", "lists and structs"),
        ("select avg(m) from t", "divide a sum"),
        ("select n // 2 from t", "divide and round"),
        ("select strip_accents(a) from t", "only DuckDB"),
        ("select current_date from t", "parameters.as_of"),
        ("select sum(x) from t", "order of the rows"),
        ("select sum(m / n) from t", "order of the rows"),
        ("select cast(m / n as varchar) from t", "DECIMAL first"),
        ("select a || x from t", "DECIMAL first"),
        ("select d - d from t", "date_diff"),
        ("select d + 1 from t", "interval"),
        ("select sum(n) over (order by d range between 3 preceding and current row) from t",
         "frames of rows"),
    ],
)  # fmt: skip
def test_what_spark_would_say_otherwise_is_refused_with_the_reason(sql: str, reason: str) -> None:
    found = _objected(sql)

    assert found
    assert any(reason in text for text in found), found


def test_an_objection_names_the_model_and_the_line() -> None:
    found = _objected("select\n    a,\n    median(n) as n\nfrom t\ngroup by a")

    assert len(found) == 1
    assert found[0].startswith("t, line 3: ")


def test_the_checks_of_a_twin_are_looked_at_too() -> None:
    assert _objected("select a from t", "a similar to 'x.*'")[0].startswith("t, check it_holds: ")
    assert _objected("select a from t", "a <> ''") == []
