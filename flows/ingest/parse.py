"""Text to the types of a contract, in expressions; what does not parse is told, never guessed.

A number may have more decimals than its column: it is rounded half to even, but for a column of
whole numbers, where half a chip is a mistake of the file. Thousands separators, currency signs and
day-first dates are not read, since each can mean two things.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import dataframely as dy

#: Between a column and the rule that its text broke, as dataframely writes it.
OF = "|"
_TRUE = ("true", "t", "yes", "y", "1")
_FALSE = ("false", "f", "no", "n", "0")
_ISO_DAY = r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$"
_MIDNIGHT = r"[T ]00:00(:00(\.0+)?)?(Z|\+00:?00)?$"
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_WHOLE = r"^[+-]?[0-9]+$"
_WHOLE_WITH_POINT = r"^([+-]?[0-9]+)\.0*$"
_EXPONENT = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]{1,3}$"
_FRACTION = r"\.[0-9]*[1-9]"


def parsed(rows: pl.DataFrame, schema: type[dy.Schema]) -> pl.DataFrame:
    """The rows in the contract's types, and a Boolean column `<column>|<rule>` for each column
    whose text may fail to parse: true where it did parse, or was blank.

    A column that the file lacks is null throughout. `line` and `row_no` are passed on.
    """
    values: list[pl.Expr] = []
    verdicts: list[pl.Expr] = []
    for name, column in schema.columns().items():
        if name == "line":
            continue
        if name not in rows.columns:
            values.append(pl.lit(None, column.dtype).alias(name))
            continue
        value, rule = value_of(pl.col(name), column.dtype)
        values.append(value.alias(name))
        if rule:
            verdicts.append((pl.col(name).is_null() | value.is_not_null()).alias(name + OF + rule))
    order = [*schema.column_names(), "row_no"]
    typed = rows.lazy().select(*values, "line", "row_no", *verdicts).collect()
    return typed.select(*order, pl.exclude(order))


def is_whole(dtype: pl.DataType) -> bool:
    """Whether a column holds whole numbers: chips, shares, units."""
    return dtype == pl.Int64 or (isinstance(dtype, pl.Decimal) and dtype.scale == 0)


def unparsed_number(text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """The rule that a text of a column of numbers broke which did not fit it: not_whole for a
    fraction of a whole number, too_large for a number all the same, else not_a_number.
    """
    has_fraction = _spelled_out(text).str.contains(_FRACTION) & pl.lit(is_whole(dtype))
    number = pl.when(has_fraction).then(pl.lit("not_whole")).otherwise(pl.lit("too_large"))
    return pl.when(text.str.contains(_NUMBER)).then(number).otherwise(pl.lit("not_a_number"))


def value_of(text: pl.Expr, dtype: pl.DataType) -> tuple[pl.Expr, str]:
    """A text in a type, null where it does not parse, and the rule that it broke then."""
    if is_whole(dtype):
        plain = _spelled_out(text).str.replace(_WHOLE_WITH_POINT, "$1")
        whole = pl.when(plain.str.contains(_WHOLE)).then(plain)
        return whole.cast(dtype, strict=False), "not_a_number"
    if isinstance(dtype, pl.Decimal):
        return text.cast(dtype, strict=False), "not_a_number"
    if dtype == pl.Date:
        return day_of(text), "not_a_date"
    if isinstance(dtype, pl.Datetime):
        return _moment(text), "not_a_time"
    if dtype == pl.Boolean:
        lower = text.str.to_lowercase()
        known = pl.when(lower.is_in(_TRUE)).then(True).when(lower.is_in(_FALSE)).then(False)
        return known, "not_a_boolean"
    return text, ""


def wholes(texts: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Texts as whole numbers, as `value_of` reads them: mostly digits alone, which is quick."""
    digits = texts.cast(pl.Int64, strict=False)
    if digits.null_count() == texts.null_count():
        return digits.cast(dtype)
    return texts.to_frame().select(value_of(pl.first(), dtype)[0]).to_series()


def _spelled_out(text: pl.Expr) -> pl.Expr:
    """1.5e3 as 1500, exactly; a text without an exponent as it is."""
    return text.map_batches(_without_exponents, return_dtype=pl.String, is_elementwise=True)


def _without_exponents(texts: pl.Series) -> pl.Series:
    places = texts.str.contains(_EXPONENT).arg_true()
    if not len(places):
        return texts
    spelled = [format(Decimal(text), "f") for text in texts.gather(places)]
    return texts.scatter(places, pl.Series(spelled, dtype=pl.String))


def day_of(text: pl.Expr) -> pl.Expr:
    """2025-12-09, 2025/12/9, 20251209, or midnight of a day as some tools write it."""
    stated = text.str.replace_all("/", "-", literal=True).str.replace(_MIDNIGHT, "")
    compact = stated.str.replace(r"^([0-9]{4})([0-9]{2})([0-9]{2})$", "$1-$2-$3")
    day = compact.str.to_date("%Y-%m-%d", strict=False)
    return pl.when(compact.str.contains(_ISO_DAY)).then(day)


def _moment(text: pl.Expr) -> pl.Expr:
    """An ISO 8601 date and time; without a zone it is UTC, with one it is brought to UTC."""
    stated = (
        text.str.replace(" ", "T", literal=True)
        .str.replace(r"[Zz]$", "+00:00")
        .str.replace(r"(T[0-9:.]+)$", "$1+00:00")
        .str.replace(r"(T[0-9]{2}:[0-9]{2})([+-])", "$1:00$2")
        .str.replace(r"([+-][0-9]{2})([0-9]{2})$", "$1:$2")
    )
    zoned = stated.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="us", strict=False)
    return pl.when(stated.str.contains(r"^[0-9]{4}-")).then(zoned.dt.replace_time_zone(None))
