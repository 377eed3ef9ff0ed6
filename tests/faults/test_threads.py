"""The same records give the same bytes at any number of threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import World

pytestmark = pytest.mark.trial


@pytest.mark.parametrize(
    ("runs", "numbers"),
    [
        pytest.param(1, ("1", "8"), marks=pytest.mark.xdist_group("faults")),
        pytest.param(10, ("1", "2", "8"), marks=pytest.mark.faults),
    ],
    ids=["once", "ten_times"],
)
def test_every_mart_and_page_is_the_same_at_1_2_and_8_threads(
    runs: int, numbers: tuple[str, ...], prepared: World, tmp_path: Path
) -> None:
    first = None
    for run in range(runs):
        for threads in numbers:
            world = prepared.copy(tmp_path / f"{threads}-{run}")
            done = world.second_day(None, CHIPBRIEF_THREADS=threads, POLARS_MAX_THREADS=threads)
            assert done.returncode == 4, done.stdout + done.stderr
            content = world.content()
            first = first or content
            assert content == first, f"{threads} threads, run {run + 1}"
