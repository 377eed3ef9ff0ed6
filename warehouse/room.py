"""A disk without room: told apart from other errors, and said with the place and the way out.

It stops a run where it is noticed: no file is refused for it, and nothing is taken for done.
"""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from warehouse.errors import DiskFull, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
#: As DuckDB and Polars pass on what the system says.
_SIGNS = ("No space left on device", "Disk quota exceeded", "File too large")


def is_used_up(error: BaseException) -> bool:
    """Whether an error says that a disk, a quota or a limit on files has no room left."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in _ERRNOS
    return not isinstance(error, Trouble) and any(sign in str(error) for sign in _SIGNS)


@contextmanager
def watched(root: Path) -> Iterator[None]:
    """Raise DiskFull, naming `root`, in the place of an error of a disk without room below it."""
    try:
        yield
    except Exception as error:
        if not is_used_up(error):
            raise
        raise DiskFull(
            f"The disk that {root} lies on has no room left.",
            "Free some, then run this again: it goes on from what is whole. Nothing published has"
            " changed, and nothing is lost or counted twice.",
        ) from error
