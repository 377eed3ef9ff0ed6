"""The rows of a file that keep every rule of their contract, told fast; the others are only named.

The rules are the contract's own. What is in doubt is left to `check`, which says why: a row passes
here only if it would pass there with the same values. Rules of one text column are asked of its
distinct values, which are few in most columns.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from flows.ingest.contracts import KINDS
from flows.ingest.parse import value_of

#: Where more of the values than this are distinct, the rules are asked of every row.
_FEW = 0.125
#: Of fewer rows than this, to look for the distinct values takes longer than to ask of each.
_SMALL = 2000
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def screened(kind: str, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The good rows in the contract's types, with `row_no`, and the numbers of the rows in doubt.

    `rows` are as in `Piece`: text, trimmed or not, or in the contract's types already, with `line`
    and `row_no`.
    """
    columns = KINDS[kind].columns()
    given = [name for name in columns if name in rows.columns]
    texts = [name for name in given if columns[name].dtype == pl.String()]
    parsed = {
        name: _value(pl.col(name), columns[name].dtype)
        for name in given
        if rows.schema[name] != columns[name].dtype
    }
    values = [
        parsed.get(name, pl.col(name)).alias(name)
        if name in given
        else pl.lit(None, column.dtype).alias(name)
        for name, column in columns.items()
    ]
    typed = rows.select(*values, "row_no")
    does_parse = [(rows[name].is_null() | typed[name].is_not_null()).alias(name) for name in parsed]
    per_row, is_bad_text = _text_rules(kind, rows, texts)
    rules = [*per_row, *_rules(kind, tuple(given))]
    is_good = typed.select(pl.all_horizontal(rules).alias("is_good")).to_series()
    for verdict in (*does_parse, *(~is_bad for is_bad in is_bad_text)):
        is_good &= verdict
    if is_good.all():
        return typed, typed["row_no"].clear()
    return typed.filter(is_good), typed["row_no"].filter(~is_good)


def _value(text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Date:
        # of a day without a time the parser is quicker than a look at what it has parsed before
        day = text.str.to_date("%Y-%m-%d", strict=False, cache=False)
        return pl.when(text.str.contains(_DAY)).then(day)
    return value_of(text, dtype)[0]


def _text_rules(
    kind: str, rows: pl.DataFrame, texts: list[str]
) -> tuple[list[pl.Expr], list[pl.Series]]:
    """What is left to ask of every row, and which rows hold a text that breaks a rule."""
    if not texts or rows.height <= _SMALL:
        return [_text_rule(kind, name) for name in texts], []
    per_row: list[pl.Expr] = []
    asked: list[pl.LazyFrame] = []
    distinct = rows.select(pl.col(texts).unique().implode())
    for name in texts:
        kept = _text_rule(kind, name)
        values = distinct[name].item()
        if len(values) > rows.height * _FEW:
            per_row.append(kept)
        else:
            asked.append(values.rename(name).to_frame().lazy().filter(~kept))
    broken = [values.to_series() for values in pl.collect_all(asked)]
    return per_row, [
        rows[bad.name].is_in(bad.implode(), nulls_equal=True) for bad in broken if len(bad)
    ]


@cache
def _text_rule(kind: str, name: str) -> pl.Expr:
    """Whether a text is trimmed, not empty, and keeps the rules of its column."""
    text = pl.col(name)
    rules = KINDS[kind].columns()[name].validation_rules(text).values()
    is_trimmed = (text.str.strip_chars() == text) & (text != "")
    return pl.all_horizontal(rule.fill_null(value=True) for rule in (is_trimmed, *rules))


@cache
def _rules(kind: str, given: tuple[str, ...]) -> list[pl.Expr]:
    """The rules of the columns that are no text, and those of several columns."""
    schema = KINDS[kind]
    rules: list[pl.Expr] = []
    for name, column in schema.columns().items():
        if column.dtype != pl.String() and (name in given or not column.nullable):
            rules += column.validation_rules(pl.col(name)).values()
    # dataframely has no public list of a schema's own rules
    own = schema._schema_validation_rules()
    rules += [rule.expr for rule in own.values()]
    return [rule.fill_null(value=True) for rule in rules]
