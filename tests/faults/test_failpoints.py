"""Wherever a run dies, a rerun leaves what an undisturbed run leaves, byte for byte.

`points.txt` names every point before and after a durable step. `make faults` tries each with
SIGKILL, an error and a full disk, `make trials` a few of them.
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

pytestmark = pytest.mark.trial

ROOT = Path(__file__).parents[2]
POINTS = (Path(__file__).parent / "points.txt").read_text("utf-8").split()
FAULTS = ("kill", "error", "full")
CASES = [(point, fault) for point in POINTS for fault in FAULTS]
#: Commands beside the daily job, the step that each of them takes, and its exit codes when done.
UPKEEP = {
    "rebuilt-warehouse": (("rebuild",), {0}),
    "edition-seen": (("run",), {4, 6}),
    # a second time the file stands already
    "to-mend": (("quarantine", "show", "sales_day_two.csv", "--mend", "mended.csv"), {0, 2}),
    # a second time nothing is left to dismiss
    "decision": (("quarantine", "dismiss", "sales_day_two.csv", "--because", "a trial"), {0, 2}),
}
PARTS = ("begin", "written", "synced", "renamed", "done")
UPKEEP_CASES = [(f"{step}.{part}", fault) for step in UPKEEP for part in PARTS for fault in FAULTS]
#: One fault in each stage of a run, and each kind of fault.
SHORT = {
    ("manifest.renamed", "kill"),
    ("build.made", "full"),
    ("edition.renamed", "error"),
    ("mail.dot-sent", "kill"),
}
#: Steps that write where the user says, or only where a file was broken by other hands before.
NOT_OF_A_HOME = {"sample", "unread-log"}
#: The trials of `make trials` share one prepared world, in one process.
ONE_WORLD = pytest.mark.xdist_group("faults")


@ONE_WORLD
def test_every_point_in_the_code_is_tried(undisturbed: Undisturbed) -> None:
    """A step that is added without a trial, or a point that no run passes, is seen here."""
    passed = set(undisturbed.points)
    filed = {f"state-filed.{part}" for part in PARTS}

    assert set(POINTS) == passed | filed
    assert len({*POINTS, *(point for point, _ in UPKEEP_CASES)}) >= 120
    stated = set()
    for folder in ("flows", "warehouse"):
        for module in (ROOT / folder).rglob("*.py"):
            stated |= set(re.findall(r'failpoint\.reach\("([^"]+)"\)', module.read_text("utf-8")))
    assert stated <= set(POINTS)
    tried = {*(point.partition(".")[0] for point in POINTS), *UPKEEP, *NOT_OF_A_HOME}
    assert steps_named(ROOT) <= tried


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
    assert not world.half_written()


@pytest.fixture(scope="module")
def upkept(prepared: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The second day done, and a file come in since that changes no figure."""
    world = prepared.copy(tmp_path_factory.mktemp("upkept") / "world")
    assert world.second_day(None).returncode == 4
    received = (prepared.root / "received" / "companies.csv").read_text("utf-8")
    (world.root / "companies.csv").write_text(f"{received}\n", "utf-8")
    assert world.command_on_second_day("ingest", "companies.csv").returncode == 0
    return world


@pytest.mark.faults
@pytest.mark.parametrize(("point", "fault"), UPKEEP_CASES)
def test_upkeep_that_a_fault_ends_is_done_by_a_rerun(
    point: str, fault: str, upkept: World, tmp_path: Path
) -> None:
    words, codes = UPKEEP[point.partition(".")[0]]
    world, whole = upkept.copy(tmp_path / "world"), upkept.copy(tmp_path / "whole")
    assert whole.command_on_second_day(*words).returncode in codes

    died = world.command_on_second_day(*words, CHIPBRIEF_FAILPOINT=f"{point}={fault}")
    again = world.command_on_second_day(*words)

    if fault == "kill":
        assert died.returncode == -signal.SIGKILL
    assert again.returncode in codes, again.stdout + again.stderr
    assert world.content() == whole.content()
    assert not world.half_written()
    if "to-mend" in point:
        one, other = ((w.root / "mended.csv").read_bytes() for w in (world, whole))
        assert one == other


def steps_named(root: Path) -> set[str]:
    """The steps that the code names to `durable`."""
    found = set()
    call = re.compile(
        r"durable\.(?:aside|write_text|write_bytes|replace)\((.*?)\)(?: as |\n)", re.S
    )
    for folder in ("flows", "warehouse"):
        for module in (root / folder).rglob("*.py"):
            for said in call.findall(module.read_text("utf-8")):
                found |= {name for name in re.findall(r'"([a-z-]+)"', said) if name != "utf-8"}
    return found
