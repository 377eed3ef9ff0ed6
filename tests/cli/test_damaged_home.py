"""A database file that is not whole is named with the way out, and the way out works."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


def scribbled(file: Path) -> None:
    """Overwrite a block in every four, headers apart."""
    data = bytearray(file.read_bytes())
    for at in range(12_288, len(data) - 64, 65_536):
        data[at : at + 64] = b"\xa5" * 64
    file.write_bytes(data)


def of_a_later_version(file: Path) -> None:
    """State a version of the format that nobody reads yet."""
    data = bytearray(file.read_bytes())
    data[12:20] = (99_999).to_bytes(8, "little")
    file.write_bytes(data)


def emptied(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [scribbled, of_a_later_version, emptied])
@pytest.mark.trial
def test_a_damaged_warehouse_names_rebuild_which_mends_it(
    damage: Callable[[Path], None], own_home: Path, run_chipbrief: Run
) -> None:
    damage(own_home / "warehouse.duckdb")

    stopped = run_chipbrief(own_home, "build")
    mended = run_chipbrief(own_home, "rebuild")
    after = run_chipbrief(own_home, "verify")

    assert stopped.returncode == 1
    assert "warehouse.duckdb cannot be read" in stopped.stderr
    assert "chipbrief rebuild" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert mended.returncode == 0, mended.stderr
    assert after.returncode == 0, after.stdout


@pytest.mark.parametrize("damage", [scribbled, emptied])
@pytest.mark.trial
def test_a_damaged_published_file_is_named_and_the_next_build_writes_it_anew(
    damage: Callable[[Path], None], own_home: Path, run_chipbrief: Run
) -> None:
    before = run_chipbrief(own_home, "claims")
    damage(own_home / "published.duckdb")

    stopped = run_chipbrief(own_home, "claims")
    mended = run_chipbrief(own_home, "build")
    after = run_chipbrief(own_home, "claims")

    assert stopped.returncode == 1
    assert "published.duckdb cannot be read" in stopped.stderr or "not whole" in stopped.stderr
    assert "Run `chipbrief " in stopped.stderr
    assert mended.returncode == 0, mended.stderr
    assert "The published file was damaged and is written anew" in mended.stdout
    assert (after.returncode, after.stdout) == (0, before.stdout)


def test_a_home_copied_without_its_times_is_not_damaged(
    briefed_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    copy = tmp_path / "copied"
    shutil.copytree(briefed_home, copy, copy_function=shutil.copy)

    done = run_chipbrief(copy, "build")

    assert (done.returncode, "damaged" in done.stdout) == (0, False), done.stdout


@pytest.mark.trial
def test_no_command_ends_with_complaints_of_a_library(
    own_home: Path, tmp_path: Path, run_chipbrief: Run
) -> None:
    """A file and its correction in one run, and what asks of it afterwards."""
    assert run_chipbrief(
        own_home, "sample", "sales", "--rows", "300", "--seed", "7", "--bad", "0.02", "a.csv",
        cwd=tmp_path,
    ).returncode == 0  # fmt: skip
    header, *rows = (tmp_path / "a.csv").read_text("utf-8").splitlines()
    place = header.split(",").index("note") if "note" in header else -1
    changed = [row.split(",") for row in rows[:60] if '"' not in row]
    for row in changed:
        row[place] = "corrected"
    lines = "\n".join([header, *map(",".join, changed)])
    (tmp_path / "b.csv").write_text(f"{lines}\n", "utf-8")

    commands = (
        ("ingest", "a.csv", "b.csv"), ("ingest", "b.csv"), ("build",), ("status",),
        ("quarantine", "list"), ("quarantine", "replay"), ("verify",), ("ingest", "none*.csv"),
    )  # fmt: skip
    for words in commands:
        done = run_chipbrief(own_home, *words, cwd=tmp_path)
        assert "leaked" not in done.stderr, words
        assert "nanobind" not in done.stderr, words
