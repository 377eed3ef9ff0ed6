"""One writer at a time, by a lock that the kernel drops when its holder dies.

Its file holds a note of who writes, empty between runs: one that is found is of a run that was
killed, and what that left half-written is cleared away first.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from typing import TYPE_CHECKING

from warehouse import clock, durable, failpoint
from warehouse.errors import LockHeld

if TYPE_CHECKING:
    from types import TracebackType

    from warehouse.home import Home


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
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
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
        if os.pread(handle, 1, 0):
            durable.sweep(self._home.root, path.name)
        note = {"pid": os.getpid(), "what": self._what, "since": clock.now().isoformat()}
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(note).encode("utf-8"), 0)
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
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None


def _words(holder: str) -> tuple[str, str]:
    way_out = "Wait for it to end and run this again; nothing was changed."
    try:
        note = json.loads(holder)
        what = f"chipbrief {note['what']} (process {note['pid']}, since {note['since']})"
    except (ValueError, KeyError, TypeError):
        what = "another run"
    return f"The warehouse is being written by {what}.", way_out
