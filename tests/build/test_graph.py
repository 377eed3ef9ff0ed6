"""The model graph is found by parsing, and a wrong name is a clear error."""

from __future__ import annotations

import pytest

from flows.build.graph import in_order, inputs, needed_for, tables_of
from flows.build.model import Model
from warehouse.errors import WrongUse


def _model(name: str, sql: str) -> Model:
    return Model(name, "marts", sql, "", (), ())


def test_a_models_own_ctes_are_not_its_inputs() -> None:
    sql = "with a as (select * from rec_chips), b as (select * from a) select * from b"

    assert tables_of(sql) == {"rec_chips"}


def test_each_model_comes_after_what_it_reads() -> None:
    models = {
        "fct_b": _model("fct_b", "select * from stg_a"),
        "stg_a": _model("stg_a", "select * from rec_sales"),
    }

    assert in_order(inputs(models)) == ["stg_a", "fct_b"]


def test_a_name_that_is_no_model_is_refused_by_name() -> None:
    models = {"fct_b": _model("fct_b", "select * from stg_missing")}

    with pytest.raises(WrongUse, match="fct_b reads stg_missing"):
        inputs(models)


def test_sql_that_does_not_parse_names_its_model() -> None:
    models = {"fct_b": _model("fct_b", "select from where")}

    with pytest.raises(WrongUse, match="fct_b is not SQL"):
        inputs(models)


def test_a_circle_is_refused() -> None:
    reads = {"a": frozenset({"b"}), "b": frozenset({"a"})}

    with pytest.raises(WrongUse, match="circle"):
        in_order(reads)


def test_a_target_needs_all_that_it_rests_on_and_no_more() -> None:
    reads = {"a": frozenset({"rec_x"}), "b": frozenset({"a"}), "c": frozenset({"a"})}

    assert needed_for(reads, ["b"]) == {"a", "b"}
