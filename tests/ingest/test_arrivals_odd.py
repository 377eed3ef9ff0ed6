"""What a pattern, a folder or an input comes upon besides files; and inputs that are not there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from flows.ingest.arrivals import Input, find_arrivals
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A folder with a file, a pipe, a link to a device, and a link that leads nowhere."""
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "a.csv").write_text("x")
    os.mkfifo(folder / "pipe.csv")
    (folder / "zero.csv").symlink_to("/dev/zero")
    (folder / "gone.csv").symlink_to(folder / "nowhere")
    return folder


@pytest.mark.parametrize("form", ["{}", "{}/*.csv", "{}/**"])
def test_only_regular_files_are_read_and_the_rest_is_told(form: str, odd: Path) -> None:
    arrivals = find_arrivals([form.format(odd)])

    assert arrivals.found == [odd / "a.csv"]
    told = "\n".join(arrivals.remarks)
    assert "gone.csv is a link that leads nowhere" in told
    assert "pipe.csv is no regular file" in told
    assert "zero.csv is no regular file" in told


@pytest.mark.parametrize("pattern", ["/dev/zer?", "/dev/rando[m]"])
def test_a_pattern_of_devices_matches_no_file(pattern: str) -> None:
    with pytest.raises(WrongUse, match="No file matches"):
        find_arrivals([pattern])


def test_an_input_that_matches_nothing_is_told_and_the_others_are_read(odd: Path) -> None:
    empty = odd.parent / "empty"
    empty.mkdir()

    stated = [f"{odd}/*.tsv", str(empty), f"{odd}/*.csv"]
    arrivals = find_arrivals([Input(one) for one in stated])

    assert arrivals.found == [odd / "a.csv"]
    assert f"No file matches {odd}/*.tsv. Nothing is read for it." in arrivals.remarks
    assert f"{empty} holds no file. Nothing is read for it." in arrivals.remarks
    assert not arrivals.missing


@pytest.mark.parametrize("named", ["gone.csv", "none.csv", "pipe.csv"])
def test_an_input_that_is_no_file_is_a_refused_one(named: str, odd: Path) -> None:
    arrivals = find_arrivals([Input(str(odd / named)), Input(f"{odd}/a.csv")])

    assert arrivals.found == [odd / "a.csv"]
    assert [report.status for report in arrivals.missing] == ["refused"]
    assert named in arrivals.missing[0].reason


@pytest.mark.parametrize("form", ["{}/*.tsv", "{}/none.csv", "{}/pip?.csv"])
def test_an_input_that_is_required_and_stands_for_nothing_is_wrong_use(
    form: str, odd: Path
) -> None:
    with pytest.raises(WrongUse, match="required"):
        find_arrivals([Input(form.format(odd), required=True), Input(f"{odd}/a.csv")])


def test_of_patterns_on_the_command_line_one_has_to_match(odd: Path) -> None:
    arrivals = find_arrivals([f"{odd}/*.tsv", f"{odd}/a.csv"])

    assert arrivals.found == [odd / "a.csv"]
    assert arrivals.remarks == [f"No file matches {odd}/*.tsv. Nothing is read for it."]
    with pytest.raises(WrongUse, match="No file matches"):
        find_arrivals([f"{odd}/*.tsv", f"{odd}/*.psv"])
    with pytest.raises(WrongUse, match="no file or folder"):
        find_arrivals([f"{odd}/none.csv", f"{odd}/a.csv"])


def test_a_run_with_an_empty_drop_folder_is_done_and_says_so(
    own_home: Path, odd: Path, run_chipbrief: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    inputs = f'["{odd}/*.tsv"]'

    done = run_chipbrief(own_home, "run", CHIPBRIEF_INPUTS=inputs)
    stopped = run_chipbrief(
        own_home, "run", CHIPBRIEF_INPUTS=f'[{{"path": "{odd}/*.tsv", "required": true}}]'
    )

    assert done.returncode == 0, done.stderr
    assert f"No file matches {odd}/*.tsv." in done.stdout
    assert stopped.returncode == 2, stopped.stdout
    assert "required" in stopped.stderr
