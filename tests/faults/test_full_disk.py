"""A real disk without room: a small one of its own, full from the start or full on a sudden.

A run that finds no room says so and stops; when there is room again it ends as one left alone
ends. The disk is a tmpfs, which only root may mount: `make faults` fails where that is not
allowed.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import MoodyServer, Undisturbed, World

SIZE = "192m"
SECOND_DAY = "2026-02-03T08:00:00+00:00"

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk of its own."""
    place = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert mounted.returncode == 0, f"a tmpfs cannot be mounted here: {mounted.stderr}"
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def world(disk: Path, prepared: World) -> Iterator[World]:
    """The prepared home on the small disk, the only thing on it."""
    yield prepared.copy(disk / "world")
    shutil.rmtree(disk / "world")


@pytest.fixture(scope="module")
def needed(disk: Path, prepared: World) -> int:
    """The most bytes that a run takes up on the way."""
    world, before = prepared.copy(disk / "world"), shutil.disk_usage(disk).free
    least, over = [before], threading.Event()

    def look() -> None:
        while not over.wait(0.005):
            least.append(shutil.disk_usage(disk).free)

    watch = threading.Thread(target=look)
    watch.start()
    done = world.second_day(None)
    over.set()
    watch.join()
    shutil.rmtree(disk / "world")
    assert done.returncode == 4, done.stdout + done.stderr
    return before - min(least)


def _fill(disk: Path, but: int = 0) -> Path:
    """Take up all room on the disk but so many bytes."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        while (free := shutil.disk_usage(disk).free) > but:
            # a run that writes meanwhile may have taken some
            with suppress(OSError):
                os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), free - but)
    return filler


def _told(said: str) -> None:
    """What, where, and the way out."""
    assert "has no room left" in said
    assert "/world/home" in said
    assert "Free some, then run this again" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("seed", range(24))
def test_a_run_on_a_disk_with_too_little_room_says_so_and_goes_on_when_there_is_some(
    seed: int,
    disk: Path,
    needed: int,
    world: World,
    undisturbed: Undisturbed,
    moody_server: MoodyServer,
    everybody_got_one: Callable[[MoodyServer], None],
) -> None:
    left = 0 if seed == 0 else int(random.Random(seed).uniform(0, 0.9) * needed)  # noqa: S311
    filler = _fill(disk, left)

    stopped = world.second_day(moody_server)
    filler.unlink()
    again = world.second_day(moody_server)

    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
    _told(stopped.stderr)
    assert again.returncode == 6, again.stdout + again.stderr
    everybody_got_one(moody_server)
    assert world.content() == undisturbed.content
    assert not world.half_written()


@pytest.mark.parametrize("seed", range(16))
def test_a_disk_that_fills_up_on_a_sudden_stops_a_run_and_loses_nothing(
    seed: int,
    disk: Path,
    world: World,
    undisturbed: Undisturbed,
    moody_server: MoodyServer,
    everybody_got_one: Callable[[MoodyServer], None],
) -> None:
    chance = random.Random(f"sudden {seed}")  # noqa: S311
    run = subprocess.Popen(
        world.command("run"),
        env=world.environment(SECOND_DAY, moody_server),
        cwd=world.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(chance.uniform(0.2, undisturbed.seconds))
    filler = _fill(disk)
    _, said = run.communicate(timeout=300)
    filler.unlink()
    again = world.second_day(moody_server)

    assert run.returncode in (1, 6), said
    if run.returncode == 1:
        _told(said)
    assert again.returncode == 6, again.stdout + again.stderr
    everybody_got_one(moody_server)
    assert world.content() == undisturbed.content
    assert not world.half_written()


def test_a_file_that_finds_no_room_is_not_refused(disk: Path, world: World) -> None:
    """A file too large for the disk is no bad file: the run stops before anything is decided."""
    large = disk.parent / "large.csv"
    with large.open("wb") as file:
        file.write(b"sale_id,vendor\n" + b"x" * 100_000)
        file.truncate(80 << 20)
    before = world.content()
    filler = _fill(disk, 64 << 20)

    stopped = world.command_on_second_day("ingest", str(large))
    filler.unlink()

    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
    _told(stopped.stderr)
    assert "refused" not in stopped.stdout
    assert world.content() == before
