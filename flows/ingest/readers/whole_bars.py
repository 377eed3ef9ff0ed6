"""Daily bars that are not of a whole session, set apart from those that are.

Providers show the session in progress as the last row, and some files keep such a row for good.
Its close is a price of that moment: between two closes it would be two wrong returns.
"""

from __future__ import annotations

import polars as pl

from flows.ingest.parse import day_of

#: Changes are stated to 0.01 %; one that is off by more does not start from the row before.
_TOLERANCE_PCT = 0.02
#: Beyond a daily price limit a change from another close is a split or bonus issue.
_LIMIT_PCT = 21.0

_OPEN = (
    "The session of {} had not closed when the file was received: fetch the file again after"
    " the close."
)
_CONTRADICTED = (
    "The row of {} states a change of {} % to {}, which is not from the close of {} here: this row"
    " was taken during the session, or a dividend lies between. Fetch the day anew, or state it in"
    " a file of our own columns."
)


def set_open_apart(rows: pl.DataFrame, ragged: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the bars (`traded_on`, `line`) of sessions that had not closed on receipt.

    `open_from` is the first such session of each row's exchange, null where no sessions are
    known. Returns the other rows, and `ragged` with those added.
    """
    is_open = (day_of(pl.col("traded_on")) >= pl.col("open_from")).fill_null(value=False)
    return set_apart(rows, ragged, is_open, "session_not_closed", pl.format(_OPEN, "traded_on"))


def set_contradicted_apart(
    rows: pl.DataFrame, ragged: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the bars whose close the next bar of the symbol contradicts by its `stated_pct`.

    Returns the other rows, and `ragged` with those added.
    """
    close = pl.col("close").cast(pl.Float64, strict=False)
    stated = pl.col("stated_pct").cast(pl.Float64, strict=False)
    following = [
        value.shift(-1).over("symbol", "mic", order_by="traded_on").alias(name)
        for name, value in (
            ("next_close", close),
            ("next_pct", stated),
            ("next_on", pl.col("traded_on")),
            ("next_text", pl.col("close")),
        )
    ]
    compared = rows.with_columns(following)
    off = ((pl.col("next_close") / close - 1) * 100 - pl.col("next_pct")).abs()
    is_contradicted = off.is_between(_TOLERANCE_PCT, _LIMIT_PCT, closed="none")
    reason = pl.format(_CONTRADICTED, "next_on", "next_pct", "next_text", "close")
    rows, ragged = set_apart(compared, ragged, is_contradicted, "close_contradicted", reason)
    return rows.drop("next_close", "next_pct", "next_on", "next_text"), ragged


def set_apart(
    rows: pl.DataFrame, ragged: pl.DataFrame, is_apart: pl.Expr, rule: str, reason: pl.Expr
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows that break a rule: the others, and `ragged` with those added."""
    breaks = is_apart.fill_null(value=False)
    apart = rows.filter(breaks).select("line", pl.lit(rule).alias("rule"), reason.alias("reason"))
    return rows.filter(~breaks), pl.concat([ragged, apart])
