"""Every model makes on Spark, too, of the rows in its twin the rows that the twin expects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flows.build.current import view_columns
from flows.build.engines.spark_tables import SparkTables
from flows.build.graph import tables_of
from flows.build.trial import PARAMETER_COLUMNS
from flows.ingest.shapes import shapes
from tests import bundled
from warehouse.store import connect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.build.model import Model

pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

MODELS = bundled.models()
SHAPES: dict[str, dict[str, str]] = {
    **{name: {c.name: c.type for c in model.columns} for name, model in MODELS.items()},
    **view_columns(shapes()),
    "parameters": PARAMETER_COLUMNS,
}


@pytest.mark.parametrize("model", list(MODELS.values()), ids=list(MODELS))
def test_a_model_makes_on_spark_the_rows_its_twin_expects(model: Model, spark: Any) -> None:
    tables = SparkTables(spark)
    grain = ", ".join(f'"{c}"' for c in model.grain)
    ordered = f"select * from (\n{model.sql}\n) as made" + (f" order by {grain}" if grain else "")
    with connect(":memory:") as con:
        for test in model.unit_tests:
            for name in tables_of(model.sql):
                _give(tables, name, test.given.get(name, ()))

            answer = tables.execute(ordered)

            names = [name for (name,) in answer.description]
            made = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
            expected = [
                {n: _cast(con, v, SHAPES[model.name][n]) for n, v in row.items()}
                for row in test.expect
            ]
            assert len(made) == len(expected), (test.name, made)
            for row, want in zip(made, expected, strict=True):
                assert {n: row[n] for n in want} == want, test.name


def _give(tables: SparkTables, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    columns = SHAPES[name]
    told = [[None if row.get(c) is None else str(row[c]) for c in columns] for row in rows]
    tables.rows(name, told, columns)


def _cast(con: Any, value: Any, type_: str) -> Any:
    if value is None:
        return None
    return con.execute(f"select cast(? as {type_})", [str(value)]).fetchone()[0]
