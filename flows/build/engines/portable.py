"""What keeps a model from saying the same on DuckDB and on Spark, with its reason and its line.

A construct is portable if both engines were compared on it; whatever is not listed here is refused
until it has been. Reads trees and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from flows.build.engines.transpile import kind, typed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flows.build.model import Model

_T = exp.DType
_DOUBLES = {_T.DOUBLE, _T.FLOAT}

#: Said the same on both, by itself or by a rule of `transpile`.
_COMPARED: frozenset[type[exp.Expr]] = frozenset(
    {
        # the frame of a query
        exp.Select, exp.From, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.With,
        exp.CTE, exp.Join, exp.Union, exp.Except, exp.Intersect, exp.Subquery, exp.Exists,
        exp.Values, exp.Tuple, exp.Table, exp.TableAlias, exp.Alias, exp.Column, exp.Identifier,
        exp.Star, exp.Var, exp.Paren, exp.Literal, exp.Null, exp.Boolean, exp.DataType,
        exp.DataTypeParam, exp.Distinct, exp.Limit, exp.Filter,
        # conditions
        exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is,
        exp.In, exp.Between, exp.Like, exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Greatest,
        exp.Least, exp.NullSafeEQ, exp.NullSafeNEQ,
        # numbers
        exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Abs, exp.Round, exp.Ceil, exp.Floor,
        exp.Sqrt, exp.Exp, exp.Ln, exp.Cast, exp.TryCast,
        # text
        exp.DPipe, exp.Lower, exp.Upper, exp.Length, exp.Replace, exp.SplitPart, exp.StrPosition,
        exp.RegexpReplace, exp.Trim, exp.ConcatWs, exp.Contains,
        # days
        exp.Interval, exp.DateDiff, exp.DateFromParts, exp.LastDay, exp.Extract, exp.Year,
        exp.Quarter, exp.Month, exp.Day, exp.TimestampTrunc, exp.DateTrunc,
        # over rows
        exp.Count, exp.Sum, exp.Min, exp.Max, exp.GroupConcat, exp.Window, exp.WindowSpec,
        exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.FirstValue,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Objection:
    """Something in a model that Spark would say otherwise or not at all."""

    model: str
    where: str
    construct: str
    reason: str

    def __str__(self) -> str:
        return f"{self.model}, {self.where}: {self.construct}: {self.reason}"


def objections(model: Model, schema: Mapping[str, Mapping[str, str]]) -> list[Objection]:
    """Everything in a model's SQL and in the checks of its twin that is not portable.

    `schema` gives the DuckDB types of every table that the model may read, its own among them.
    """
    found = [
        Objection(model.name, f"line {_line(node)}", _shown(node), reason)
        for node, reason in _judge(model.sql, schema)
    ]
    for check in model.checks:
        asked = f'select count(*) from "{model.name}" where {check.holds}'
        found += [
            Objection(model.name, f"check {check.name}", _shown(node), reason)
            for node, reason in _judge(asked, schema)
        ]
    return found


def _judge(sql: str, schema: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[exp.Expr, str]]:
    from sqlglot import parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(sql, read="duckdb")
    except SqlglotError as error:
        yield exp.Null(), f"sqlglot does not read it: {error}"
        return
    said = [(node, _reason(node, _SHAPES)) for node in tree.walk()]
    yield from ((node, reason) for node, reason in said if reason)
    if not any(reason for _, reason in said):
        tree = typed(sql, schema)
        yield from ((n, reason) for n in tree.walk() if (reason := _reason(n, _TYPES)))


def _reason(node: exp.Expr, rules: Mapping[type[exp.Expr], Callable[[Any], str]]) -> str:
    if rules is _SHAPES and type(node) not in _COMPARED:
        return _WORDS.get(type(node)) or "was never compared on both engines"
    rule = rules.get(type(node))
    return rule(node) if rule else ""


def _join(node: exp.Join) -> str:
    if node.args.get("method"):
        return "Spark joins by conditions only: rank the candidates in a CTE and keep the first"
    return ""


def _star(node: exp.Star) -> str:
    changed = any(node.args.get(part) for part in ("except_", "replace", "rename", "except"))
    return "columns are named one by one, not left out or replaced" if changed else ""


def _distinct(node: exp.Distinct) -> str:
    return "number the rows in a CTE and keep the first" if node.args.get("on") else ""


def _with(node: exp.With) -> str:
    return "a query that reads itself was never compared" if node.args.get("recursive") else ""


def _by_all(node: exp.Group | exp.Ordered) -> str:
    is_all = node.args.get("all") or (isinstance(node.this, exp.Column) and node.name == "all")
    return "name the columns" if is_all else ""


def _limit(node: exp.Limit) -> str:
    parent = node.parent
    ordered = parent is not None and parent.args.get("order")
    return "" if ordered else "without an order each engine keeps other rows"


def _list(node: exp.GroupConcat) -> str:
    ordered = node.find(exp.Order) or isinstance(node.parent, exp.WithinGroup)
    return "" if ordered else "without an order each engine gives another text"


def _window(node: exp.Window) -> str:
    by_order = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.FirstValue)
    if isinstance(node.this, by_order) and not node.args.get("order"):
        return "without an order each engine numbers otherwise"
    return ""


def _frame(node: exp.WindowSpec) -> str:
    return "" if node.text("kind").upper() == "ROWS" else "only frames of rows were compared"


def _difference(node: exp.DateDiff) -> str:
    if (node.text("unit") or "day").upper() != "DAY":
        return "DuckDB counts boundaries that are crossed, Spark whole units: count days"
    return ""


def _part(node: exp.Extract) -> str:
    known = {"YEAR", "QUARTER", "MONTH", "DAY"}
    return "" if node.this.name.upper() in known else "weeks and weekdays are numbered otherwise"


def _replaced(node: exp.RegexpReplace) -> str:
    pattern = node.args["expression"].name
    if node.args.get("modifiers") or not (pattern.startswith("^") or pattern.endswith("$")):
        return "DuckDB replaces the first match, Spark all: tie the pattern to an end by ^ or $"
    return ""


def _summed(node: exp.Sum) -> str:
    if kind(node.this) in _DOUBLES:
        return "a sum of DOUBLEs depends on the order of the rows: cast to DECIMAL first"
    return ""


def _cast(node: exp.Cast) -> str:
    source = kind(node.this)
    if source == _T.UNKNOWN and not isinstance(node.this, exp.Null):
        return "from a type that cannot be told: cast the columns in it"
    if source in _DOUBLES and node.to.this in (_T.TEXT, _T.VARCHAR):
        return "the two engines write a DOUBLE in other words: cast it to DECIMAL first"
    return ""


def _joined_text(node: exp.DPipe) -> str:
    if {kind(node.this), kind(node.expression)} & _DOUBLES:
        return "the two engines write a DOUBLE in other words: cast it to DECIMAL first"
    return ""


def _days(node: exp.Add | exp.Sub) -> str:
    days = {kind(node.this), kind(node.expression)} & {_T.DATE, _T.TIMESTAMP}
    if days and not isinstance(node.expression, exp.Interval):
        return "add an interval to a day, and take days apart by date_diff"
    return ""


#: What is refused by its own name, and what to write in its place.
_WORDS: dict[type[exp.Expr], str] = {
    exp.Qualify: "number the rows in a CTE and filter in the next",
    exp.IntDiv: "divide and round or cast",
    exp.Avg: "divide a sum of DECIMALs by a count, so that no order of rows shows",
    exp.AnyValue: "each engine takes another row: take the least or the greatest",
    exp.CurrentDate: "the day comes from parameters.as_of",
    exp.CurrentTimestamp: "the day comes from parameters.as_of",
    exp.ILike: "compare lower(…) by like",
    exp.Unnest: "join rows; lists and structs are not used",
    exp.Array: "join rows; lists and structs are not used",
    exp.Struct: "join rows; lists and structs are not used",
    exp.Anonymous: "is a function that only DuckDB is known to have",
}

_SHAPES: dict[type[exp.Expr], Callable[[Any], str]] = {
    exp.Join: _join,
    exp.Star: _star,
    exp.Distinct: _distinct,
    exp.With: _with,
    exp.Group: _by_all,
    exp.Ordered: _by_all,
    exp.Limit: _limit,
    exp.GroupConcat: _list,
    exp.Window: _window,
    exp.WindowSpec: _frame,
    exp.DateDiff: _difference,
    exp.Extract: _part,
    exp.RegexpReplace: _replaced,
}

_TYPES: dict[type[exp.Expr], Callable[[Any], str]] = {
    exp.Sum: _summed,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.DPipe: _joined_text,
    exp.Add: _days,
    exp.Sub: _days,
}


def _line(node: exp.Expr) -> int:
    """The line of a node, or of the nearest one that knows its own."""
    while True:
        for inner in node.walk():
            if "line" in inner.meta:
                return int(inner.meta["line"])
        if node.parent is None:
            return 1
        node = node.parent


def _shown(node: exp.Expr) -> str:
    text = " ".join(node.sql(dialect="duckdb").split())
    return text if len(text) <= 60 else f"{text[:57]}..."
