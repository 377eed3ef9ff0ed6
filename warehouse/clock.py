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
