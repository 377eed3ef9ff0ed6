"""A long job shows how far it is on a terminal, and nothing of that in a pipe."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flows import assets

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]


def _on_a_terminal(home: Path, *words: str) -> str:
    """What the program writes to standard error where that is a terminal."""
    ours, theirs = pty.openpty()
    program = str(Path(sys.executable).with_name("chipbrief"))
    with subprocess.Popen(
        [program, "--home", str(home), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    ) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the terminal's other end is gone
                break
            if not part:
                break
            said += part
    os.close(ours)
    assert process.returncode == 0, said
    return said.decode("utf-8", "replace")


def test_a_build_draws_a_bar_on_a_terminal(own_home: Path) -> None:
    said = _on_a_terminal(own_home, "build", "--full")

    assert "build" in said
    assert "━" in said


def test_a_pipe_gets_no_bar(own_home: Path, run_chipbrief: Run) -> None:
    done = run_chipbrief(own_home, "build", "--full")

    assert done.returncode == 0
    assert done.stderr == ""
    assert "━" not in done.stdout


def test_a_bar_names_a_file_as_it_is_and_obeys_nothing_in_its_name(
    own_home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "[red]\u202e\x9b31m.csv"
    shutil.copy(assets.seeds() / "sources.csv", file)

    said = _on_a_terminal(own_home, "ingest", "--kind", "sources", str(file))

    assert "[red]\ufffd\ufffd31m.csv" in said
