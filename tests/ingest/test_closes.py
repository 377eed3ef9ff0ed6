"""What a file is said to change is what the models will take of it, whoever came first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.ingest.conftest import Bar, Take, Write

SOURCES = "key,title,source_kind,precedence,published_on,source_id,confidence,note\n"
ACTION = (
    "symbol,mic,ex_on,action,price_ratio,published_on,source_id,confidence\n"
    "NVDA,XNAS,2025-12-20,split,10,2025-12-20,T,seen-secondary\n"
)
#: `bar` is of source T, restated for splits, 185.5.
FIRST = ["8", "9"]


def _told(report: Any) -> list[tuple[str, int, int]]:
    return [(f.rule, f.count, f.first_line) for f in report.findings]


def test_a_correction_of_the_same_source_is_a_change(
    take: Take, write: Write, header: str, bar: Bar
) -> None:
    take(write("first.csv", header + bar(8) + bar(9)))
    report = take(write("again.csv", header + bar(8) + bar(9, close="180"))).files[0]

    assert _told(report) == [("close_changed", 1, 3)]
    assert "was 185.5 (T) and is now 180.0" in report.findings[0].example


@pytest.mark.parametrize(
    ("source", "confidence", "rule"),
    [
        ("GOOD", "seen-secondary", "close_changed"),
        ("POOR", "seen-secondary", "close_disputed"),
        ("GOOD", "unverified", "close_disputed"),
    ],
)
def test_another_source_changes_a_close_only_where_it_is_preferred(
    source: str, confidence: str, rule: str, take: Take, write: Write, header: str, bar: Bar
) -> None:
    stated = "".join(
        f"{key},{key},press,{n},2020-01-01,T,seen-secondary,Because.\n"
        for key, n in (("GOOD", 1), ("T", 5), ("POOR", 9))
    )
    take(write("sources.csv", SOURCES + stated))
    take(write("first.csv", header + bar(8) + bar(9)))
    other = {"source_id": source, "confidence": confidence}
    report = take(
        write("other.csv", header + bar(8, **other) + bar(9, close="180", **other))
    ).files[0]

    assert _told(report) == [(rule, 1, 3)]
    example = report.findings[0].example
    if rule == "close_changed":
        assert "was 185.5 (T) and is now 180.0" in example
    else:
        assert f"stays 185.5 (T); this file says 180.0 ({source})" in example


def test_a_bar_of_the_other_basis_is_set_against_the_stored_one_by_the_recorded_split(
    take: Take, write: Write, header: str, bar: Bar
) -> None:
    take(write("corporate_actions.csv", ACTION))
    take(write("first.csv", header + bar(8) + bar(9)))
    raw = {"adjustment": "raw", "open": "1800", "high": "1999", "low": "1700", "source_id": "U"}
    report = take(
        write("raw.csv", header + bar(8, close="1855", **raw) + bar(9, close="1800", **raw))
    ).files[0]

    assert _told(report) == [("close_disputed", 1, 3)]
    assert "stays 185.5 (T); this file says 180.0 (U)" in report.findings[0].example


def test_a_later_word_of_another_source_changes_it_and_a_total_return_is_nobodys_close(
    take: Take, write: Write, header: str, bar: Bar
) -> None:
    take(write("first.csv", header + bar(8) + bar(9)))
    late = {"source_id": "U", "published_on": "2025-12-12"}
    report = take(write("late.csv", header + bar(8, close="180", **late))).files[0]
    other = take(write("tr.csv", header + bar(9, adjustment="total_return", close="175"))).files[0]

    assert _told(report) == [("close_changed", 1, 2)]
    assert _told(other) == []


def test_what_was_said_is_what_the_models_take(
    take: Take, write: Write, header: str, bar: Bar, con: Any
) -> None:
    import datetime as dt

    from flows.build.current import create_views
    from warehouse import content

    take(write("first.csv", header + bar(8, source_id="M") + bar(9, source_id="M")))
    # no source states a precedence: the rule still says which one counts
    for source in ("A", "Z"):
        row = bar(9, source_id=source, close="180" if source == "A" else "175")
        report = take(write(f"{source}.csv", header + row)).files[0]
        create_views(con, dt.date(2026, 1, 5), content.current_catalog(con))
        (taken,) = con.execute(
            "select cast(close as double) from rec_prices where traded_on = '2025-12-09'"
        ).fetchall()
        is_changed = report.findings[0].rule == "close_changed"
        assert (taken[0] == float(row.split(",")[7])) == is_changed
