"""An edition as of a past day names no day after it, but those that were already set.

Read are all texts of its figures and both pages. A day may be later where it is the end of a
period, of a forecast, or the day of something that was scheduled.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from flows.brief import figures as reading
from flows.brief import render
from flows.brief.issue import Issue
from flows.build.run import build_aside
from warehouse.home import Home
from warehouse.store import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flows.brief.figures import Figures
    from flows.brief.render import Material

DAYS = [
    dt.date.fromisoformat(day)
    for day in ("2024-05-15", "2025-03-01", "2025-12-10", "2026-02-25", "2026-06-01")
]
#: Columns of days that may lie ahead: ends of periods, deadlines, days of effect.
SCHEDULED = re.compile(r"due_on|effective_on|compliance_on|status_since|gazetted_on|period_\w+")
#: Ids of events hold the day that they are of, which may be scheduled.
IDS = re.compile(r"item_id|subject|event_id|\w+_key")
MONTHS = {name.casefold(): n for n, name in enumerate(calendar.month_name) if name} | {
    name.casefold(): n for n, name in enumerate(calendar.month_abbr) if name
}
_WRITTEN = (
    # 2026-03-04, 2026-03, 2026年3月4日, 2026年3月
    re.compile(r"(?<![\d.,])(?P<y>20\d\d)[-年](?P<m>\d\d?)(?:[-月](?P<d>\d\d?))?(?![\d-])"),
    # 4 Mar 2026, March 2026
    re.compile(
        rf"\b(?:(?P<d>\d\d?) )?(?P<n>{'|'.join(MONTHS)})\b\.? (?P<y>20\d\d)(?!\d)", re.IGNORECASE
    ),
)


@pytest.fixture(scope="module")
def past(
    briefed_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[dt.date], Figures]]:
    """Figures of the bundled records as of a day."""
    root = tmp_path_factory.mktemp("past")
    shutil.copytree(briefed_home, root / "home")
    made: dict[dt.date, Figures] = {}
    with open_warehouse(Home(root / "home")) as con:

        def figures(day: dt.date) -> Figures:
            if day not in made:
                build_aside(con, day, "aside")
                made[day] = reading.read(con, day)
                con.execute("use warehouse")
                con.execute("detach aside")
            return made[day]

        yield figures


def days_in(text: str) -> Iterator[tuple[dt.date, str]]:
    """Days and months that a text writes; a month is its first day."""
    for pattern in _WRITTEN:
        for found in pattern.finditer(text):
            named = found.groupdict()
            month = MONTHS[named["n"].casefold()] if named.get("n") else int(named["m"])
            try:
                yield dt.date(int(named["y"]), month, int(named["d"] or 1)), found.group(0)
            except ValueError:
                continue


def scheduled(figures: Figures) -> set[dt.date]:
    """The days that the figures say are to come; the first day of their months beside them."""
    days = {
        value
        for table in figures.tables.values()
        for row in table
        for column, value in row.values.items()
        if SCHEDULED.fullmatch(column) and type(value) is dt.date
    }
    return days | {day.replace(day=1) for day in days}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_no_text_of_a_figure_names_a_later_day(
    past: Callable[[dt.date], Figures], day: dt.date
) -> None:
    figures = past(day)
    allowed = scheduled(figures)

    later = [
        (table.model, column, str(value))
        for table in figures.tables.values()
        for row in table
        for column, value in row.values.items()
        if isinstance(value, str | dt.date)
        and not SCHEDULED.fullmatch(column)
        and not IDS.fullmatch(column)
        for found, _ in days_in(str(value))
        if found > day and found not in allowed
    ]

    assert later == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_no_page_writes_a_later_day(
    past: Callable[[dt.date], Figures],
    material: Callable[..., Material],
    day: dt.date,
    language: str,
) -> None:
    figures = past(day)
    issue = Issue("daily", day.isoformat(), day, day, day, "chipbrief")

    page = re.sub(r"<[^>]*>", " ", render.web(material(figures, issue=issue), language))

    allowed = scheduled(figures)
    later = [text for found, text in days_in(page) if found > day and found not in allowed]
    assert later == []


def test_a_source_is_listed_only_where_it_is_used_and_by_a_title_that_tells_nothing(
    past: Callable[[dt.date], Figures],
) -> None:
    early, now = past(dt.date(2025, 3, 1)), past(dt.date(2026, 6, 1))
    listed = {row.source_key: row for row in early["rpt_source"]}

    assert "FR-H200" not in listed
    assert not [row.title for row in listed.values() if re.search(r"202[5-9]|91 FR", row.title)]
    assert (listed["CP"].dated, listed["CP"].address) == (None, None)
    assert {row.source_key: row.dated for row in now["rpt_source"]}["FR-H200"] == "2026-01-15"


def test_a_definition_of_a_claim_is_not_listed_before_what_it_names_was_known(
    past: Callable[[dt.date], Figures],
) -> None:
    def listed(day: str) -> dict[tuple[str, str], str]:
        rows = past(dt.date.fromisoformat(day))["rpt_claim"]
        return {(row.claim_id, row.definition_id): row.claim_verdict for row in rows}

    then, later = listed("2025-12-10"), listed("2026-06-01")

    assert {("C6", "C"), ("C6", "D"), ("C7", "D")} & set(then) == set()
    assert {claim for claim, _ in then} == {f"C{n}" for n in range(1, 11)}
    assert then["C6", "F"] == "true_only_if"
    assert then["C7", "E"] == then["C8", "B"] == "cannot_verify"
    assert ("C6", "C") in later
    assert {("C6", "F"), ("C7", "E")} & set(later) == set()
