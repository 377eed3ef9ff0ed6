"""One writer at a time however many start, and readers who never see half of anything."""

from __future__ import annotations

import multiprocessing
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

import duckdb
import pytest

from warehouse.home import Home
from warehouse.publish import publish
from warehouse.store import connect, open_published

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event
    from pathlib import Path

    from conftest import Undisturbed, World

pytestmark = pytest.mark.trial

STARTED = 50
PUBLISHED = 100
SECOND_DAY = "2026-02-03T08:00:00+00:00"


@pytest.mark.faults
def test_of_fifty_started_at_once_one_works_and_the_others_leave_with_exit_code_3(
    prepared: World, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    world = prepared.copy(tmp_path / "world")

    runs = [
        subprocess.Popen(
            world.command("run"),
            env=world.environment(SECOND_DAY, None),
            cwd=world.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(STARTED)
    ]
    said = [run.communicate(timeout=300)[0] for run in runs]

    codes = Counter(run.returncode for run in runs)
    assert set(codes) == {4, 3}, said  # the page in place of a table is refused: 4
    assert codes[3] >= 1
    told = [words for run, words in zip(runs, said, strict=True) if run.returncode == 3]
    assert all("is being written by" in words for words in told)
    tables = {name for name in undisturbed.content if ":" in name}
    after = world.content()
    assert {n: after[n] for n in tables} == {n: undisturbed.content[n] for n in tables}


@pytest.mark.xdist_group("faults")
def test_those_who_may_wait_all_get_their_turn(prepared: World, tmp_path: Path) -> None:
    world = prepared.copy(tmp_path / "world")
    runs = [
        subprocess.Popen(
            world.command("run"),
            env=world.environment(SECOND_DAY, None, CHIPBRIEF_LOCK_WAIT_SECONDS="240"),
            cwd=world.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(3)
    ]
    said = [run.communicate(timeout=300)[0] for run in runs]

    assert [run.returncode for run in runs] == [4] * 3, said


def _read_all_the_while(home: Home, over: Event, answer: multiprocessing.Queue[str]) -> None:
    reads = 0
    try:
        while not over.is_set() or not reads:
            with open_published(home) as con:
                one = con.execute("select max(value), count(*) from one").fetchone()
                other = con.execute("select max(value), count(*) from other").fetchone()
            if one != other or one is None or one[1] != 1000:
                answer.put(f"torn: {one} beside {other}")
                return
            reads += 1
    except (duckdb.Error, Exception) as error:
        answer.put(f"missing: {error}")
        return
    answer.put(f"whole {reads}")


def test_a_reader_never_sees_a_torn_or_missing_file(tmp_path: Path) -> None:
    home = Home(tmp_path)
    apart = multiprocessing.get_context("spawn")
    over, answer = apart.Event(), apart.Queue()
    with connect(home.warehouse_file) as con:
        con.execute("create table one as select 0 as value from range(1000)")
        con.execute("create table other as from one")
        publish(con, home, ["one", "other"], "build-0")
        reader = apart.Process(target=_read_all_the_while, args=(home, over, answer))
        reader.start()
        for number in range(1, PUBLISHED + 1):
            con.execute("update one set value = ?", [number])
            con.execute("update other set value = ?", [number])
            publish(con, home, ["one", "other"], f"build-{number}")
        over.set()
        said = answer.get(timeout=60)
        reader.join(60)

    assert said.startswith("whole"), said
    assert int(said.split()[1]) > 0
