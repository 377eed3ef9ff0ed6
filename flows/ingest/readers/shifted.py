"""Days that are one early or one late, as a day cut from a time in UTC is.

Midnight in Shanghai is 16:00 of the day before in UTC: a file saved so has every bar a day early.
Its closes are those of the next stored session, its weeks have a Sunday and no Friday, its first
bar is of the day before the stock was listed.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.readers.whole_bars import set_apart
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from flows.ingest.readers.known import Known

#: Prices that are the same, whoever rounds them.
_SAME = 0.0005
_MOST = 0.8
#: Fewer bars make no weeks.
_FEWEST = 4
_SATURDAY, _SUNDAY, _MONDAY, _FRIDAY = 6, 7, 1, 5
_WAY_OUT = (
    "Fetch or save it again with the days of the exchange's own clock: in pandas,"
    " index.tz_localize(None) keeps them and a conversion to UTC does not."
)
_BEFORE = "{} was first traded on {}: a bar of {} is another stock's, or of another day."


def refuse_shifted_days(one: pl.DataFrame, known: Known, symbol: str, name: str) -> None:
    """Raises Refused where the bars of one listing (`day`, `as_close`) are all a session early or
    late.
    """
    days = one.filter(pl.col("day").is_not_null()).unique("day", keep="last").sort("day")
    if days.is_empty():
        return
    for early, word, neighbour in ((True, "early", "next"), (False, "late", "previous")):
        told = _by_closes(days, known, early=early)
        if told:
            raise _refused(
                name, word, f"on {told} day(s) its closes of {symbol} are those of the {neighbour}"
                " session in the store",
            )  # fmt: skip
    weekdays = set(days["day"].dt.weekday())
    if days.height >= _FEWEST and _SUNDAY in weekdays and _FRIDAY not in weekdays:
        raise _refused(name, "early", f"its bars of {symbol} have Sundays and no Friday")
    if days.height >= _FEWEST and _SATURDAY in weekdays and _MONDAY not in weekdays:
        raise _refused(name, "late", f"its bars of {symbol} have Saturdays and no Monday")


def _refused(name: str, word: str, shows: str) -> Refused:
    return Refused(
        f"The days in {name} are one {word}: {shows}. They were cut from times in UTC.",
        _WAY_OUT,
        kind="prices",
    )


def _by_closes(days: pl.DataFrame, known: Known, *, early: bool) -> int:
    """On how many days the closes are those of the session beside it and not the day's own, 0 where
    that is not so of nearly all.
    """
    stored = known.closes
    if stored.is_empty():
        return 0
    beside = pl.Series("beside", [_beside(day, known, early=early) for day in days["day"]])
    moved = days.with_columns(beside.cast(pl.Date))
    there = moved.join(stored, left_on="beside", right_on="traded_on", how="inner")
    own = moved.join(stored, left_on="day", right_on="traded_on", how="inner")
    is_there, is_own = (frame.select(_is_one_of_them()).to_series() for frame in (there, own))
    if not is_there.len() or is_there.mean() < _MOST:  # type: ignore[operator]
        return 0
    if is_own.len() and is_own.mean() > 1 - _MOST:  # type: ignore[operator]
        return 0
    # one close alone may be the same by chance, and a day that is not stored says nothing
    return int(is_there.sum()) if is_there.len() > 1 or is_own.len() else 0


def _is_one_of_them() -> pl.Expr:
    same = [
        ((pl.col("as_close") / pl.col(basis) - 1).abs() <= _SAME).fill_null(value=False)
        for basis in ("raw", "split", "total_return")
    ]
    return pl.any_horizontal(same).alias("same")


def _beside(day: dt.date, known: Known, *, early: bool) -> dt.date:
    step = dt.timedelta(days=1 if early else -1)
    sessions = set(known.sessions)
    found = day + step
    for _ in range(15):
        is_open = found in sessions if sessions else found.isoweekday() <= _FRIDAY
        if is_open:
            return found
        found += step
    return day + step


def set_before_listing_apart(
    one: pl.DataFrame,
    ragged: pl.DataFrame,
    listed_on: dt.date | None,
    known: Known,
    name: str,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the bars of days before the first one of trading. Raises Refused where the first bar is
    of the day before it and no Friday shows that the days are the exchange's.
    """
    if listed_on is None:
        return one, ragged
    symbol = one["symbol"][0]
    days = one["day"].drop_nulls()
    before = days.filter(days < listed_on)
    if before.is_empty():
        return one, ragged
    first = before.sort()[0]
    has_fridays = (days.dt.weekday() == _FRIDAY).any()
    is_beside = _beside(first, known, early=True) == listed_on
    if is_beside and not has_fridays:
        raise _refused(
            name, "early", f"its first bar is of {first} and {symbol} was first traded on"
            f" {listed_on}",
        )  # fmt: skip
    reason = pl.format(_BEFORE, pl.lit(symbol), pl.lit(str(listed_on)), "traded_on")
    return set_apart(one, ragged, pl.col("day") < listed_on, "before_listing", reason)
