"""Days, ISO weeks, months and quarters as reporting periods. Pure date arithmetic: no clock,
no file, no settings.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Literal, get_args

from warehouse.errors import WrongUse

Kind = Literal["daily", "weekly", "monthly", "quarterly"]

#: From the most to the least frequent.
KINDS: tuple[Kind, ...] = get_args(Kind)

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """A reporting period: its first and last day, and the day up to which it is known.

    `label` is 2026-11-22, 2026-W47 (ISO 8601 weeks, Monday to Sunday), 2026-10 or 2026-Q3; within
    a kind, labels sort as the periods do. `as_of` is the last day, unless `known_to` says
    otherwise.
    """

    kind: Kind
    label: str
    start: dt.date
    end: dt.date
    known: dt.date | None = None

    @property
    def as_of(self) -> dt.date:
        """The day whose knowledge a briefing of this period holds."""
        return self.known or self.end

    @property
    def edition_id(self) -> str:
        """The name of the first edition of this period: weekly-2026-W47."""
        return f"{self.kind}-{self.label}"

    def known_to(self, day: dt.date) -> Period:
        """The same period as it was known on a day. Raises WrongUse for a day before it."""
        if day < self.start:
            raise WrongUse(
                f"The period {self.edition_id} begins on {self.start}, after {day}.",
                "Name a later day, or an earlier period.",
            )
        return replace(self, known=None if day == self.end else day)


def containing(kind: str, day: dt.date) -> Period:
    """The period that a day lies in. Raises WrongUse for a kind that is none."""
    match _known(kind):
        case "daily":
            return Period("daily", day.isoformat(), day, day)
        case "weekly":
            year, week, weekday = day.isocalendar()
            start = day - dt.timedelta(days=weekday - 1)
            end = start + dt.timedelta(days=6)
            return Period("weekly", f"{year:04d}-W{week:02d}", start, end)
        case "monthly":
            start = day.replace(day=1)
            return Period("monthly", f"{day:%Y-%m}", start, _month_end(start))
        case "quarterly":
            quarter = (day.month + 2) // 3
            start = dt.date(day.year, quarter * 3 - 2, 1)
            end = _month_end(dt.date(day.year, quarter * 3, 1))
            return Period("quarterly", f"{day.year:04d}-Q{quarter}", start, end)


def last_completed(kind: str, today: dt.date) -> Period:
    """The newest period that was over before `today` began."""
    return containing(kind, containing(kind, today).start - _DAY)


def following(period: Period) -> Period:
    """The next period of the same kind."""
    return containing(period.kind, period.end + _DAY)


def between(kind: str, first: dt.date, last: dt.date) -> list[Period]:
    """The periods whose last day lies in `first`..`last`, in order: what a backfill makes.

    Ranges that follow each other give every period once: between(a, b) and between(b + 1 day, c)
    together are between(a, c). Raises WrongUse where the range is upside down.
    """
    if last < first:
        raise WrongUse(f"The range ends on {last}, before it begins on {first}.", "Swap the days.")
    period = containing(kind, first)
    found: list[Period] = []
    while period.end <= last:
        found.append(period)
        period = following(period)
    return found


def parse(edition_id: str) -> Period:
    """The period of an edition id, without its revision. Raises WrongUse where it is none."""
    kind, _, label = edition_id.partition("-")
    label = re.sub(r"-r[1-9]\d*$", "", label, flags=re.ASCII)
    try:
        period = containing(kind, _first_day(label))
    except (ValueError, OverflowError):
        period = None
    if period is None or period.label != label:
        raise WrongUse(
            f"{edition_id!r} names no period.",
            "Write it as daily-2026-11-22, weekly-2026-W47, monthly-2026-10 or quarterly-2026-Q3.",
        )
    return period


def _first_day(label: str) -> dt.date:
    if "-Q" in label:
        year, _, quarter = label.partition("-Q")
        return dt.date(int(year), int(quarter) * 3 - 2, 1)
    if "-W" in label:
        return dt.date.fromisoformat(f"{label}-1")
    return dt.date.fromisoformat(label if label.count("-") == 2 else f"{label}-01")


def _month_end(first: dt.date) -> dt.date:
    if first.month == 12:
        return dt.date(first.year, 12, 31)
    return first.replace(month=first.month + 1) - _DAY


def _known(kind: str) -> Kind:
    if kind not in KINDS:
        raise WrongUse(f"{kind!r} is no kind of period.", f"Take one of {', '.join(KINDS)}.")
    return kind
