"""Files that are either whole or absent: written aside, synced, then renamed into place.

Each move names its step, and a trial can make a run die before and after every part of it.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse import failpoint

if TYPE_CHECKING:
    from collections.abc import Iterator


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make the content of a file that another library wrote survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def aside(path: Path, step: str, *, sync: bool = True) -> Iterator[Path]:
    """Give a temporary path beside `path`; on success sync it and rename it to `path`.

    `step` says what the file is, for trials. On any error the temporary file is removed and
    `path` is as it was. Without `sync` it is the caller who sees to it that content and name are
    on disk before they count.
    """
    failpoint.reach(f"{step}.begin")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        failpoint.reach(f"{step}.written")
        if sync:
            sync_file(temporary)
        temporary.chmod(0o644)
        failpoint.reach(f"{step}.synced")
        temporary.replace(path)
        failpoint.reach(f"{step}.renamed")
        if sync:
            sync_folder(path.parent)
        failpoint.reach(f"{step}.done")
    finally:
        temporary.unlink(missing_ok=True)


def sweep(root: Path, but: str) -> None:
    """Remove the half-written files below `root` that a killed writer left.

    A folder that holds a file called `but` has another writer: what lies there stays.
    """
    for folder, below, files in os.walk(root):
        here = Path(folder)
        below[:] = [name for name in below if not (here / name / but).exists()]
        for name in files:
            if name.startswith(".") and name.endswith(".part"):
                (here / name).unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes, step: str) -> None:
    """Write a file whole or not at all."""
    with aside(path, step) as temporary:
        temporary.write_bytes(data)


def write_text(path: Path, text: str, step: str) -> None:
    """Write a UTF-8 text whole or not at all."""
    write_bytes(path, text.encode("utf-8"), step)


def replace(temporary: Path, path: Path, step: str) -> None:
    """Move a finished file or folder into place by rename, and make the move durable."""
    if temporary.is_file():
        sync_file(temporary)
    failpoint.reach(f"{step}.synced")
    temporary.replace(path)
    failpoint.reach(f"{step}.renamed")
    sync_folder(path.parent)
    failpoint.reach(f"{step}.done")
