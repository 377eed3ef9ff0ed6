"""Numbers as providers write them, to plain ones: currency signs, thousands marks, 3.5M, 1.2亿手.

Exact, in text. What is not wholly of a known form is handed on as it is, for the contract to
refuse with the text as received. Whether a comma or a point comes before the fraction is told by
the file's own numbers, and never guessed from 1,234, which may be either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.readers.headings import LOT

if TYPE_CHECKING:
    from collections.abc import Iterable

_MANY = {
    "": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12,
    "千": 10**3, "万": 10**4, "百万": 10**6, "亿": 10**8, "万亿": 10**12,
}  # fmt: skip
#: A group of thousands does not begin with 0.
_BEFORE = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)"
_COUNT = rf"^({_BEFORE}(?:\.[0-9]+)?|\.[0-9]+)\s*(K|M|B|T|千|万亿|百万|万|亿)?\s*(手|股)?$"
#: Larger than any column of ours, and small enough to be multiplied by all of the above.
_LARGEST = 10**16
_GROUPED = r"^[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?$"
_WITH_COMMA = r"^[+-]?([1-9][0-9]{0,2}(\.[0-9]{3})+|[0-9]+)(,[0-9]+)?$"
_POINTS_GROUP = r"^[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?$"
#: The signs that a price may carry, and the currencies that each may stand for.
SIGNS = {
    "HK$": ("HKD",), "NT$": ("TWD",), "US$": ("USD",), "$": ("USD",), "€": ("EUR",), "£": ("GBP",),
    "\u00a5": ("CNY", "JPY"), "\uffe5": ("CNY", "JPY"),
}  # fmt: skip
_SIGN = r"^(HK\$|NT\$|US\$|\$|€|£|\u00a5|\uffe5)\s*"
#: What stands behind a number: per cent, thousands and millions, lots and shares.
_BEHIND = r"\s*(%|[KMBTkmbt]|千|万亿|百万|万|亿)?\s*(手|股)?$"
_SPACES = r"([0-9])[\u00a0\u202f' ]([0-9]{3})"


def decimal_of(prices: Iterable[pl.Series], others: Iterable[pl.Series]) -> str | None:
    """The mark before the fraction in a file's numbers: `comma`, `point`, `""` where there is no
    mark at all; None where all the prices that have one have one group of three behind it.

    0,142 and 1234,567 are fractions: a group of thousands neither begins with 0 nor follows four
    digits. `others` are numbers of other columns, whose single groups of three say nothing.
    """
    of_prices = _forms(prices)
    of_others = _forms(others)
    comma = of_prices["comma"] + of_others["comma"]
    point = of_prices["point"] + of_others["point"]
    if comma or point:
        return "comma" if comma > point else "point"
    return None if of_prices["open"] else ""


def _forms(columns: Iterable[pl.Series]) -> dict[str, int]:
    """How many of the numbers have a comma, or a point, before their fraction, or either."""
    found = {"comma": 0, "point": 0, "open": 0}
    for column in columns:
        number = _bare_number(pl.col(column.name))
        frame = column.to_frame().select(number.alias("number"))["number"].drop_nulls()
        for ours, mark, group in (("comma", ",", r"\."), ("point", r"\.", ",")):
            told = (
                rf"^[0-9]*{mark}([0-9]{{1,2}}|[0-9]{{4,}})$|^0[0-9]*{mark}[0-9]+$"
                rf"|^[0-9]{{4,}}{mark}[0-9]+$|^[0-9]{{1,3}}({group}[0-9]{{3}})+{mark}[0-9]+$"
                rf"|^[0-9]{{1,3}}({group}[0-9]{{3}}){{2,}}$"
            )
            found[ours] += int(frame.str.contains(told).sum())
        found["open"] += int(frame.str.contains(r"^[1-9][0-9]{0,2}[.,][0-9]{3}$").sum())
    return found


def _bare_number(text: pl.Expr) -> pl.Expr:
    bare = text.str.strip_chars().str.replace(_SIGN, "").str.replace(_BEHIND, "")
    return bare.str.replace(r"^[+-]", "").str.replace_all(_SPACES, "$1$2")


def pointed(text: pl.Expr, mark: str | None) -> pl.Expr:
    """Numbers with a comma before their fraction to those with a point: 1.234,56M to 1234.56M."""
    spaced = text.str.replace_all(_SPACES, "$1$2")
    if mark != "comma":
        return spaced
    sign = spaced.str.extract(rf"{_SIGN}").fill_null("")
    bare = spaced.str.replace(_SIGN, "")
    behind = bare.str.extract(r"([^0-9.,]*)$").fill_null("")
    number = bare.str.replace(r"[^0-9.,]*$", "")
    plain = (
        pl.when(number.str.contains(_POINTS_GROUP))
        .then(number.str.replace_all(".", "", literal=True))
        .otherwise(number)
        .str.replace(",", ".", literal=True)
    )
    fits = number.str.contains(_WITH_COMMA)
    return pl.when(fits).then(pl.concat_str(sign, plain, behind)).otherwise(text)


def ungrouped(text: pl.Expr) -> pl.Expr:
    """1,436.00 to 1436.00, where the marks part thousands throughout."""
    return (
        pl.when(text.str.contains(_GROUPED))
        .then(text.str.replace_all(",", "", literal=True))
        .otherwise(text)
    )


def sign_of(text: pl.Expr) -> pl.Expr:
    """The currency sign before a number, null where there is none."""
    return text.str.extract(_SIGN)


def unsigned(text: pl.Expr) -> pl.Expr:
    """$184.97 to 184.97."""
    return ungrouped(text.str.replace(_SIGN, ""))


def percent(text: pl.Expr) -> pl.Expr:
    """-0.31% to -0.31."""
    return ungrouped(text.str.replace(r"\s*%$", ""))


def counted(text: pl.Expr, *, lot: int = 1) -> pl.Expr:
    """144.72M, 1.2亿, 3.5万手 to a plain number of shares.

    `lot` is what one of an unmarked number stands for; 手 is a lot of 100 and 股 a share whatever
    it is.
    """
    compact = text.str.to_uppercase().str.strip_chars()
    groups = compact.str.extract_groups(_COUNT)
    number = _exact(groups.struct.field("1").str.replace_all(",", "", literal=True))
    mark = groups.struct.field("2").fill_null("")
    unit = groups.struct.field("3").fill_null("")
    many = pl.lit(None, pl.Decimal(38, 6))
    for stated, times in _MANY.items():
        many = pl.when(mark == stated).then(number * times).otherwise(many)
    shares = pl.when(unit == "手").then(many * LOT).when(unit == "股").then(many)
    counted_shares = shares.otherwise(many * lot).cast(pl.String)
    return whole(pl.coalesce(counted_shares, scaled(text, lot)))


def scaled(text: pl.Expr, times: int) -> pl.Expr:
    """A plain number so many times as large, exactly."""
    return whole(pl.coalesce((_exact(text) * times).cast(pl.String), text))


def whole(text: pl.Expr) -> pl.Expr:
    """5935032.000000 to 5935032; a fraction that is one stays."""
    return text.str.replace(r"^([+-]?[0-9]+)\.0*$", "$1")


def _exact(text: pl.Expr) -> pl.Expr:
    """The number that a text is, null where it is none, or so large that no column holds it."""
    number = text.cast(pl.Decimal(38, 6), strict=False)
    return pl.when(number.abs() < _LARGEST).then(number)
