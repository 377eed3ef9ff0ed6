"""Finds where a query lets the alphabet choose: a lint over SQL, on sqlglot's tree.

A window that numbers rows and is asked for its first, an aggregate that takes one of several texts,
a neighbour, a limit: each chooses a row. What it chooses by is a day, a number, a yes or no, or a
rank that a CASE states. A text may only part rows that all of this leaves equal, as the last key,
and only one that identifies a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp, parse_one

from flows.build.engines.transpile import kind, typed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Texts that identify a row: as the last keys they make an order total and say nothing else.
IDENTITY = frozenset(
    {
        "channel", "chip_id", "claim_id", "copy_of", "definition_id", "event_id", "fee_id",
        "figure_key", "item", "key", "mic", "operator", "other_record_key", "other_source_id",
        "parameter", "publisher", "record_key", "rule_id", "sale_id", "scope", "source_id",
        "symbol", "taken_source_id", "variant_id", "vendor",
    }
)  # fmt: skip
_NUMBERING = (exp.RowNumber, exp.Rank, exp.DenseRank)
_NEIGHBOUR = (exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue)
_ONE_OF = (exp.Min, exp.Max, exp.AnyValue, exp.First, exp.Last)
_BY = (exp.ArgMin, exp.ArgMax)
_COMPARED = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
_TEXTS = {exp.DType.TEXT, exp.DType.VARCHAR, exp.DType.CHAR, exp.DType.UNKNOWN}


@dataclass(frozen=True)
class Pick:
    """A place where a text chooses: the expression as DuckDB would write it, and why not."""

    model: str
    expression: str
    reason: str

    def __str__(self) -> str:
        return f"{self.model}: {self.expression}: {self.reason}"


def asked_for_first(queries: Mapping[str, str]) -> set[str]:
    """The names of columns that any query compares with a number, as in `place = 1`."""
    names = set()
    for sql in queries.values():
        for node in parse_one(sql, read="duckdb").find_all(*_COMPARED, exp.Between, exp.In):
            sides = [*node.args.values()]
            flat = [s for side in sides for s in (side if isinstance(side, list) else [side])]
            if any(isinstance(side, exp.Literal) and not side.is_string for side in flat):
                names |= {side.name for side in flat if isinstance(side, exp.Column)}
    return names


def picks(
    model: str, sql: str, schema: Mapping[str, Mapping[str, str]], first: set[str]
) -> list[Pick]:
    """Every place in a query where a text chooses. `first` is that of `asked_for_first`."""
    tree = typed(sql, schema)
    return [
        Pick(model, _shown(node), reason) for node, reason in _judge(tree, first) if reason
    ]  # fmt: skip


def _judge(tree: exp.Expr, first: set[str]) -> Iterator[tuple[exp.Expr, str]]:
    for node in tree.walk():
        if isinstance(node, exp.Window):
            yield node, _window(node, first)
        elif isinstance(node, exp.Distinct) and node.args.get("on"):
            yield node, "distinct on takes whichever row comes first: number the rows"
        elif isinstance(node, exp.Limit):
            order = node.parent.args.get("order") if node.parent else None
            yield node, _keys(order.expressions if order else [])
        elif isinstance(node, _BY):
            yield node, "of two rows that are equal in this it takes either: number the rows"
        elif isinstance(node, _ONE_OF) and not _is_of_window(node):
            yield node, _one_of(node, first)


def _window(node: exp.Window, first: set[str]) -> str:
    order = node.args.get("order")
    keys = order.expressions if order else []
    made = node.this.this if isinstance(node.this, exp.IgnoreNulls) else node.this
    if isinstance(made, _NEIGHBOUR):
        return _keys(keys)
    if isinstance(made, _NUMBERING):
        named = node.find_ancestor(exp.Alias)
        is_asked = named is None or named.alias in first
        return _keys(keys) if is_asked or node.find_ancestor(exp.Qualify) else ""
    if isinstance(made, _ONE_OF):
        return _one_of(made, first)
    return ""


def _keys(keys: list[exp.Expr]) -> str:
    """Why an order may not choose; empty where it may."""
    texts = [kind(key.this) in _TEXTS for key in keys]
    stated = texts.index(True) if True in texts else len(keys)
    if not keys:
        return "no order: whichever row comes first"
    if stated == 0:
        return "a text chooses: state what is preferred before it"
    for key, is_text in zip(keys[stated:], texts[stated:], strict=True):
        name = key.this.name if isinstance(key.this, exp.Column) else ""
        if not is_text:
            return "a text comes before another key: state a rank in its place"
        if name not in IDENTITY:
            return f"{name or 'an expression'} is a text that identifies no row"
    return ""


def _one_of(node: exp.Expr, first: set[str]) -> str:
    """Of texts the least or the greatest is an accident of spelling.

    Asked whether all are the same it chooses nothing: in a comparison of the two, and behind it.
    Nor does it where a rank has left one row.
    """
    if kind(node.this) not in _TEXTS or isinstance(node.this, exp.Star):
        return ""
    window = node.parent if isinstance(node.parent, exp.Window) else node
    if isinstance(window.parent, _COMPARED):
        return ""
    case = node.find_ancestor(exp.If)
    if case is not None and _is_sole(case.this, node.this):
        return ""
    inner = node.this.find(exp.If) if isinstance(node.this, exp.Case) else None
    if inner is not None and _is_ranked(inner.this, first):
        return ""
    return "takes one of several texts by their spelling"


def _is_sole(condition: exp.Expr, text: exp.Expr) -> bool:
    """Whether a condition says that there is one row, or one value of this text."""
    for equal in condition.find_all(exp.EQ):
        left, right = equal.this, equal.expression
        if isinstance(left, exp.Count) and right.sql() == "1":
            return True
        if {type(left), type(right)} == {exp.Min, exp.Max} and left.this == right.this == text:
            return True
    return False


def _is_ranked(condition: exp.Expr, first: set[str]) -> bool:
    """Whether a condition asks for the first by a rank, as in `place = 1`."""
    return any(
        isinstance(equal.this, exp.Column)
        and equal.this.name in first
        and equal.expression.sql() == "1"
        for equal in condition.find_all(exp.EQ)
    )


def _is_of_window(node: exp.Expr) -> bool:
    return isinstance(node.parent, exp.Window)


def _shown(node: exp.Expr) -> str:
    """The expression in one line, without the names of tables."""
    bare = node.copy()
    for column in bare.find_all(exp.Column):
        column.set("table", None)
    return " ".join(bare.sql(dialect="duckdb").replace('"', "").split()).lower()
