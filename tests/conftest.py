"""A home that a real run on the bundled records has filled, made once for all test processes."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: The moment at which the tests' runs are made.
NOW = "2026-11-23T08:00:00+00:00"


def chipbrief(
    home: Path, *words: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the program as its user does, in a process of its own."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("CHIPBRIEF_")}
    return subprocess.run(
        [str(Path(sys.executable).with_name("chipbrief")), *words],
        env={**own, "CHIPBRIEF_NOW": NOW, "CHIPBRIEF_HOME": str(home), **environment},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not go through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def briefed_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home after `chipbrief run`: built, briefed in both languages. Only to be read: other tests
    read and copy it at the same time.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each process has a folder of its own in one of all
        folder = folder.parent
    home, half = folder / "briefed", folder / "briefed-half"
    with (folder / "briefed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            done = chipbrief(half, "run")
            assert done.returncode == 0, done.stdout + done.stderr
            half.rename(home)
    before = _written(home)
    yield home
    assert _written(home) == before, "a test wrote to the home that all share: use own_home"


def _written(home: Path) -> dict[str, int]:
    """When each file that a command writes was last written."""
    return {path.name: path.stat().st_mtime_ns for path in home.glob("*duckdb*")}


@pytest.fixture
def own_home(briefed_home: Path, tmp_path: Path) -> Path:
    """A copy of the briefed home that a test may change."""
    copy = tmp_path / "home"
    shutil.copytree(briefed_home, copy, copy_function=shutil.copy2)
    return copy


@pytest.fixture(scope="session")
def run_chipbrief() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`chipbrief(home, *words)`, for tests that call the program."""
    return chipbrief
