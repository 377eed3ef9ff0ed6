"""What is due follows from who reads, the day, and what the archive holds."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from flows.schedule.due import expected, never_briefed
from flows.settings import Audience, Settings

if TYPE_CHECKING:
    from pathlib import Path

TODAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _no_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CHIPBRIEF_CONFIG", raising=False)


def _issue(archive: Path, *names: str) -> None:
    for name in names:
        (archive / name).mkdir(parents=True)
        (archive / name / "edition.json").write_text("{}")


def test_without_an_audience_the_weekly_edition_is_due(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)

    due = expected(settings.period_kinds, TODAY, tmp_path / "briefings")

    assert [(d.period.edition_id, d.is_made) for d in due] == [("weekly-2026-W47", False)]
    assert settings.written_languages == ["en", "zh"]


def test_every_period_that_somebody_reads_is_due_once_and_what_stands_is_named(
    tmp_path: Path,
) -> None:
    _issue(tmp_path, "weekly-2026-W47", "weekly-2026-W47-r2", "weekly-2026-W47-r10")
    _issue(tmp_path, "monthly-2026-09")
    settings = Settings(
        home=tmp_path,
        languages=["en"],
        audiences=[
            Audience(name="Desk", periods=["monthly", "weekly"]),
            Audience(name="研究", language="zh", periods=["weekly"]),
        ],
    )

    due = expected(settings.period_kinds, TODAY, tmp_path)

    assert [(d.period.edition_id, d.edition_id) for d in due] == [
        ("weekly-2026-W47", "weekly-2026-W47-r10"),
        ("monthly-2026-10", None),
    ]
    assert settings.written_languages == ["en", "zh"]


def test_a_backfill_makes_the_periods_that_no_edition_tells_of(tmp_path: Path) -> None:
    _issue(tmp_path, "monthly-2026-02-r3")
    (tmp_path / "monthly-2026-03").mkdir()  # begun and never finished: no edition.json

    due = never_briefed(["monthly"], dt.date(2026, 1, 15), dt.date(2026, 4, 29), tmp_path)

    assert [d.period.label for d in due] == ["2026-01", "2026-03"]
