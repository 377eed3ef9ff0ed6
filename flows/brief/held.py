"""How far rows held back could move each figure, as lines to read; the furthest first. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.brief import formats
from flows.brief.words import known

if TYPE_CHECKING:
    from flows.brief.figures import Figures, Row
    from flows.brief.page import Page

#: Figures on the page at most; data.json and the archive hold more.
LINES = 12


@dataclass(frozen=True)
class Impact:
    """One figure: its row, its name, and how many held rows speak of it."""

    row: Row
    name: str
    is_told: bool


@dataclass(frozen=True)
class Held:
    """What the section shows: figures that could move, and rows that tell of none."""

    figures: tuple[Impact, ...]
    beyond: int
    untold: tuple[Impact, ...]
    rows: int

    @property
    def count(self) -> int:
        """How many figures could move."""
        return len(self.figures) + self.beyond


def held(figures: Figures, page: Page) -> Held:
    """The lines of the section; none where nothing is held back."""
    rows = figures.by("rpt_held", "impact_no")
    told = [row for row in rows if row.measure != "untold"]
    made = tuple(Impact(row, _name(row, page), is_told=True) for row in told[:LINES])
    untold = tuple(
        Impact(row, f"{page.word('kind', row.subject)} · {_text(row.series)}", is_told=False)
        for row in rows
        if row.measure == "untold"
    )
    held_back = [r for r in figures.rows("rpt_quality") if r.check_kind == "held_back"]
    return Held(made, len(told) - len(made), untold[:LINES], sum(r.row_count for r in held_back))


def _name(row: Row, page: Page) -> str:
    """`NVIDIA · data centre · China: revenue, 27 Jan – 26 Apr 2026`."""
    parts = [_text(part) for part in str(row.series).split("|")]
    if row.measure == "close":
        what = page.language.text("close of %(day)s", day=_day(row, page))
        return f"{page.listed(str(row.subject).partition(':')[0])} · {what}"
    who = page.name(row.subject)
    if row.measure == "share":
        publisher, scope, measure, kind = (parts + [""] * 4)[:4]
        about = [
            publisher,
            scope,
            _word("share_measure", measure, page),
            _word("status", kind, page),
        ]
        what = page.language.gettext("share")
        return " · ".join(p for p in (who, page.period(row.period), what, *about) if p)
    segment, region, basis, kind = (parts + [""] * 4)[:4]
    about = [
        _word("segment", segment, page),
        _word("region", region, page),
        _word("basis", basis, page) if basis != "unspecified" else "",
        page.word("status", kind) if kind in ("estimate", "forecast") else "",
    ]
    what = page.word("column", "units" if row.measure == "units" else "revenue_usd")
    days = formats.days(page.language, row.period_from, row.period_to)
    return " · ".join(p for p in (who, *about, what, days) if p)


def _day(row: Row, page: Page) -> str:
    return formats.day(page.language, row.period_from)


def _word(family: str, value: str, page: Page) -> str:
    return page.word(family, value) if known(family, value) else value


def _text(value: object) -> str:
    from flows.brief.page import clean

    return clean(str(value))[:120]
