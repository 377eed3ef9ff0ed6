"""No query lets the alphabet choose what counts; `make check` runs this too."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from flows.build.current import view_columns
from flows.build.trial import PARAMETER_COLUMNS
from flows.ingest.shapes import shapes
from tests import bundled
from tests.sql.picking import asked_for_first, picks

MODELS = bundled.models()
SCHEMA = {
    **{name: {c.name: c.type for c in model.columns} for name, model in MODELS.items()},
    **view_columns(shapes()),
    "parameters": PARAMETER_COLUMNS,
    "t": {"a": "VARCHAR", "b": "VARCHAR", "d": "DATE", "n": "BIGINT", "source_id": "VARCHAR",
          "is_b": "BOOLEAN", "confidence": "VARCHAR", "u": "VARCHAR"},
}  # fmt: skip
FIRST = asked_for_first({name: model.sql for name, model in MODELS.items()})
#: By model: the expression that may take one of several texts, and why that chooses nothing.
ALLOWED = yaml.safe_load(Path(__file__).with_name("picking_allowed.yml").read_text("utf-8"))


@pytest.mark.parametrize("name", sorted(MODELS))
def test_no_text_chooses(name: str) -> None:
    allowed = ALLOWED.get(name, {})
    found = picks(name, MODELS[name].sql, SCHEMA, FIRST)

    assert [str(pick) for pick in found if pick.expression not in allowed] == []
    # what no query says any more is allowed to none
    assert set(allowed) <= {pick.expression for pick in found}


def test_each_exception_says_why() -> None:
    assert all(len(why) > 20 for each in ALLOWED.values() for why in each.values())


def _reasons(sql: str) -> list[str]:
    return [pick.reason for pick in picks("t", sql, SCHEMA, asked_for_first({"t": sql}))]


def _numbered(order: str) -> str:
    return (
        f"with r as (select t.*, row_number() over (partition by b order by {order}) as place"
        " from t) select * from r where place = 1"
    )


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        (_numbered("a"), "a text chooses"),
        (_numbered("source_id"), "a text chooses"),
        (_numbered("d desc, a"), "identifies no row"),
        (_numbered("d desc, source_id, n"), "before another key"),
        (_numbered("d desc, lower(source_id)"), "identifies no row"),
        (_numbered("case when is_b then a else b end, d"), "a text chooses"),
        (_numbered("a").replace("place = 1", "place <= 3"), "a text chooses"),
        (_numbered("a").replace("row_number", "dense_rank"), "a text chooses"),
        (
            "select a from t qualify row_number() over (partition by b order by a) = 1",
            "a text chooses",
        ),
        ("select distinct on (b) b, a from t order by b, a", "distinct on"),
        ("select a from t order by a limit 1", "a text chooses"),
        ("select first_value(n) over (partition by b order by a) as n from t", "a text chooses"),
        ("select lag(n) over (partition by b order by a) as n from t", "a text chooses"),
        ("select b, max(a) as a from t group by b", "spelling"),
        ("select b, min(case when is_b then a end) as a from t group by b", "spelling"),
        ("select b, min(a) over (partition by b) as a from t", "spelling"),
        ("select b, any_value(a) as a from t group by b", "spelling"),
        ("select b, first(a) as a from t group by b", "spelling"),
        ("select b, last(a order by d) as a from t group by b", "spelling"),
        ("select b, arg_max(n, a) as n from t group by b", "takes either"),
        ("select b, max_by(n, d) as n from t group by b", "takes either"),
    ],
)
def test_a_planted_choice_by_a_text_is_found(sql: str, reason: str) -> None:
    found = _reasons(sql)

    assert found
    assert any(reason in text for text in found), found


@pytest.mark.parametrize(
    "sql",
    [
        _numbered("d desc, n, case when is_b then 0 else 1 end, source_id"),
        _numbered("d desc"),
        # a place on a page chooses nothing
        "select t.*, row_number() over (order by a) as line_no from t",
        "select b, max(d) as d, max(n) as n from t group by b",
        "select b, case when count(*) = 1 then max(a) end as a from t group by b",
        "select b, case when min(a) = max(a) then max(a) end as a from t group by b",
        "select b from t group by b having min(a) < max(a)",
        "select b, string_agg(distinct a, ';' order by a) as a from t group by b",
    ],
)
def test_what_is_stated_is_let_through(sql: str) -> None:
    assert _reasons(sql) == []
