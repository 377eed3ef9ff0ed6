"""One statement of ours, as DuckDB reads it, said so that Spark gives the same cells.

sqlglot turns the grammar; the rules below turn what both engines read but compute differently.
Each rule says what differs. Nothing here starts Spark.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: A function of the session that rounds a DOUBLE half away from zero to a whole DECIMAL.
WHOLE = "chipbrief_whole"

#: DuckDB multiplies, rounds half away from zero and keeps every binary digit of what comes out;
#: Spark would go by the shortest decimal text. Whole part and rest of 2^63 are each exact.
DEFINE_WHOLE = f"""
create or replace temporary function {WHOLE}(v double) returns decimal(38, 0) return
    cast(cast(round(v) / 9.223372036854775808E18D as bigint) as decimal(38, 0))
    * 9223372036854775808BD
    + cast(
        round(v)
        - cast(cast(round(v) / 9.223372036854775808E18D as bigint) as double)
        * 9.223372036854775808E18D as bigint)
"""

_T = exp.DType
_WHOLE_NUMBERS = {_T.TINYINT, _T.SMALLINT, _T.INT, _T.BIGINT, _T.INT128}
_EMPTY = exp.DataType.build("unknown")


def to_spark(sql: str, schema: Mapping[str, Mapping[str, str]]) -> str:
    """The statement in Spark's SQL. `schema` gives the DuckDB types of every table it reads.

    Raises WrongUse for SQL that cannot be read or names what is not there.
    """
    return typed(sql, schema, turn=True).sql(dialect="spark", identify=True, copy=False)


def typed(sql: str, schema: Mapping[str, Mapping[str, str]], *, turn: bool = False) -> exp.Expr:
    """The statement's tree with the type of every expression; with `turn`, after our rules."""
    try:
        tree = sqlglot.parse_one(sql, read="duckdb")
        for table in tree.find_all(exp.Table):
            # a record's versions are `"warehouse".main.raw_x` there and a view `raw_x` here
            table.set("db", None)
            table.set("catalog", None)
        used = {table.name for table in tree.find_all(exp.Table)}
        known: dict[str, Any] = {t: dict(schema[t]) for t in sorted(used) if t in schema}
        for division in list(tree.find_all(exp.Div)):
            _divide_doubles(division)
        tree = qualify(tree, schema=known, dialect="duckdb")
        tree = annotate_types(tree, schema=known, dialect="duckdb")
    except SqlglotError as error:
        raise WrongUse(f"SQL that cannot be said for Spark: {error}") from error
    if turn:
        for node in reversed(list(tree.walk())):  # a child comes before its parent
            _turn(node)
    return tree


def kind(node: Any) -> exp.DType:
    """The type that an expression has in DuckDB; UNKNOWN where it cannot be told."""
    type_ = (node.type if isinstance(node, exp.Expr) else None) or _EMPTY
    found: exp.DType = type_.this
    if found == _T.UNKNOWN and isinstance(node, exp.Ceil | exp.Floor | exp.Paren):
        return kind(node.this)
    if found == _T.UNKNOWN and isinstance(node, exp.Replace | exp.SplitPart):
        return _T.TEXT
    return found


def _turn(node: exp.Expr) -> None:
    rule = _RULES.get(type(node))
    if rule is None:
        return
    type_ = node.type
    turned = rule(node)
    if turned is not None:
        turned.type = type_
        node.replace(turned)


def _divide_doubles(node: exp.Div) -> None:
    """`a / b` is a DOUBLE for every type in DuckDB; in Spark DECIMALs give a DECIMAL."""
    node.set("this", exp.cast(_bare(node.this), "double"))
    node.set("expression", exp.cast(_bare(node.expression), "double"))


def _cast(node: exp.Cast) -> exp.Expr | None:
    """From DOUBLE to DECIMAL by the binary value; to whole numbers rounded, never cut off."""
    source, target = kind(node.this), node.to.this
    inner = node.this.copy()
    if target == _T.DECIMAL and source in (_T.DOUBLE, _T.FLOAT):
        width, scale = (int(part.name) for part in node.to.expressions)
        return _decimal_of_double(inner, width, scale, is_try=isinstance(node, exp.TryCast))
    if target in _WHOLE_NUMBERS and source == _T.DECIMAL:
        return type(node)(this=exp.Round(this=inner, decimals=_number(0)), to=node.to.copy())
    if target in _WHOLE_NUMBERS and source in (_T.DOUBLE, _T.FLOAT):
        return type(node)(this=exp.func("rint", inner), to=node.to.copy())
    return None


