"""No decimal loses a digit where it meets another, and no product of two is too wide for its type.

Where decimals of two scales meet (set operations, case, coalesce, least, greatest) DuckDB keeps the
larger number of digits before the point and drops places after it as soon as both need over 38
digits; Spark drops the others. A product of decimals of up to 18 digits stays at 18 digits and
raises. DuckDB itself is asked for the type of each branch. `make check` runs this too.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from sqlglot import exp, parse_one

from flows.build.current import view_columns
from flows.build.trial import PARAMETER_COLUMNS
from flows.ingest.shapes import shapes
from tests import bundled
from warehouse.store import another, connect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb

MODELS = bundled.models()
SCHEMA: Mapping[str, Mapping[str, str]] = {
    **{name: {c.name: c.type for c in model.columns} for name, model in MODELS.items()},
    **view_columns(shapes()),
    "parameters": PARAMETER_COLUMNS,
    "t": {"d": "DATE", "whole": "DECIMAL(38,0)", "cents": "DECIMAL(38,2)", "rate": "DECIMAL(28,10)",
          "price": "DECIMAL(18,4)", "units": "DECIMAL(18,0)", "n": "BIGINT"},
}  # fmt: skip
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_MOST_DIGITS = 38
_NARROW = 18


@cache
def _tables() -> duckdb.DuckDBPyConnection:
    con = connect(":memory:")
    for name, columns in SCHEMA.items():
        body = ", ".join(f'"{column}" {type_}' for column, type_ in columns.items())
        con.execute(f'create table "{name}" ({body})')
    return con


def _objections(sql: str) -> list[str]:
    """What loses digits in a query, in its own words."""
    tree = parse_one(sql, read="duckdb")
    found = []
    with another(_tables()) as con:
        for shown, types in [*_met(con, tree), *_united(con, tree)]:
            decimals = [(int(w), int(s)) for t in types for w, s in _DECIMAL.findall(t)]
            whole = max((w - s for w, s in decimals), default=0)
            if whole + max((s for _, s in decimals), default=0) > _MOST_DIGITS:
                found.append(f"{' and '.join(sorted(set(types)))} meet in {shown}")
        for shown, types in _multiplied(con, tree):
            decimals = [(int(w), int(s)) for t in types for w, s in _DECIMAL.findall(t)]
            widths = [w for w, _ in decimals]
            if len(widths) == 2 and max(widths) <= _NARROW < sum(widths):
                found.append(f"{' by '.join(types)} is {_NARROW} digits wide in {shown}")
    return found


def _met(con: duckdb.DuckDBPyConnection, tree: exp.Expr) -> Iterator[tuple[str, list[str]]]:
    for node in tree.find_all(exp.Case, exp.Coalesce, exp.Least, exp.Greatest):
        if isinstance(node, exp.Case):
            branches = [one.args["true"] for one in node.args["ifs"]]
            branches += [node.args["default"]] if node.args.get("default") else []
        else:
            branches = [node.this, *node.expressions]
        yield _shown(node), _types(con, tree, node, branches)


def _multiplied(con: duckdb.DuckDBPyConnection, tree: exp.Expr) -> Iterator[tuple[str, list[str]]]:
    for node in tree.find_all(exp.Mul):
        yield _shown(node), _types(con, tree, node, [node.this, node.expression])


def _united(con: duckdb.DuckDBPyConnection, tree: exp.Expr) -> Iterator[tuple[str, list[str]]]:
    for node in tree.find_all(exp.SetOperation):
        if isinstance(node.parent, exp.SetOperation):
            continue
        branches = [
            _described(con, tree, node, branch.sql(dialect="duckdb"))
            for branch in node.find_all(exp.Select)
            if _within(branch, node)
        ]
        for columns in zip(*branches, strict=True):
            name = columns[0][0]
            yield f"column {name} of {_shown(node)}", [type_ for _, type_ in columns]
    for node in tree.find_all(exp.Values):
        rows = [row.expressions for row in node.expressions if isinstance(row, exp.Tuple)]
        for place in zip(*rows, strict=True):
            told = ", ".join(one.sql(dialect="duckdb") for one in place)
            types = [r[1] for r in con.execute(f"describe select {told}").fetchall()]
            yield _shown(node), types


def _within(branch: exp.Expr, union: exp.Expr) -> bool:
    """Whether a select is a branch of a set operation and not a query within a branch."""
    parent = branch.parent
    while parent is not union:
        if not isinstance(parent, exp.SetOperation | exp.Subquery) or (
            isinstance(parent, exp.Subquery) and not isinstance(parent.parent, exp.SetOperation)
        ):
            return False
        parent = parent.parent
    return True


def _types(
    con: duckdb.DuckDBPyConnection, tree: exp.Expr, node: exp.Expr, branches: list[exp.Expr]
) -> list[str]:
    """The types of expressions where they stand; a bare null has none."""
    told = [b for b in branches if not isinstance(b, exp.Null)]
    select = node.find_ancestor(exp.Select)
    if not told or select is None:
        return []
    asked = select.copy()
    for part in ("where", "having", "order", "limit", "distinct", "qualify"):
        asked.set(part, None)
    if _is_of_a_row(node, select) or not node.find(exp.AggFunc):
        asked.set("group", None)
    asked.set("expressions", [exp.alias_(b.copy(), f"c{n}") for n, b in enumerate(told)])
    return [t for _, t in _described(con, tree, select, asked.sql(dialect="duckdb"))]


def _is_of_a_row(node: exp.Expr, select: exp.Select) -> bool:
    """Whether an expression is of single rows, before any are grouped."""
    inner, parent = node, node.parent
    while parent is not select and parent is not None:
        if isinstance(parent, exp.AggFunc | exp.Where | exp.Join | exp.Group | exp.Having):
            return True
        inner, parent = parent, parent.parent
    return inner.arg_key in ("where", "joins", "group")


def _described(
    con: duckdb.DuckDBPyConnection, tree: exp.Expr, node: exp.Expr, query: str
) -> list[tuple[str, str]]:
    """Columns and types of a query that stands where `node` does: it sees the CTEs before it."""
    own = node.find_ancestor(exp.CTE)
    seen = []
    for cte in tree.args["with_"].expressions if tree.args.get("with_") else []:
        if cte is own:
            break
        seen.append(cte.sql(dialect="duckdb"))
    before = f"with {', '.join(seen)} " if seen else ""
    return [(r[0], r[1]) for r in con.execute(f"describe {before}{query}").fetchall()]


def _shown(node: exp.Expr) -> str:
    text = " ".join(node.sql(dialect="duckdb").split())
    return text if len(text) <= 100 else f"{text[:97]}..."


@pytest.mark.parametrize("name", sorted(MODELS))
def test_no_decimal_of_a_model_loses_digits_where_it_meets_another(name: str) -> None:
    assert _objections(MODELS[name].sql) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select cents as x from t union all select whole as x from t",
        (
            "with a as (select cents as x from t), b as (select sum(units) as x from t) "
            "select * from a union all select * from b"
        ),
        "select case when n > 0 then cents else whole end as x from t",
        "select coalesce(cents, whole) as x from t",
        "select least(sum(price), max(whole)) as x from t group by d",
        "select sum(case when n > 0 then rate else whole end) as x from t group by d",
        "select d from t where greatest(rate, whole) > 1",
        "select * from (values (cast(1.55 as decimal(38, 2))), (cast(2 as decimal(38, 0)))) as v",
        "select units * price as x from t",
        "select sum(units * price) as x from t group by d",
    ],
)
def test_what_loses_digits_is_objected_to(sql: str) -> None:
    assert len(_objections(sql)) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "select cents as x from t union all select cast(whole as decimal(38, 2)) as x from t",
        "select coalesce(cents, 0) as x from t",
        "select coalesce(rate, n) as x from t",
        "select case when n > 0 then price end as x from t",
        "select cast(units as decimal(28, 0)) * price as x from t",
    ],
)
def test_what_keeps_every_digit_is_not(sql: str) -> None:
    assert _objections(sql) == []
