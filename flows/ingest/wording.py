"""Why a row was held back, as a sentence: the column, the value as received, the rule in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from flows.ingest.contracts.record import CURRENCY, IDENTIFIER, MIC, PRINTABLE, TEXT
from flows.ingest.parse import OF

if TYPE_CHECKING:
    from collections.abc import Callable

    import dataframely as dy

_SHOWN = 80
_ONE_OF = re.compile(r"\^\(([A-Za-z0-9_/|.<>= -]+)\)\$")
_FORMS = {
    CURRENCY: "three capital letters, such as USD",
    MIC: "a market code of four letters or digits, such as XNAS",
    PRINTABLE: "text on one line, without control characters",
    TEXT: "text without control characters",
    IDENTIFIER: "an id of letters, digits and ._:@+- that begins with a letter or digit",
}
_UNPARSED = {
    "not_a_number": "not a number (write 1234.5: no separators, no currency sign)",
    "not_a_date": "not a date (write 2025-12-09)",
    "not_a_time": "not a date and time (write 2025-12-09T14:30:00Z)",
    "not_a_boolean": "neither true nor false",
    "not_whole": "not a whole number, and nothing is rounded",
    "too_large": "a number larger than its column can hold",
}


def reason(schema: type[dy.Schema], rule: str, present: list[str]) -> pl.Expr:
    """The sentence for a rule of a contract, over the text columns `present` of the rows."""
    column, _, check = rule.partition(OF)
    if not check:
        return _of_several_columns(schema, rule, present)
    if check == "nullability":
        return pl.lit(f"{column} is empty, and every row must state it.")
    stated = schema.columns()[column]
    words = _UNPARSED.get(check) or _limit(stated, check)
    if check == "not_a_number" and stated.dtype == pl.Int64:
        words = "not a whole number (write 1234: no separators)"
    return pl.concat_str(pl.lit(f"{column} is "), _shown(column, present), pl.lit(f": {words}."))


def _limit(column: dy.Column, check: str) -> str:
    bound = getattr(column, check, None)
    plain: dict[str, Callable[[Any], str]] = {
        "min": lambda b: f"less than {b}, the least allowed",
        "max": lambda b: f"more than {b}, the most allowed",
        "min_exclusive": lambda b: f"it must be more than {b}",
        "max_exclusive": lambda b: f"it must be less than {b}",
        "min_length": lambda b: f"shorter than {b} characters",
        "max_length": lambda b: f"longer than {b} characters",
        "regex": _form,
    }
    return plain[check](bound) if check in plain else f"it breaks the rule {check}"


def _form(pattern: str) -> str:
    words = _ONE_OF.fullmatch(pattern)
    if words:
        return "not one of " + ", ".join(words[1].split("|"))
    if pattern in _FORMS:
        return f"not {_FORMS[pattern]}"
    return f"not of the form {pattern}"


def _of_several_columns(schema: type[dy.Schema], rule: str, present: list[str]) -> pl.Expr:
    """`open is 5, high is 4: high is highest` and what the contract says of the rule."""
    function = getattr(schema, rule).validation_fn
    columns = sorted(set(function(schema).meta.root_names()), key=schema.column_names().index)
    shown = [pl.concat_str(pl.lit(f"{name} is "), _shown(name, present)) for name in columns]
    told = (function.__doc__ or "").strip().partition("\n")[0]
    words = rule.replace("_", " ")
    return pl.concat_str(
        pl.concat_str(shown, separator=", "),
        pl.lit(f": the rule is “{words}”.{' ' + told if told else ''}"),
    )


def _shown(name: str, present: list[str]) -> pl.Expr:
    if name not in present:
        return pl.lit("not stated")
    value = pl.col(name).str.replace_all(r"[\x00-\x1f\x7f]", "�")
    cut = pl.when(value.str.len_chars() > _SHOWN).then(value.str.slice(0, _SHOWN) + "…")
    quoted = pl.concat_str(pl.lit("'"), cut.otherwise(value), pl.lit("'"))
    return quoted.fill_null("empty")
