"""Bytes under a lost power cut hold: the calls of a run, traced, sync each file before it gets its
name, and the folder that holds the name after it. Needs strace, which .ci/run installs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.traced

ROOT = Path(__file__).parents[2]
_CALLS = "fsync,fdatasync,rename,renameat,renameat2,write,pwrite64,writev,ftruncate,mkdir,mkdirat"
_SYNC = re.compile(r"(?:fsync|fdatasync)\(\d+<([^>]*)>")
_WRITE = re.compile(r"(?:write|pwrite64|writev|ftruncate)\(\d+<([^>]*)>")
_AT = r'(?:AT_FDCWD(?:<[^>]*>)?, )?"([^"]*)"'
_MOVE = re.compile(rf"rename\w*\({_AT}, {_AT}")
_FOLDER = re.compile(rf"mkdir\w*\({_AT}[^)]*\)\s+= 0")
#: What is made again if it is lost, or is nobody's to keep.
_CACHES = (".ingest-", ".spool", "/spill", ".part-")


def calls(log: Path) -> Iterator[str]:
    """Each call of a trace on one line, in the order in which they ended."""
    begun: dict[str, str] = {}
    for line in log.read_text("utf-8", "replace").splitlines():
        process, _, call = line.strip().partition(" ")
        call = call.strip()
        if call.endswith("<unfinished ...>"):
            begun[process] = call.removesuffix("<unfinished ...>")
        elif call.startswith("<..."):
            yield begun.pop(process, "") + call.partition("resumed>")[2]
        else:
            yield call


def broken(log: Path, home: Path) -> list[str]:
    """Names given to bytes that were not on disk, and names that were never put there."""
    unsynced: set[str] = set()  # files written to since they were synced
    open_names: dict[str, str] = {}  # folder → the last name in it that is not on disk
    found = []
    for call in calls(log):
        if match := _SYNC.match(call):
            unsynced.discard(match[1])
            open_names.pop(match[1], None)
        elif match := _WRITE.match(call):
            unsynced.add(match[1])
        elif (match := _MOVE.match(call)) and call.endswith("= 0"):
            source, target = match[1], match[2]
            if target.endswith(".part"):  # no name yet: what was written there is to be synced
                unsynced |= {target} if source in unsynced else set()
                continue
            if not is_kept(target, home):
                continue
            below = {path for path in unsynced if path == source or path.startswith(f"{source}/")}
            found += [f"{target} was named before {path} was synced" for path in sorted(below)]
            open_names[str(Path(target).parent)] = target
        elif (match := _FOLDER.match(call)) and is_kept(match[1], home):
            open_names[str(Path(match[1]).parent)] = match[1]
    return [*found, *(f"{name} may be gone after a power cut" for name in open_names.values())]


def is_kept(path: str, home: Path) -> bool:
    """Whether a path is of what a home holds for good."""
    return path.startswith(f"{home}/") and not any(one in path for one in _CACHES)


def traced(home: Path, log: Path, *words: str, **environment: str) -> int:
    strace = shutil.which("strace")
    assert strace, "strace is not installed: apt-get install strace"
    program = str(Path(sys.executable).with_name("chipbrief"))
    own = {k: v for k, v in os.environ.items() if not k.startswith("CHIPBRIEF_")}
    done = subprocess.run(
        [strace, "-f", "-y", "-s", "0", "-e", f"trace={_CALLS}", "-o", str(log), program, *words],
        env={**own, "CHIPBRIEF_NOW": NOW, "CHIPBRIEF_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


def test_a_run_syncs_each_file_before_its_name_and_each_name_after(tmp_path: Path) -> None:
    home, log, file = tmp_path / "home", tmp_path / "log", tmp_path / "sales.csv"
    lines = (ROOT / "warehouse" / "seeds" / "sales.csv").read_text("utf-8").splitlines()
    rows = [f"bad-{lines[1]}".replace("2", "x"), f"new-{lines[1]}"]
    file.write_text("\n".join([lines[0], *rows]) + "\n", "utf-8")
    (tmp_path / "no.csv").write_text("<!doctype html><p>Log in</p>")

    ended = traced(
        home, log, "run",
        CHIPBRIEF_INPUTS=f'["{tmp_path}/*.csv"]', CHIPBRIEF_LANGUAGES='["en"]',
        CHIPBRIEF_AUDIENCES='[{"name": "Desk", "recipients": ["ann@example.org"]}]',
    )  # fmt: skip

    assert ended == 4
    renamed = {m[2].removeprefix(f"{home}/") for c in calls(log) if (m := _MOVE.match(c))}
    for kind in ("landing/originals/", "landing/batches/", "landing/sales/", "quarantine/sales/",
                 "published.duckdb", "briefings/weekly", "outbox/weekly"):  # fmt: skip
        assert any(name.startswith(kind) for name in renamed), kind
    assert broken(log, home) == []


def test_a_rebuild_and_a_replay_do_so_too(own_home: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"

    for words in (("rebuild",), ("quarantine", "replay")):
        assert traced(own_home, log, *words) == 0
        assert broken(log, own_home) == []


def test_the_trace_shows_what_is_not_synced(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        f'7 write(3<{tmp_path}/.a.part>, ""..., 4) = 4\n'
        f'7 rename("{tmp_path}/.a.part", "{tmp_path}/a") = 0\n'
    )

    assert broken(log, tmp_path) == [
        f"{tmp_path}/a was named before {tmp_path}/.a.part was synced",
        f"{tmp_path}/a may be gone after a power cut",
    ]
