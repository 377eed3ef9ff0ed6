"""The timetable: which flow runs when, in the time zone that decides it.

`prefect.yaml` says the same for a work pool; a test keeps the two alike. Times are chosen so that
the date is the same there and in UTC, by which periods are told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Slot:
    """A cron expression in a time zone; `slug` names it in Prefect."""

    slug: str
    cron: str
    timezone: str
    is_active: bool = True


@dataclass(frozen=True)
class Entry:
    """One deployment: a function of `flows/flow.py`, its parameters and its times."""

    name: str
    function: str
    says: str
    slots: tuple[Slot, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)


TIMETABLE: tuple[Entry, ...] = (
    Entry(
        "daily-prices",
        "refresh",
        "Read the day's prices after the close in Shanghai and in New York, and build.",
        (
            Slot("after-shanghai", "0 17 * * 1-5", "Asia/Shanghai"),
            Slot("after-new-york", "30 18 * * 1-5", "America/New_York"),
        ),
    ),
    Entry(
        "daily",
        "briefing",
        "The daily briefing; switch it on where an audience reads it.",
        (Slot("daily", "0 7 * * *", "America/New_York", is_active=False),),
        {"period": "daily"},
    ),
    Entry(
        "weekly",
        "briefing",
        "The weekly briefing, on Monday morning.",
        (Slot("weekly", "15 7 * * 1", "America/New_York"),),
        {"period": "weekly"},
    ),
    Entry(
        "monthly",
        "briefing",
        "The monthly briefing, on the first of the month.",
        (Slot("monthly", "30 7 1 * *", "America/New_York"),),
        {"period": "monthly"},
    ),
    Entry(
        "quarterly",
        "briefing",
        "The quarterly briefing, when most filings on the quarter are out.",
        (Slot("quarterly", "45 7 20 2,5,8,11 *", "America/New_York"),),
        {"period": "quarterly"},
    ),
)
