"""From the paths that a user names to files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.ingest.arrivals import find_files
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b/2.csv", "a.csv", "b/1.csv", ".hidden/3.csv", "b/.part"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    return tmp_path


def test_a_folder_is_every_file_below_it_sorted_without_hidden_ones(folder: Path) -> None:
    assert find_files([folder]) == [folder / "a.csv", folder / "b/1.csv", folder / "b/2.csv"]


def test_a_glob_is_its_matches_sorted(folder: Path) -> None:
    assert find_files([f"{folder}/**/*.csv"]) == [
        folder / "a.csv",
        folder / "b/1.csv",
        folder / "b/2.csv",
    ]


def test_a_file_named_twice_is_read_once_where_it_was_named_first(folder: Path) -> None:
    assert find_files([folder / "b/2.csv", folder]) == [
        folder / "b/2.csv",
        folder / "a.csv",
        folder / "b/1.csv",
    ]


@pytest.mark.parametrize("stated", ["nowhere.csv", "*.nothing", "https://example.org/a.csv"])
def test_a_path_that_leads_nowhere_is_wrong_use(folder: Path, stated: str) -> None:
    with pytest.raises(WrongUse, match=r"no file|No file|is an address"):
        find_files([stated])
