"""The drawing process is woken where an edition is due, before all else, and nowhere else."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from flows import pipeline
from flows.brief import studio
from flows.settings import Settings
from warehouse import lock

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What happened, in its order: the process was started, the writer lock was taken."""
    happened: list[str] = []
    start, take = studio._Process.__init__, lock.WriterLock.__enter__

    def started(process: studio._Process, command: list[str]) -> None:
        happened.append("woken")
        start(process, command)

    def taken(it: lock.WriterLock) -> lock.WriterLock:
        happened.append("locked")
        return take(it)

    monkeypatch.setattr(studio, "_cores", lambda: 2)
    monkeypatch.setattr(studio._Process, "__init__", started)
    monkeypatch.setattr(lock.WriterLock, "__enter__", taken)
    return happened


def test_where_nothing_changed_no_process_is_started(own_home: Path, order: list[str]) -> None:
    report = pipeline.run(Settings(home=own_home))

    assert report.did_nothing
    assert order == ["locked"]


def test_where_an_edition_is_missing_it_is_woken_before_the_warehouse_is_opened(
    own_home: Path, order: list[str]
) -> None:
    shutil.rmtree(own_home / "briefings")

    (edition,) = pipeline.brief_stage(Settings(home=own_home))

    assert edition.is_new
    assert order == ["woken", "locked"]
