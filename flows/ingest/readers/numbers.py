"""Numbers as providers write them, to plain ones: currency signs, thousands marks, 3.5M, 1.2亿手.

Exact, in text. What is not wholly of a known form is handed on as it is, for the contract to
refuse with the text as received.
"""

from __future__ import annotations

import polars as pl

#: Shares in a lot of the mainland's exchanges.
LOT = 100
_MANY = {
    "": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12,
    "千": 10**3, "万": 10**4, "百万": 10**6, "亿": 10**8, "万亿": 10**12,
}  # fmt: skip
_COUNT = (
    r"^([0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?|\.[0-9]+)\s*(K|M|B|T|千|万亿|百万|万|亿)?\s*(手|股)?$"
)
#: Larger than any column of ours, and small enough to be multiplied by all of the above.
_LARGEST = 10**16
_GROUPED = r"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"
#: The signs that a price may carry, and the currencies that each may stand for.
SIGNS = {
    "HK$": ("HKD",), "NT$": ("TWD",), "US$": ("USD",), "$": ("USD",), "€": ("EUR",), "£": ("GBP",),
    "\u00a5": ("CNY", "JPY"), "\uffe5": ("CNY", "JPY"),
}  # fmt: skip
_SIGN = r"^(HK\$|NT\$|US\$|\$|€|£|\u00a5|\uffe5)\s*"


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
    return pl.coalesce(counted_shares, scaled(text, lot))


def scaled(text: pl.Expr, times: int) -> pl.Expr:
    """A plain number so many times as large, exactly."""
    return pl.coalesce((_exact(text) * times).cast(pl.String), text)


def _exact(text: pl.Expr) -> pl.Expr:
    """The number that a text is, null where it is none, or so large that no column holds it."""
    number = text.cast(pl.Decimal(38, 6), strict=False)
    return pl.when(number.abs() < _LARGEST).then(number)
