"""Every model makes of the rows given in its twin the rows that the twin expects."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from flows.build.current import view_columns
from flows.build.graph import in_order, inputs
from flows.build.trial import PARAMETER_COLUMNS, try_model
from flows.ingest.shapes import shapes
from tests import bundled
from warehouse.store import another, connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from flows.build.model import Model, UnitTest

MODELS = bundled.models()


@cache
def _shapes() -> dict[str, dict[str, str]]:
    tables = {name: {c.name: c.type for c in m.columns} for name, m in MODELS.items()}
    return {**tables, **view_columns(shapes()), "parameters": PARAMETER_COLUMNS}


def _cases() -> Iterator[Any]:
    for model in MODELS.values():
        for test in model.unit_tests:
            yield pytest.param(model, test, id=f"{model.name}-{test.name}")


@pytest.fixture(scope="module")
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(":memory:") as opened:
        yield opened


@pytest.mark.parametrize(("model", "test"), list(_cases()))
def test_a_model_makes_the_rows_its_twin_expects(
    empty: duckdb.DuckDBPyConnection, model: Model, test: UnitTest
) -> None:
    # temporary tables are of one connection
    with another(empty) as con:
        made = try_model(con, model, test.given, _shapes())
        types = {c.name: c.type for c in model.columns}
        expected = [
            {
                name: None if value is None else _cast(con, value, types[name])
                for name, value in row.items()
            }
            for row in test.expect
        ]

    assert [
        {n: row[n] for n in want} for row, want in zip(made, expected, strict=False)
    ] == expected
    assert len(made) == len(expected), made[len(expected) :]


@pytest.mark.parametrize("model", list(MODELS.values()), ids=list(MODELS))
def test_every_model_has_a_unit_test_and_says_what_it_means(model: Model) -> None:
    assert model.unit_tests
    assert model.meaning
    assert model.layer == "checks" or model.grain
    assert all(column.says for column in model.columns)


def test_models_form_a_graph_without_circles() -> None:
    order = in_order(inputs(MODELS))

    assert sorted(order) == sorted(MODELS)


def _cast(con: Any, value: Any, type_: str) -> Any:
    return con.execute(f"select cast(? as {type_})", [str(value)]).fetchone()[0]
