"""The last day on which a row may say that it was published: the day of its loading.

No contract can state this bound, since the clock moves it: it is asked beside the contract, of
every kind. A row that is early stays in quarantine and is let in by a replay once its day has come.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from flows import assets

if TYPE_CHECKING:
    from pathlib import Path

#: What a row breaks that was published after it was loaded.
RULE = "known_when_loaded"
#: Where the sun rises first a day has begun that has not begun in UTC.
_GRACE = dt.timedelta(days=1)


def latest_of(file: Path, loaded_at: dt.datetime) -> dt.date | None:
    """The last day on which rows of a file may have been published.

    None for the bundled records: they are ours, and a trial sets the clock to a day before them.
    """
    return None if is_bundled(file) else latest(loaded_at)


def is_bundled(file: Path) -> bool:
    """Whether a file is of the folder of bundled records."""
    return file.resolve().is_relative_to(assets.seeds().resolve())


def latest(loaded_at: dt.datetime) -> dt.date:
    """The last day on which a row that is loaded at this moment may have been published."""
    return loaded_at.date() + _GRACE


def is_known(day: dt.date | None) -> list[pl.Expr]:
    """What each row is asked: whether `published_on` is no later; nothing where there is no day."""
    return [] if day is None else [(pl.col("published_on") <= day).fill_null(value=True)]


def early(rows: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """`line`, `rule` and `reason` of the rows, in the contract's types, that are not known yet."""
    return rows.filter(pl.col("published_on") > day).select(
        "line", pl.lit(RULE).alias("rule"), reason(day).alias("reason")
    )


def reason(day: dt.date) -> pl.Expr:
    """Why a row is held back, over the text of its `published_on`."""
    return pl.format(
        "published_on is '{}', after the day of loading ({}, with one day's grace for time zones):"
        " mend it, or replay the row once its day has come.",
        pl.col("published_on").cast(pl.String),
        pl.lit(str(day - _GRACE)),
    )
