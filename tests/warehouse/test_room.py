"""A disk without room is told apart from other errors and named with its way out."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import duckdb
import pytest

from warehouse import room
from warehouse.errors import DiskFull, LockHeld

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("error", "is_full"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), True),
        (OSError(errno.EFBIG, "File too large"), True),
        (duckdb.IOException('Could not write file "x": No space left on device'), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (duckdb.IOException('Could not read file "x"'), False),
        (LockHeld("No space left on device"), False),
    ],
)
def test_a_disk_without_room_is_told_apart(error: Exception, is_full: bool) -> None:
    assert room.is_used_up(error) == is_full


def test_it_is_said_with_the_place_and_the_way_out(tmp_path: Path) -> None:
    with (
        pytest.raises(DiskFull, match=f"{tmp_path} lies on has no room left") as raised,
        room.watched(tmp_path),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")

    assert raised.value.exit_code == 1
    assert "run this again" in raised.value.way_out


def test_other_errors_pass_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(LockHeld), room.watched(tmp_path):
        raise LockHeld("held")
