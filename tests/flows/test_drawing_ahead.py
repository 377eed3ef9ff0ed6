"""The drawing process is woken where an edition is due, before all else, and nowhere else."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from flows import pipeline
from flows.brief import studio
from flows.settings import Settings
from tests.conftest import NOW
from warehouse import lock
from warehouse import publish as publishing
from warehouse.home import Home
from warehouse.store import open_warehouse

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _moment_of_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIPBRIEF_NOW", NOW)


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


def test_charts_are_asked_for_before_the_build_is_published(
    unbuilt: Path, order: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, publish = studio.Studio.draw, publishing.publish

    def asked(it: studio.Studio, spec: str) -> studio.Wish:
        order.append("asked")
        return ask(it, spec)

    def published(*given: object, **more: object) -> None:
        order.append("published")
        publish(*given, **more)  # type: ignore[arg-type]

    (before,) = [file.read_bytes() for file in unbuilt.glob("before/*/data.json")]
    monkeypatch.setattr(studio.Studio, "draw", asked)
    monkeypatch.setattr(publishing, "publish", published)

    report = pipeline.run(Settings(home=unbuilt))

    assert [edition.is_new for edition in report.editions] == [True]
    charts = order.count("asked")
    assert order == ["woken", "locked", *["asked"] * charts, "published"]
    assert charts >= 2 * 9
    # reports that stood were read as well
    assert report.editions[0].folder.joinpath("data.json").read_bytes() == before


def test_what_fails_ahead_leaves_the_build_and_is_told_where_the_edition_is_written(
    unbuilt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise FileNotFoundError("no template of a chart")

    monkeypatch.setattr("flows.brief.charts.sketch", fail)

    with pytest.raises(FileNotFoundError, match="no template of a chart"):
        pipeline.run(Settings(home=unbuilt))

    assert Home(unbuilt).published_file.is_file()
    assert not list(unbuilt.glob("briefings/*/edition.json"))


@pytest.fixture
def unbuilt(own_home: Path) -> Path:
    """A home whose records are read and whose build is to be made again."""
    (own_home / "briefings").rename(own_home / "before")
    with open_warehouse(Home(own_home)) as con:
        con.execute("delete from ledger_builds")
    Home(own_home).published_file.unlink()
    return own_home
