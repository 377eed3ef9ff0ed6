"""Files that are either whole or absent: written aside, synced, then renamed into place.

Each move names its step, and a trial can make a run die before and after every part of it.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse import failpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Folders of work in hand begin so; one that is left over is of a run that was killed.
WORK = ".ingest-"
#: What is half-written: `.NAME.xxxx.part`, and what DuckDB writes beside such a file.
_HALF = re.compile(r"\..*\.part(\.wal|\.tmp|-[^.]*)?")
#: The mode that the umask of the process is taken from, and that of what is nobody else's.
SHARED, PRIVATE = 0o666, 0o600


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


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder and those above it, each name on disk; `mode` is of the last, less the umask.

    Raises NotADirectoryError or FileExistsError where a file has the name of one of them.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode, exist_ok=True)  # somebody else may have been quicker
    sync_folder(folder.parent)


def half_file(folder: Path, name: str, mode: int = SHARED) -> Path:
    """A new empty file beside where `name` will stand; the umask of the process holds for it."""
    while True:
        path = folder / f".{name}.{secrets.token_hex(4)}.part"
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode))
            return path


@contextmanager
def aside(path: Path, step: str, *, mode: int = SHARED) -> Iterator[Path]:
    """Give a temporary path beside `path`; on success sync it and rename it to `path`.

    `step` says what the file is, for trials; `mode` is narrowed by the umask. On any error the
    temporary file is removed and `path` is as it was.
    """
    failpoint.reach(f"{step}.begin")
    make_folder(path.parent, 0o700 if mode == PRIVATE else 0o777)
    temporary = half_file(path.parent, path.name, mode)
    try:
        yield temporary
        failpoint.reach(f"{step}.written")
        sync_file(temporary)
        failpoint.reach(f"{step}.synced")
        temporary.replace(path)
        failpoint.reach(f"{step}.renamed")
        sync_folder(path.parent)
        failpoint.reach(f"{step}.done")
    finally:
        temporary.unlink(missing_ok=True)


def sweep(root: Path, but: str) -> None:
    """Remove the half-written files and folders below `root` that a killed writer left.

    A folder that holds a file called `but` has another writer: what lies there stays.
    """
    for folder, below, files in os.walk(root):
        here = Path(folder)
        for name in [name for name in below if _HALF.fullmatch(name)]:
            shutil.rmtree(here / name, ignore_errors=True)
        below[:] = [
            name for name in below if not (_HALF.fullmatch(name) or (here / name / but).exists())
        ]
        for name in files:
            if _HALF.fullmatch(name):
                (here / name).unlink(missing_ok=True)


def sweep_work(root: Path) -> None:
    """Remove the folders of work in hand that a killed writer left in `root`."""
    for left in root.glob(f"{WORK}*"):
        shutil.rmtree(left, ignore_errors=True)


def write_bytes(path: Path, data: bytes, step: str, *, mode: int = SHARED) -> None:
    """Write a file whole or not at all."""
    with aside(path, step, mode=mode) as temporary:
        temporary.write_bytes(data)


def write_text(path: Path, text: str, step: str, *, mode: int = SHARED) -> None:
    """Write a UTF-8 text whole or not at all."""
    write_bytes(path, text.encode("utf-8"), step, mode=mode)


def replace(temporary: Path, path: Path, step: str) -> None:
    """Move a finished file or folder into place by rename, and make the move durable."""
    if temporary.is_file():
        sync_file(temporary)
    failpoint.reach(f"{step}.synced")
    temporary.replace(path)
    failpoint.reach(f"{step}.renamed")
    sync_folder(path.parent)
    failpoint.reach(f"{step}.done")
