"""The rows of a file that keep every rule of their contract, told fast; the others are only named.

The rules are the contract's own. What is in doubt is left to `check`, which says why: a row passes
here only if it would pass there with the same values, and if its texts are trimmed, it does pass
here if it would there. Rules of one text column are asked of its distinct values, which are few in
most columns; so are days read.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.contracts import KINDS
from flows.ingest.loading_day import is_known
from flows.ingest.parse import day_of, is_whole, value_of, wholes

if TYPE_CHECKING:
    import datetime as dt

#: Where more of the values than this are distinct, the rules are asked of every row.
_FEW = 0.125
#: Where more of the first values than this are distinct, so are the others, and none is looked for.
_MOST = 0.9
#: Of fewer rows than this, to look for the distinct values takes longer than to ask of each.
_SMALL = 2000
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def screened(
    kind: str, rows: pl.DataFrame, latest: dt.date | None = None
) -> tuple[pl.DataFrame, pl.Series]:
    """The rows in the contract's types, with `row_no`, and which of them are good.

    `rows` are as in `Piece`: text, trimmed or not, or in the contract's types already, with `line`
    and `row_no`. What the others are in the types means nothing. None is good that was published
    after `latest`.
    """
    columns = KINDS[kind].columns()
    given = [name for name in columns if name in rows.columns]
    texts = [name for name in given if columns[name].dtype == pl.String()]
    unread = [name for name in given if rows.schema[name] != columns[name].dtype]
    days = [name for name in unread if columns[name].dtype == pl.Date()]
    few = _few(rows, [*texts, *days])
    whole = [name for name in unread if is_whole(columns[name].dtype)]
    parsed = (
        {
            name: value_of(pl.col(name), columns[name].dtype)[0]
            for name in unread
            if name not in (*days, *whole)
        }
        | {name: pl.lit(wholes(rows[name], columns[name].dtype)) for name in whole}
        | {name: _days(rows[name], few.get(name)) for name in days}
    )
    values = [
        parsed.get(name, pl.col(name)).alias(name)
        if name in given
        else pl.lit(None, column.dtype).alias(name)
        for name, column in columns.items()
    ]
    typed = rows.select(*values, "row_no")
    does_parse = [(rows[name].is_null() | typed[name].is_not_null()).alias(name) for name in parsed]
    rules = [*_text_rules(kind, texts, few), *_rules(kind, tuple(given)), *is_known(latest)]
    is_good = typed.select(pl.all_horizontal(rules).alias("is_good")).to_series()
    for verdict in does_parse:
        is_good &= verdict
    return typed, is_good


def _days(texts: pl.Series, few: pl.Series | None) -> pl.Expr:
    """A column of days; where it has `few` distinct values, each is read once."""
    if few is None:
        return pl.lit(_read(texts))
    return pl.col(texts.name).replace_strict(few, _read(few), return_dtype=pl.Date)


def _read(texts: pl.Series) -> pl.Series:
    """Texts as days: mostly they are of one form, which is quick to read."""
    # of a day without a time the parser is quicker than a look at what it has parsed before
    plain = pl.col(texts.name).str.to_date("%Y-%m-%d", strict=False, cache=False)
    is_plain = pl.col(texts.name).str.contains(_DAY)
    days = texts.to_frame().select(pl.when(is_plain).then(plain)).to_series()
    others = (days.is_null() & texts.is_not_null()).arg_true()
    if not len(others):
        return days
    return days.scatter(others, texts[others].to_frame().select(day_of(pl.first())).to_series())


def _few(rows: pl.DataFrame, names: list[str]) -> dict[str, pl.Series]:
    """The distinct values of those columns that have few of them."""
    if not names or rows.height <= _SMALL:
        return {}
    first = rows.head(_SMALL).select(pl.col(names).n_unique())
    asked = [name for name in names if first[name].item() <= _SMALL * _MOST]
    if not asked:
        return {}
    distinct = rows.select(pl.col(asked).unique().implode())
    found = {name: distinct[name].item().rename(name) for name in asked}
    return {name: values for name, values in found.items() if len(values) <= rows.height * _FEW}


def _text_rules(kind: str, texts: list[str], few: dict[str, pl.Series]) -> list[pl.Expr]:
    """What each row is asked of its texts: if those are few, not to be one that breaks a rule."""
    asked = [
        few[name].to_frame().lazy().filter(~_text_rule(kind, name)) for name in texts if name in few
    ]
    broken = [values.to_series() for values in pl.collect_all(asked)]
    return [_text_rule(kind, name) for name in texts if name not in few] + [
        ~pl.col(bad.name).is_in(bad.implode(), nulls_equal=True) for bad in broken if len(bad)
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
