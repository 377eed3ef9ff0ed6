"""What time it is, in one place, so that a run can be repeated as of its own moment."""

from __future__ import annotations

import datetime as dt
import os

from warehouse.errors import WrongUse


def now() -> dt.datetime:
    """The present moment in UTC, to the second; `CHIPBRIEF_NOW` (ISO 8601) stands in for it."""
    stated = os.environ.get("CHIPBRIEF_NOW")
    if not stated:
        return dt.datetime.now(dt.UTC).replace(microsecond=0)
    try:
        moment = dt.datetime.fromisoformat(stated)
    except ValueError as error:
        raise WrongUse(
            f"CHIPBRIEF_NOW is not a date and time: {stated!r}",
            "Write it as 2026-11-23T08:00:00+00:00, or unset it.",
        ) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)


def knowable(day: dt.date) -> dt.date:
    """The day, if something can be asked as of it. Raises WrongUse before 1970 and in the future.

    A day that has begun anywhere on earth is not in the future.
    """
    latest = (now() + dt.timedelta(hours=14)).date()
    if not dt.date(1970, 1, 2) <= day <= latest:
        raise WrongUse(
            f"Nothing can be known as of {day}: days run from 1970-01-02 to {latest}.",
            "Name a day that has begun.",
        )
    return day
