"""A process of our own that draws charts while this one renders pages.

The converter holds Python's lock and takes half a second to wake, so the process is started
before anything is to be drawn. It is a help and never a need: whatever it does not answer is
drawn here, to the same bytes.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from types import TracebackType

_WORKER = "flows.brief.charts.worker"


class Studio:
    """The drawing process, started when it is likely to be needed, ended with the `with`."""

    def __init__(self, command: Sequence[str] = (sys.executable, "-P", "-m", _WORKER)) -> None:
        # -P: what lies in the folder where the user stands is no module of ours
        self._command = command
        self._pipe: _Pipe | None = None

    def wake(self) -> None:
        """Start the process, so that it is awake when the first drawing is wanted."""
        _ = self.is_open

    @cached_property
    def is_open(self) -> bool:
        """Whether there is such a process: not on one core, where it would only be in the way."""
        if _cores() < 2 or not self._command[0]:
            return False
        try:
            self._pipe = _Pipe(self._command)
        except OSError:
            return False
        return True

    def draw(self, spec: str) -> Callable[[], str]:
        """Ask for the drawing of a spec; what is returned waits for it, once.

        Without a process, or where it gave no answer, the drawing is made here and then.
        """
        if not self.is_open:
            return partial(_drawn_here, spec)
        assert self._pipe is not None  # noqa: S101  it is open
        coming = self._pipe.draw(spec)

        def drawing() -> str:
            try:
                return coming.result()
            except OSError:
                return _drawn_here(spec)

        return drawing

    def __enter__(self) -> Studio:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End the process: by then each drawing has come, or nobody waits for it."""
        if self._pipe is not None:
            self._pipe.close()


class _Pipe:
    """A started process and the two threads that talk to it.

    Two, because each end of a pipe waits where the other is full.
    """

    def __init__(self, command: Sequence[str]) -> None:
        import subprocess
        from concurrent.futures import ThreadPoolExecutor

        # a session of its own: an interrupt at the terminal is for this process alone
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": _path(), "PYTHONIOENCODING": "utf-8"},
            start_new_session=True,
        )
        self._asking = ThreadPoolExecutor(1, "asking")
        self._hearing = ThreadPoolExecutor(1, "hearing")

    def draw(self, spec: str) -> Future[str]:
        """The drawing to come; it raises OSError where none came. A spec is one line of JSON."""
        self._asking.submit(self._ask, spec.encode() + b"\n")
        return self._hearing.submit(self._hear)

    def _ask(self, line: bytes) -> None:
        assert self._process.stdin is not None  # noqa: S101  it was asked for
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None  # noqa: S101  it was asked for
        line = self._process.stdout.readline()
        # an answer that was cut short has no end of line
        drawing: str | None = json.loads(line) if line.endswith(b"\n") else None
        if drawing is None:
            raise ChildProcessError("the drawing process gave no drawing")
        return drawing

    def close(self) -> None:
        self._process.kill()
        self._asking.shutdown()
        self._hearing.shutdown()
        with suppress(OSError), self._process:  # its ends are closed, and it is waited for
            pass


def _drawn_here(spec: str) -> str:
    from flows.brief.charts.render import compiled

    return compiled(spec)


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _path() -> str:
    """Where the drawing process finds the same modules as this one, and those first."""
    own = str(Path(__file__).parents[2])
    return os.pathsep.join([own, *filter(None, [os.environ.get("PYTHONPATH")])])
