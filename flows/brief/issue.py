"""The issue: which period a briefing is of, as of which day, under which edition id.

Plain values that the caller states; no clock is read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from flows.brief import formats
from flows.brief.names import edition_name
from flows.brief.words import label
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    import datetime as dt

    from flows.brief.language import Language

_KINDS = ("daily", "weekly", "monthly", "quarterly")
_SAFE = re.compile(r"\d{4}-[0-9WQ-]{2,6}", re.ASCII)


class Period(Protocol):
    """What this stage needs to know of a period; the schedule stage has such values."""

    @property
    def kind(self) -> str:
        """daily, weekly, monthly or quarterly."""

    @property
    def label(self) -> str:
        """2026-11-22, 2026-W47, 2026-10, 2026-Q3."""

    @property
    def start(self) -> dt.date:
        """First day."""

    @property
    def end(self) -> dt.date:
        """Last day."""

    @property
    def as_of(self) -> dt.date:
        """The day whose knowledge the briefing holds; the last day where none is named."""


@dataclass(frozen=True)
class Issue:
    """One briefing of one period. `title` is what the reader calls the publication."""

    kind: str
    period: str
    start: dt.date
    end: dt.date
    as_of: dt.date
    title: str
    revision: int = 1

    @property
    def edition_id(self) -> str:
        """The name of its folder."""
        return edition_name(self.kind, self.period, self.end, self.as_of, self.revision)

    def revised(self, revision: int) -> Issue:
        """The same issue as a later revision."""
        return replace(self, revision=revision)

    def name(self, language: Language) -> str:
        """`Weekly briefing, week 47 of 2026`: what a heading and a subject say."""
        kind = language.gettext(label("period", self.kind))
        return language.text("%(kind)s, %(period)s", kind=kind, period=self._period(language))

    def days(self, language: Language) -> str:
        """The days that the period covers."""
        return formats.days(language, self.start, self.end)

    def _period(self, language: Language) -> str:
        if self.kind == "weekly":
            year, week, _ = self.end.isocalendar()
            return language.text("week %(week)s of %(year)s", week=week, year=year)
        precision = {"daily": "day", "monthly": "month", "quarterly": "quarter"}[self.kind]
        return formats.day(language, self.start, precision)


def issue(period: Period, as_of: dt.date, title: str) -> Issue:
    """The issue of a period. Raises WrongUse for a kind or label that could be no edition's."""
    if period.kind not in _KINDS or not _SAFE.fullmatch(period.label):
        raise WrongUse(
            f"{period.kind!r} {period.label!r} is no period.", f"Choose of {', '.join(_KINDS)}."
        )
    return Issue(period.kind, period.label, period.start, period.end, as_of, title)
