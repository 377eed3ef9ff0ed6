"""Time on an axis: days as plain numbers, so that no time zone moves a date.

Ticks are the firsts of years, half-years or quarters, whichever fit.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.brief.charts.axes import axis

if TYPE_CHECKING:
    from flows.brief.charts.words import Words


def day_number(day: dt.date) -> int:
    """A date as the number that the axis draws."""
    return day.toordinal()


def days_axis(first: dt.date, last: dt.date, words: Words, most: int = 6) -> dict[str, Any]:
    """`days` (the domain), `days_ticks` and `days_labels` of a spec."""
    for months in (1, 3, 6, 12, 24, 60):
        ticks = [
            dt.date(year, month, 1)
            for year in range(first.year, last.year + 1)
            for month in range(1, 13)
            if (year * 12 + month - 1) % months == 0 and first <= dt.date(year, month, 1) <= last
        ]
        if len(ticks) <= most:
            break
    labels = {
        day_number(t): words.date(t, "year") if months >= 12 else words.month_over_year(t)
        for t in ticks
    }
    return {
        "days": [day_number(first), max(day_number(last), day_number(first) + 1)],
        **axis("days", [Decimal(n) for n in labels], lambda tick: labels[int(tick)]),
    }
