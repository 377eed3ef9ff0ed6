"""No bundled row is known before its source, and no text of one tells what came after it."""

from __future__ import annotations

import calendar
import datetime as dt
import re

import pytest

from tests.ingest.test_seeds import rows_of

#: The end of the month of the newest material: no source is taken to be later.
NEWEST = dt.date(2026, 10, 31)
#: Estimates, figures of filings and quotes: what is known of them is what their source says.
OF_A_SOURCE = ("sales", "disclosures", "share_estimates", "chip_prices", "chip_conflicts", "claims")
#: Facts that were public on a day of their own, whenever a source of ours wrote of them.
OF_A_DAY = {
    "prices": "traded_on", "fx": "rate_on", "events": "announced_on", "chips": "announced_on",
    "corporate_actions": "ex_on", "export_status": "effective_from",
    "export_stages": "reached_on", "fees": "announced_on", "rules": "valid_from",
}  # fmt: skip


def span_of(dated: str) -> tuple[dt.date, dt.date] | None:
    """First and last day that a source's date may mean; None where it gives none."""
    found = re.match(r"(20\d\d)(?:-(20\d\d)|-(\d\d)(?!\d)(?:-(\d\d)(?!\d))?)?", dated)
    if not found:
        return None
    year, until, month, day = (int(part) if part else 0 for part in found.groups())
    if not month:
        first, last = dt.date(year, 1, 1), dt.date(until or year, 12, 31)
    elif not day:
        first = dt.date(year, month, 1)
        last = first.replace(day=calendar.monthrange(year, month)[1])
    else:
        return dt.date(year, month, day), dt.date(year, month, day)
    return first, min(last, NEWEST)


def dated() -> dict[str, tuple[dt.date, dt.date]]:
    spans = {row["key"]: span_of(row["dated"]) for row in rows_of("sources")}
    return {key: span for key, span in spans.items() if span}


def is_first_hand(row: dict[str, str]) -> bool:
    """Dated by a filing's deadline, or by the day on which its maker stated it: no estimate is."""
    is_own = row.get("published_basis") in ("filing_deadline", "stated")
    return is_own and row.get("value_type") != "estimate"


@pytest.mark.parametrize("kind", OF_A_SOURCE)
def test_what_a_source_says_is_not_known_before_the_source(kind: str) -> None:
    spans = dated()
    early = []
    for line, row in enumerate(rows_of(kind), start=2):
        span = spans.get(row["source_id"].split(";")[0])
        if span is None or is_first_hand(row):
            continue
        # a source of several years is several notes: a row is of one of them
        first, last = span
        bound = first if last.year > first.year else last
        if dt.date.fromisoformat(row["published_on"]) < bound:
            early.append((line, row["published_on"], row["source_id"]))
    assert early == []


@pytest.mark.parametrize(("kind", "day"), OF_A_DAY.items())
def test_a_fact_is_not_known_before_its_own_day_or_that_of_an_announcement(
    kind: str, day: str
) -> None:
    announced = {row["announced_on"] for row in rows_of("events")}
    spans = dated()
    early = []
    for line, row in enumerate(rows_of(kind), start=2):
        span = spans.get(row["source_id"].split(";")[0])
        published = row["published_on"]
        is_known = published >= row[day] or published in announced
        if not is_known and (span is None or dt.date.fromisoformat(published) < span[1]):
            early.append((line, published, row[day], row["source_id"]))
    assert early == []


def test_each_source_has_a_neutral_entry_before_the_day_that_it_is_of() -> None:
    spans = dated()
    for row in rows_of("sources"):
        if row["published_on"] == "2020-01-01":
            assert row["dated"] == "" or row["key"] in {"XCAL"}, row
            assert not re.search(r"20\d\d", row["title"]), row
        elif row["dated"]:
            assert dt.date.fromisoformat(row["published_on"]) == spans[row["key"]][1], row
