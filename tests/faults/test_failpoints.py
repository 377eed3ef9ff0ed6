"""Wherever a run dies, a rerun leaves what an undisturbed run leaves, byte for byte.

`points.txt` names every point before and after a durable step. `make faults` tries each with
SIGKILL, an error and a full disk, `make test` a few of them.
"""

from __future__ import annotations

import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import MoodyServer, Undisturbed, World

ROOT = Path(__file__).parents[2]
POINTS = (Path(__file__).parent / "points.txt").read_text("utf-8").split()
FAULTS = ("kill", "error", "full")
CASES = [(point, fault) for point in POINTS for fault in FAULTS]
#: One fault in each stage of a run, and each kind of fault.
SHORT = {
    ("manifest.renamed", "kill"),
    ("build.made", "full"),
    ("edition.renamed", "error"),
    ("mail.dot-sent", "kill"),
}
#: The trials of `make test` share one prepared world, in one process.
ONE_WORLD = pytest.mark.xdist_group("faults")


@ONE_WORLD
def test_every_point_in_the_code_is_tried(undisturbed: Undisturbed) -> None:
    """A step that is added without a trial, or a point that no run passes, is seen here."""
    passed = set(undisturbed.points)
    filed = {f"state-filed.{part}" for part in ("begin", "written", "synced", "renamed", "done")}

    assert set(POINTS) == passed | filed
    steps = {point.partition(".")[0] for point in POINTS}
    stated = set()
    for folder in ("flows", "warehouse"):
        for module in (ROOT / folder).rglob("*.py"):
            stated |= set(re.findall(r'failpoint\.reach\("([^"]+)"\)', module.read_text("utf-8")))
    assert stated <= set(POINTS)
    assert {point.partition(".")[0] for point in stated} <= steps


@pytest.mark.parametrize(
    ("point", "fault"),
    [
        pytest.param(
            *case, marks=ONE_WORLD if case in SHORT else pytest.mark.faults, id="=".join(case)
        )
        for case in CASES
    ],
)
def test_a_rerun_after_a_fault_leaves_the_same_bytes(
    point: str,
    fault: str,
    prepared: World,
    undisturbed: Undisturbed,
    moody_server: MoodyServer,
    everybody_got_one: Callable[[MoodyServer], None],
    tmp_path: Path,
) -> None:
    world = prepared.copy(tmp_path / "world")
    filing = point.startswith("state-filed")
    first = None if filing else moody_server

    died = world.second_day(first, CHIPBRIEF_FAILPOINT=f"{point}={fault}")
    again = world.second_day(moody_server)

    if fault == "kill":
        assert died.returncode == -signal.SIGKILL
    assert again.returncode == 6, again.stdout + again.stderr
    everybody_got_one(moody_server)
    assert world.content() == undisturbed.content
    assert not [p for p in world.home.rglob("*") if ".part" in p.name or ".ingest-" in p.name]
