"""What a run writes follows the umask; mail is for its owner alone; a lock is no way to a file."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import NOW
from warehouse.errors import Trouble
from warehouse.home import Home
from warehouse.lock import WriterLock

if TYPE_CHECKING:
    from pathlib import Path

_AUDIENCE = '[{"name": "Desk", "recipients": ["ann@example.org"]}]'
#: A run in a process of its own under a umask.
_RUN = """
import os, sys
os.umask(int(sys.argv[1], 8))
sys.argv = ["chipbrief", "run"]
from flows.cli import main
main()
"""


@pytest.mark.parametrize("umask", [0o077, pytest.param(0o027, marks=pytest.mark.trial)])
@pytest.mark.trial
def test_no_file_of_a_run_is_open_to_more_than_the_umask_allows(umask: int, tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "mine.csv"
    file.write_text("no table of ours\nat all\n")
    file.chmod(0o600)

    own = {k: v for k, v in os.environ.items() if not k.startswith("CHIPBRIEF_")}
    done = subprocess.run(
        [sys.executable, "-c", _RUN, f"{umask:o}"],
        env={
            **own,
            "CHIPBRIEF_NOW": NOW,
            "CHIPBRIEF_HOME": str(home),
            "CHIPBRIEF_AUDIENCES": _AUDIENCE,
            "CHIPBRIEF_INPUTS": f'["{file}"]',
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 4, done.stderr
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in (home, *home.rglob("*"))}
    assert {path: oct(mode) for path, mode in modes.items() if mode & umask} == {}
    assert {p.parent.name for p in modes} >= {"originals", "prices", "outbox", "published"}
    mails = [*home.glob("outbox/**/*"), *home.glob("briefings/*/mail.*")]
    assert [p.name for p in mails if p.suffix == ".eml" and p.is_file()]
    assert {oct(modes[p]) for p in mails if p.is_file() and p.name != ".writer.lock"} == {"0o600"}
    assert oct(modes[home / "outbox"]) == "0o700"


@pytest.mark.parametrize("how", ["symlink_to", "hardlink_to"])
def test_a_link_in_the_place_of_the_lock_is_refused_and_its_file_stays(
    how: str, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("of somebody else")
    home = Home(tmp_path / "home")
    home.root.mkdir()
    getattr(home.lock_file, how)(other)

    with pytest.raises(Trouble, match="no file of ours"), WriterLock(home, "run"):
        pass

    assert other.read_text() == "of somebody else"


@pytest.mark.parametrize("content", ["key = 1\n", '{"other": 1}', "x" * 5000])
def test_a_file_of_somebody_else_in_the_place_of_the_lock_stays(
    content: str, tmp_path: Path
) -> None:
    home = Home(tmp_path)
    home.lock_file.write_text(content)

    with pytest.raises(Trouble, match="left as it is"), WriterLock(home, "run"):
        pass

    assert home.lock_file.read_text() == content


@pytest.mark.parametrize("left", ["", '{"pid": 1, "what": "run", "since": "2026-01-01"}'])
def test_a_lock_that_an_earlier_version_left_is_taken(left: str, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.lock_file.write_text(left)

    with WriterLock(home, "run"):
        assert b'"what": "run"' in home.lock_file.read_bytes()
    assert not home.lock_file.read_bytes().strip()


def test_work_in_hand_of_a_killed_replay_or_rebuild_is_swept_by_any_writer(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for name in (".ingest-abc", ".ingest-def"):
        (home.root / name).mkdir()
        (home.root / name / "draft.parquet").write_bytes(b"half")

    with WriterLock(home, "build"):
        left = [path.name for path in home.root.iterdir()]

    assert left == [".writer.lock"]
