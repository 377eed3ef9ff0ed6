"""A bar of the session in progress is no close; a changed close is told and never slips in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import duckdb

    from tests.ingest.conftest import Bar, HeldBack, Take, Write

SESSIONS = """\
mic,session_on,open_at,close_at,published_on,source_id,confidence
XNAS,2026-01-02,2026-01-02T14:30:00Z,2026-01-02T21:00:00Z,2022-01-01,T,derived
XNAS,2026-01-05,2026-01-05T14:30:00Z,2026-01-05T21:00:00Z,2022-01-01,T,derived
"""
YAHOO = """\
Date,Open,High,Low,Close,Adj Close,Volume
2026-01-02,189.8,193.6,188.3,188.9,188.9,148240000
2026-01-05,191.8,193.6,186.2,188.1,188.1,18329000
"""

pytestmark = pytest.mark.usefixtures("listings")


def test_the_row_of_a_session_that_has_not_closed_is_held_back(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, held_back: HeldBack
) -> None:
    take(write("sessions.csv", SESSIONS))

    report = take(write("NVDA.csv", YAHOO)).files[0]  # on 2026-01-05 at 08:00 UTC

    held = held_back(report).row(0, named=True)
    assert (held["rule"], held["line"]) == ("session_not_closed", 3)
    assert "2026-01-05" in held["reason"]
    assert con.execute("select cast(traded_on as varchar) from raw_prices").fetchall() == [
        ("2026-01-02",)
    ]


def test_the_same_row_fetched_after_the_close_is_taken(
    monkeypatch: pytest.MonkeyPatch, take: Take, write: Write
) -> None:
    take(write("sessions.csv", SESSIONS))
    monkeypatch.setenv("CHIPBRIEF_NOW", "2026-01-05T21:00:00+00:00")

    report = take(write("NVDA.csv", YAHOO)).files[0]

    assert report.rows_accepted == 2


def test_a_file_that_changes_a_close_says_which_and_how_far(
    take: Take, write: Write, header: str, bar: Bar
) -> None:
    take(write("first.csv", header + bar(8) + bar(9)))

    report = take(write("NVDA.csv", header + bar(8, close="185.6") + bar(9, close="180.0"))).files[
        0
    ]

    assert (report.rows_accepted, report.rows_quarantined) == (2, 0)
    (finding,) = report.findings
    assert (finding.rule, finding.count, finding.first_line) == ("close_changed", 1, 3)
    assert "On 2025-12-09 the close of NVDA was 185.5 (T) and is now 180.0" in (finding.example)
