"""Periods as Chinese tables write them: 2026Q2, 2026年二季度, 2026H1, 2026年上半年, 2026年."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import NamedTuple

_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_QUARTER = re.compile(
    r"(?P<year>20[0-9]{2})\s*年?\s*[-_/]?\s*(?:Q(?P<q>[1-4])|第?(?P<n>[一二三四1-4])季度?)", re.I
)
_BEFORE = re.compile(r"Q(?P<q>[1-4])\s*[-_/]?\s*(?P<year>20[0-9]{2})", re.I)
_HALF = re.compile(r"(?P<year>20[0-9]{2})\s*年?\s*(?:H1|上半年|半年度?|中报)", re.I)
_NINE = re.compile(r"(?P<year>20[0-9]{2})\s*年?\s*(?:9M|前三季度?|三季报)", re.I)
_YEAR = re.compile(r"(?:FY)?(?P<year>20[0-9]{2})\s*(?:年|年度|FY|全年|年报)?", re.I)
_MONTH = re.compile(r"(?P<year>20[0-9]{2})\s*[-年/.]\s*(?P<month>[01]?[0-9])\s*月?")


class Period(NamedTuple):
    """First and last day, the name that our records use, and whether it adds up quarters."""

    start: dt.date
    end: dt.date
    name: str
    is_accumulated: bool


def period_of(text: str) -> Period | None:
    """The calendar period that a text names; None where it names none that is known."""
    stated = text.strip()
    if match := _QUARTER.fullmatch(stated) or _BEFORE.fullmatch(stated):
        named = match.groupdict()
        quarter = _NUMBERS[str(named.get("q") or named.get("n"))]
        year = int(match["year"])
        return Period(*_months(year, 3 * quarter - 2, 3 * quarter), f"{year}Q{quarter}", False)
    for pattern, last, name in ((_HALF, 6, "H1"), (_NINE, 9, " 9M"), (_YEAR, 12, "")):
        if match := pattern.fullmatch(stated):
            year = int(match["year"])
            named_so = f"{year}{name}" if name else f"FY{year}"
            return Period(*_months(year, 1, last), named_so, True)
    if (match := _MONTH.fullmatch(stated)) and 1 <= int(match["month"]) <= 12:
        year, month = int(match["year"]), int(match["month"])
        return Period(*_months(year, month, month), f"{year}-{month:02}", False)
    return None


def deadline_of(period: Period) -> dt.date:
    """The last day on which a company of the mainland may file on a period's last quarter: 30
    April, 31 August, 31 October, and 30 April of the next year.
    """
    year, month = period.end.year, period.end.month
    if month <= 3:
        return dt.date(year, 4, 30)
    if month <= 6:
        return dt.date(year, 8, 31)
    return dt.date(year, 10, 31) if month <= 9 else dt.date(year + 1, 4, 30)


def _months(year: int, first: int, last: int) -> tuple[dt.date, dt.date]:
    return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1])
