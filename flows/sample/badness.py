"""Rows spoilt on purpose, in the ways in which received rows are bad, for trials of quarantine."""

from __future__ import annotations

import polars as pl

from flows.sample.drawing import drawn

_WHICH, _HOW = 101, 102
#: What is wrong with a row, by column, in any file.
_IN_ANY: tuple[dict[str, pl.Expr], ...] = (
    {"vendor": pl.lit(None, pl.String)},
    {"basis": pl.lit("by ship")},
    {"currency": pl.col("currency").str.to_lowercase()},
    {"units": -pl.col("units")},
    {"unit_price": pl.col("unit_price") * 2},
    # the key of the row before, with other content
    {
        "sale_id": pl.col("sale_id").shift(1).fill_null("-"),
        "published_on": pl.col("published_on").shift(1).fill_null(pl.col("published_on")),
    },
)
#: What is wrong in text only: no number, no date, a field too many, half a pair of quotes.
_IN_TEXT: tuple[dict[str, pl.Expr], ...] = (
    {"revenue": pl.lit("n/a")},
    {"period_end": pl.lit("31.12.2025")},
    {"note": pl.lit("Invented,for trials.")},
    {"note": pl.lit('"Invented for trials.')},
)


def spoil(rows: pl.DataFrame, seed: int, share: float, *, as_text: bool) -> pl.DataFrame:
    """Spoil a `share` of the rows (by `number`), in every way by turns.

    As text every column becomes a String, and there are ways that types would not let through.
    """
    ways = _IN_ANY + _IN_TEXT if as_text else _IN_ANY
    text = pl.String if as_text else None
    how = pl.when(drawn(seed, _WHICH) < int(share * 2**32)).then(drawn(seed, _HOW) % len(ways))
    rows = rows.with_columns(how.alias("how"))
    changed = []
    for name, dtype in rows.schema.items():
        value = pl.col(name).cast(text or dtype)
        for place, way in enumerate(ways):
            if name in way:
                spoilt = way[name].cast(text or dtype)
                value = pl.when(pl.col("how") == place).then(spoilt).otherwise(value)
        changed.append(value.alias(name))
    return rows.select(changed).drop("how")
