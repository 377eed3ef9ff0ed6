"""Daily bars that are not of a whole session, set apart from those that are.

Providers show the session in progress as the last row, and some files keep such a row for good.
Its close is a price of that moment: between two closes it would be two wrong returns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.parse import day_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

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


def set_open_apart(
    rows: pl.DataFrame, ragged: pl.DataFrame, open_from: Mapping[str, dt.date | None]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the bars (`symbol`, `traded_on`, `line`) of sessions that had not closed on receipt.

    `open_from` is the first such session by symbol, None where no sessions are known. Returns the
    other rows, and `ragged` with those added.
    """
    first_open = pl.col("symbol").replace_strict(
        dict(open_from), default=None, return_dtype=pl.Date
    )
    is_open = (day_of(pl.col("traded_on")) >= first_open).fill_null(value=False)
    return _parted(rows, ragged, is_open, "session_not_closed", pl.format(_OPEN, "traded_on"))


def set_contradicted_apart(
    rows: pl.DataFrame, ragged: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the bars whose close the next bar of the symbol contradicts by its `stated_pct`.

    Returns the other rows, and `ragged` with those added.
    """
    close = pl.col("close").cast(pl.Float64, strict=False)
    stated = pl.col("stated_pct").cast(pl.Float64, strict=False)
    following = [
        close.shift(-1).over("symbol", order_by="traded_on").alias("next_close"),
        stated.shift(-1).over("symbol", order_by="traded_on").alias("next_pct"),
        pl.col("traded_on").shift(-1).over("symbol", order_by="traded_on").alias("next_on"),
        pl.col("close").shift(-1).over("symbol", order_by="traded_on").alias("next_text"),
    ]
    compared = rows.with_columns(following)
    off = ((pl.col("next_close") / close - 1) * 100 - pl.col("next_pct")).abs()
    is_contradicted = off.is_between(_TOLERANCE_PCT, _LIMIT_PCT, closed="none")
    reason = pl.format(_CONTRADICTED, "next_on", "next_pct", "next_text", "close")
    return _parted(
        compared, ragged, is_contradicted.fill_null(value=False), "close_contradicted", reason
    )


def _parted(
    rows: pl.DataFrame, ragged: pl.DataFrame, is_apart: pl.Expr, rule: str, reason: pl.Expr
) -> tuple[pl.DataFrame, pl.DataFrame]:
    apart = rows.filter(is_apart).select("line", pl.lit(rule).alias("rule"), reason.alias("reason"))
    return rows.filter(~is_apart), pl.concat([ragged, apart])
