"""Daily bars that are not of a whole session, set apart from those that are.

Providers show the session in progress as the last row, and some files keep such a row for good.
Its close is a price of that moment: between two closes it would be two wrong returns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.parse import day_of
from flows.ingest.readers.reading import Listing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from flows.ingest.readers.reading import Request

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
    rows: pl.DataFrame, ragged: pl.DataFrame, request: Request
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the bars whose close the bar of the next session contradicts by its `stated_pct`.

    A change is stated from the session before, so a bar is compared only where no session lies
    between. Returns the other rows, and `ragged` with those added.
    """
    marked = []
    for one in rows.partition_by("symbol", "mic", maintain_order=True):
        symbol, mic, currency, is_index = one.select("symbol", "mic", "currency", "is_index").row(0)
        listing = Listing(symbol, mic, currency, is_index)
        open_on = request.market.sessions(listing) if request.market else ()
        marked.append(_contradicted(one, open_on))
    if not marked:
        return rows, ragged
    compared = pl.concat(marked).sort("line", maintain_order=True)
    reason = pl.format(_CONTRADICTED, "next_on", "next_pct", "next_text", "close")
    kept, ragged = set_apart(
        compared, ragged, pl.col("is_contradicted"), "close_contradicted", reason
    )
    return kept.select(rows.columns), ragged


def _contradicted(one: pl.DataFrame, open_on: Sequence[dt.date]) -> pl.DataFrame:
    """The bars of a listing with what the next bar says, and whether that contradicts them."""
    close = pl.col("close").cast(pl.Float64, strict=False)
    stated = pl.col("stated_pct").cast(pl.Float64, strict=False)
    compared = one.sort("traded_on", maintain_order=True).with_columns(
        day_of(pl.col("traded_on")).alias("day"),
        close.shift(-1).alias("next_close"),
        stated.shift(-1).alias("next_pct"),
        pl.col("traded_on").shift(-1).alias("next_on"),
        pl.col("close").shift(-1).alias("next_text"),
    )
    off = ((pl.col("next_close") / close - 1) * 100 - pl.col("next_pct")).abs()
    is_off = off.is_between(_TOLERANCE_PCT, _LIMIT_PCT, closed="none")
    return compared.with_columns(is_contradicted=is_off & _no_session_between(open_on))


def _no_session_between(open_on: Sequence[dt.date]) -> pl.Expr:
    """Whether no session lies between `day` and `next_on`: by the exchange's calendar where that
    covers both, else by the week, since every weekday may have been one.
    """
    day, following = pl.col("day"), day_of(pl.col("next_on"))
    by_week = pl.business_day_count(day + pl.duration(days=1), following) == 0
    if not open_on:
        return by_week
    sessions = pl.Series(open_on, dtype=pl.Date).sort()

    def at(of: pl.Expr) -> pl.Expr:
        return pl.lit(sessions).search_sorted(of, "right").cast(pl.Int64)

    is_known = (day >= sessions[0]) & (following <= sessions[-1])
    return pl.when(is_known).then(at(following) - at(day) == 1).otherwise(by_week)


def set_apart(
    rows: pl.DataFrame, ragged: pl.DataFrame, is_apart: pl.Expr, rule: str, reason: pl.Expr
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows that break a rule: the others, and `ragged` with those added."""
    breaks = is_apart.fill_null(value=False)
    apart = rows.filter(breaks).select("line", pl.lit(rule).alias("rule"), reason.alias("reason"))
    return rows.filter(~breaks), pl.concat([ragged, apart])
