"""One writer at a time, by a lock that the kernel drops when its holder dies.

Its file holds a note of who writes, blank between runs: one that is found is of a run that was
killed, and what that left half-written is cleared away first. The file is opened through no link
and never truncated: a file of somebody else's that stands in its place stays as it is.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import time
from typing import TYPE_CHECKING

from warehouse import clock, durable, failpoint
from warehouse.errors import LockHeld, Trouble

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from warehouse.home import Home

#: Bytes that a note takes, the rest of them blanks.
_NOTE = 512


class WriterLock:
    """Held while a run writes to a home.

    `wait_seconds` is how long to wait for another run before `LockHeld` is raised; the error
    names the holder's process, its command and since when it runs.
    """

    def __init__(self, home: Home, what: str, wait_seconds: float = 0.0) -> None:
        self._home = home
        self._what = what
        self._wait = wait_seconds
        self._handle: int | None = None

    def __enter__(self) -> WriterLock:
        path = self._home.lock_file
        durable.make_folder(path.parent)
        handle = _opened(path)
        deadline = time.monotonic() + self._wait
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    holder = os.pread(handle, 4096, 0).decode("utf-8", "replace").strip()
                    os.close(handle)
                    raise LockHeld(*_words(holder)) from None
                time.sleep(0.05)
        failpoint.reach("lock.taken")
        if os.pread(handle, _NOTE, 0).strip():
            durable.sweep(self._home.root, path.name)
        durable.sweep_work(self._home.root)
        note = {"pid": os.getpid(), "what": self._what, "since": clock.now().isoformat()}
        os.pwrite(handle, json.dumps(note).encode("utf-8").ljust(_NOTE), 0)
        self._handle = handle
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._handle is not None:
            failpoint.reach("lock.releasing")
            os.pwrite(self._handle, b" " * _NOTE, 0)
            os.close(self._handle)
            self._handle = None


def _opened(path: Path) -> int:
    """Open the lock's file, or make it. Raises Trouble where another thing has its name."""
    how = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    way_out = f"Move {path} away, then run this again: it is made anew."
    try:
        handle = os.open(path, how, durable.SHARED)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise
        raise Trouble(f"{path} is no file of ours: a link or a folder.", way_out) from None
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1 or not _is_note(handle):
        os.close(handle)
        raise Trouble(f"{path} is no file of ours, and is left as it is.", way_out)
    return handle


def _is_note(handle: int) -> bool:
    text = os.pread(handle, _NOTE + 1, 0).strip(b" \n\0")
    return not text or (len(text) <= _NOTE and text.startswith(b'{"pid": '))


def _words(holder: str) -> tuple[str, str]:
    way_out = "Wait for it to end and run this again; nothing was changed."
    try:
        note = json.loads(holder)
        what = f"chipbrief {note['what']} (process {note['pid']}, since {note['since']})"
    except (ValueError, KeyError, TypeError):
        what = "another run"
    return f"The warehouse is being written by {what}.", way_out
