"""Periods tile the calendar: every day lies in one, none overlap, and labels sort as days do."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.schedule import periods
from flows.schedule.periods import KINDS, between, containing, following, last_completed, parse
from warehouse.errors import WrongUse

kinds = st.sampled_from(KINDS)
days = st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31))


@pytest.mark.parametrize(
    ("kind", "label", "start", "end"),
    [
        ("daily", "2026-11-22", dt.date(2026, 11, 22), dt.date(2026, 11, 22)),
        ("weekly", "2026-W47", dt.date(2026, 11, 16), dt.date(2026, 11, 22)),
        ("monthly", "2026-10", dt.date(2026, 10, 1), dt.date(2026, 10, 31)),
        ("quarterly", "2026-Q3", dt.date(2026, 7, 1), dt.date(2026, 9, 30)),
    ],
)
def test_on_a_monday_in_november_these_periods_were_the_last_completed(
    kind: str, label: str, start: dt.date, end: dt.date
) -> None:
    period = last_completed(kind, dt.date(2026, 11, 23))

    assert (period.label, period.start, period.end, period.as_of) == (label, start, end, end)


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (dt.date(2024, 12, 30), "2025-W01"),
        (dt.date(2027, 1, 3), "2026-W53"),
        (dt.date(2026, 1, 1), "2026-W01"),
    ],
)
def test_weeks_at_the_turn_of_a_year_belong_to_the_iso_year(day: dt.date, label: str) -> None:
    assert containing("weekly", day).label == label


@given(kinds, days)
def test_every_day_lies_in_the_period_that_contains_it(kind: str, day: dt.date) -> None:
    period = containing(kind, day)

    assert period.start <= day <= period.end
    assert containing(kind, period.start) == containing(kind, period.end) == period


@given(kinds, days)
def test_periods_follow_each_other_without_gap_or_overlap(kind: str, day: dt.date) -> None:
    period = containing(kind, day)
    after = following(period)

    assert after.start == period.end + dt.timedelta(days=1)
    assert last_completed(kind, after.start) == period
    assert after.label > period.label


@given(kinds, days)
def test_the_last_completed_period_was_over_before_today(kind: str, today: dt.date) -> None:
    period = last_completed(kind, today)

    assert period.end < today <= following(period).end


@given(kinds, days, st.integers(0, 400), st.integers(0, 400))
def test_ranges_that_follow_each_other_give_every_period_once(
    kind: str, first: dt.date, one: int, two: int
) -> None:
    middle = first + dt.timedelta(days=one)
    next_day = middle + dt.timedelta(days=1)
    last = next_day + dt.timedelta(days=two)

    parts = between(kind, first, middle) + between(kind, next_day, last)

    assert parts == between(kind, first, last)
    assert all(first <= period.end <= last for period in parts)


@given(kinds, days, st.sampled_from(["", "-r2", "-r10"]))
def test_an_edition_id_names_its_period(kind: str, day: dt.date, revision: str) -> None:
    period = containing(kind, day)

    assert parse(period.edition_id + revision) == period


@pytest.mark.parametrize(
    "name", ["", "weekly", "weekly-2026-47", "monthly-2026-13", "quarterly-2026-Q5", "yearly-2026",
             "weekly-2026-W47-r0", "weekly-2025-W53", "daily-2026-W47", "../etc"]
)  # fmt: skip
def test_what_names_no_period_is_refused(name: str) -> None:
    with pytest.raises(WrongUse):
        parse(name)


def test_a_period_may_be_briefed_before_it_ends_but_not_before_it_begins() -> None:
    week = containing("weekly", dt.date(2026, 11, 18))

    assert week.known_to(dt.date(2026, 11, 18)).as_of == dt.date(2026, 11, 18)
    assert week.known_to(week.end) == week
    with pytest.raises(WrongUse, match="begins on 2026-11-16"):
        week.known_to(dt.date(2026, 11, 15))


def test_a_range_that_is_upside_down_is_refused() -> None:
    with pytest.raises(WrongUse):
        between("daily", dt.date(2026, 2, 1), dt.date(2026, 1, 1))


def test_an_unknown_kind_is_refused_with_the_kinds_that_exist() -> None:
    with pytest.raises(WrongUse, match="quarterly"):
        periods.containing("yearly", dt.date(2026, 1, 1))
