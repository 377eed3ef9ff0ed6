"""One writer at a time; the second is told who holds the lock."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from warehouse.errors import LockHeld
from warehouse.home import Home
from warehouse.lock import WriterLock

if TYPE_CHECKING:
    from pathlib import Path

_HOLDER = """
import sys, pathlib
from warehouse.home import Home
from warehouse.lock import WriterLock
with WriterLock(Home(pathlib.Path(sys.argv[1])), "run"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_told_who_writes(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

        with (
            pytest.raises(LockHeld, match=f"process {holder.pid}"),
            WriterLock(Home(tmp_path), "build"),
        ):
            pass

        holder.kill()


def test_the_lock_of_a_killed_writer_is_free_at_once(tmp_path: Path) -> None:
    test_a_second_writer_is_told_who_writes(tmp_path)

    with WriterLock(Home(tmp_path), "run"):
        assert (tmp_path / ".writer.lock").exists()


def test_what_a_killed_writer_left_half_written_is_cleared_away_and_nothing_else(
    tmp_path: Path,
) -> None:
    own, others = tmp_path / "briefings", tmp_path / "outbox"
    for folder in (own, others):
        folder.mkdir()
        (folder / ".index.html.x1.part").touch()
        (folder / "whole.part").touch()
    (others / ".writer.lock").touch()

    with WriterLock(Home(tmp_path), "run"):
        assert len(list(own.iterdir())) == 2  # nobody was killed yet
    test_a_second_writer_is_told_who_writes(tmp_path)
    with WriterLock(Home(tmp_path), "run"):
        left = {path.name for path in own.iterdir()}

    assert left == {"whole.part"}
    assert (others / ".index.html.x1.part").exists()