def _decimal_of_double(inner: exp.Expr, width: int, scale: int, *, is_try: bool) -> exp.Expr:
    scaled = exp.Mul(this=exp.Paren(this=inner), expression=_double(f"1E{scale}"))
    whole: exp.Expr = exp.func(WHOLE, scaled)
    if scale:
        step = exp.cast(
            exp.Literal.string(f"{Decimal(1).scaleb(-scale):f}"), f"decimal({scale}, {scale})"
        )
        whole = exp.Mul(this=whole, expression=step)
    made = exp.cast(whole, f"decimal({width}, {scale})")
    if not is_try:
        return made
    size = exp.Abs(this=exp.Round(this=scaled.copy(), decimals=_number(0)))
    return exp.Case().when(exp.LT(this=size, expression=_double(f"1E{width}")), made)


def _round(node: exp.Round) -> exp.Expr | None:
    """A DOUBLE is rounded by its binary value, not by its shortest decimal text."""
    if kind(node.this) not in (_T.DOUBLE, _T.FLOAT):
        return None
    places = int(node.args["decimals"].name) if node.args.get("decimals") else 0
    inner = node.this.copy()
    if not places:
        return exp.Round(this=inner, decimals=_number(0))
    factor = _double(f"1E{places}")
    scaled = exp.Mul(this=exp.Paren(this=inner), expression=factor)
    return exp.Div(
        this=exp.Round(this=scaled, decimals=_number(0)), expression=factor.copy(), typed=False
    )


def _count(node: exp.Expr) -> exp.Expr:
    """Ranks, positions, lengths and parts of a date are BIGINT in DuckDB and INT in Spark."""
    return exp.cast(node.copy(), "bigint")


def _rank(node: exp.Window) -> exp.Expr | None:
    ranks = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Ntile)
    return _count(node) if isinstance(node.this, ranks) else None


def _double_ceil(node: exp.Ceil | exp.Floor) -> exp.Expr | None:
    """Of a DOUBLE it is a DOUBLE in DuckDB and a BIGINT in Spark."""
    return exp.cast(node.copy(), "double") if kind(node.this) == _T.DOUBLE else None


def _moment(node: exp.Expr) -> exp.Expr:
    """What date_trunc gives is a TIMESTAMP without a zone in DuckDB, with one in Spark."""
    return exp.cast(node.copy(), "timestamp_ntz", dialect="spark")


def _step(node: exp.Add | exp.Sub) -> exp.Expr | None:
    """A date and an interval make a TIMESTAMP in DuckDB, a date in Spark."""
    if not isinstance(node.expression, exp.Interval):
        return None
    moment = exp.cast(_bare(node.this).copy(), "timestamp_ntz", dialect="spark")
    return type(node)(this=moment, expression=node.expression.copy())


def _bare(node: exp.Expr) -> exp.Expr:
    return node.this if isinstance(node, exp.Paren) else node


def _double(text: str) -> exp.Expr:
    return exp.cast(exp.Literal.string(text), "double")


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def _each_once(node: exp.GroupConcat) -> exp.Expr | None:
    """Texts each once in their own order: an array of them, sorted and joined.

    Spark's optimizer fails on two `listagg(distinct …) within group` of one aggregate. Nulls are
    left out on both engines; of none at all DuckDB makes a null and `array_join` an empty text.
    """
    order = node.this
    if not (isinstance(order, exp.Order) and isinstance(order.this, exp.Distinct)):
        return None
    (by,), (text,) = order.expressions, order.this.expressions
    if by.args.get("desc") or by.this != text or isinstance(node.parent, exp.Window):
        return None
    found = exp.Anonymous(this="collect_set", expressions=[text.copy()])
    listed = exp.Anonymous(this="array_sort", expressions=[found])
    separator = node.args["separator"].copy()
    joined = exp.Anonymous(this="array_join", expressions=[listed, separator])
    is_any = exp.GT(this=exp.Count(this=text.copy()), expression=_number(0))
    return exp.Case(ifs=[exp.If(this=is_any, true=joined)])


_RULES: dict[type[exp.Expr], Callable[[Any], exp.Expr | None]] = {
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.GroupConcat: _each_once,
    exp.Round: _round,
    exp.Ceil: _double_ceil,
    exp.Floor: _double_ceil,
    exp.Window: _rank,
    exp.Length: _count,
    exp.StrPosition: _count,
    exp.Extract: _count,
    exp.Year: _count,
    exp.Quarter: _count,
    exp.Month: _count,
    exp.Day: _count,
    exp.TimestampTrunc: _moment,
    exp.DateTrunc: _moment,
    exp.Add: _step,
    exp.Sub: _step,
}
