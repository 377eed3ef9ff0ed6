"""A run that is killed at any moment, again and again, ends where one left alone ends."""

from __future__ import annotations

import random
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import MoodyServer, Undisturbed, World

pytestmark = pytest.mark.trial

#: Kills of one home before it is let be; the campaign has 30 homes, so 300 kills.
KILLS = 10
SECOND_DAY = "2026-02-03T08:00:00+00:00"


def _killed(world: World, server: MoodyServer, seconds: float) -> bool:
    """Start a run and kill it after so long; whether it was still running."""
    run = subprocess.Popen(
        world.command("run"),
        env=world.environment(SECOND_DAY, server),
        cwd=world.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        run.wait(seconds)
    except subprocess.TimeoutExpired:
        run.send_signal(signal.SIGKILL)
        run.wait()
        return True
    return False


@pytest.mark.parametrize(
    ("seed", "kills_each"),
    [
        # the first falls early, so into work left undone, even where the undisturbed run was slow
        pytest.param(7, 3, marks=pytest.mark.xdist_group("faults")),
        *(pytest.param(s, KILLS, marks=pytest.mark.faults) for s in range(10, 40)),
    ],
)
def test_kills_at_random_times_lose_nothing_and_repeat_nothing(
    seed: int,
    kills_each: int,
    prepared: World,
    undisturbed: Undisturbed,
    moody_server: MoodyServer,
    everybody_got_one: Callable[[MoodyServer], None],
    tmp_path: Path,
) -> None:
    world, chance = prepared.copy(tmp_path / "world"), random.Random(seed)  # noqa: S311
    kills, longest = 0, undisturbed.seconds
    while kills < kills_each:
        if _killed(world, moody_server, chance.uniform(0.05, longest)):
            kills += 1
        else:  # it came to its end: what is left takes less time than that
            longest = max(longest / 2, 0.2)
    done = world.second_day(moody_server)

    assert done.returncode == 6, done.stdout + done.stderr
    everybody_got_one(moody_server)
    assert world.content() == undisturbed.content
    assert not world.half_written()
