"""A process of our own that draws charts while this one loads, reads and renders.

The converter holds Python's lock and takes half a second to wake, so the process is started
before anything is to be drawn. It is a help and never a need: whatever it does not answer is
drawn here, to the same bytes.
"""

from __future__ import annotations

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
#: A drawing takes a tenth of a second, the first a whole one; after so many it will not come.
PATIENCE_SECONDS = 60


class Studio:
    """The drawing process, started when it is likely to be needed, ended with the `with`."""

    def __init__(self, command: Sequence[str] = (sys.executable, "-P", "-m", _WORKER)) -> None:
        # -P: what lies in the folder where the user stands is no module of ours
        self._command = command

    def wake(self) -> None:
        """Start the process, so that it is awake when the first drawing is wanted."""
        _ = self._process

    def draw(self, spec: str) -> Callable[[], str]:
        """Ask for the compiled drawing of a spec; what is returned waits for it.

        Without a process, or where it gave no answer, the drawing is made here and then.
        """
        process = self._process
        if process is None:
            return partial(_drawn_here, spec)
        coming = process.draw(spec)

        def drawing() -> str:
            try:
                return coming.result(PATIENCE_SECONDS)
            except OSError:  # TimeoutError is one
                process.kill()
                return _drawn_here(spec)

        return drawing

    @cached_property
    def _process(self) -> _Process | None:
        """None on one core, where it would only be in the way, and where none can be started."""
        if _cores() < 2 or not self._command[0]:
            return None
        try:
            return _Process(self._command)
        except OSError:
            return None

    def __enter__(self) -> Studio:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End the process: by then each drawing has come, or nobody waits for it."""
        process = self.__dict__.get("_process")
        if process is not None:
            process.end()


class _Process:
    """A started process and the two threads that talk to it.

    Two, because each end of a pipe waits where the other is full.
    """

    def __init__(self, command: Sequence[str]) -> None:
        import subprocess
        from concurrent.futures import ThreadPoolExecutor

        # a session of its own: an interrupt at the terminal is for this process alone
        self._running = subprocess.Popen(  # noqa: S603  our own interpreter and module
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
        return self._hearing.submit(self._hear, spec)

    def _ask(self, line: bytes) -> None:
        assert self._running.stdin is not None  # noqa: S101  it was asked for
        self._running.stdin.write(line)
        self._running.stdin.flush()

    def _hear(self, spec: str) -> str:
        from flows.brief.charts.worker import understood

        assert self._running.stdout is not None  # noqa: S101  it was asked for
        drawing = understood(self._running.stdout.readline(), spec)
        if drawing is None:
            raise ChildProcessError("the drawing process gave no drawing")
        return drawing

    def kill(self) -> None:
        """Wait for it no longer: what it still owes is answered at once, by nothing."""
        self._running.kill()

    def end(self) -> None:
        """Kill it and leave nothing of it behind."""
        self.kill()
        self._asking.shutdown()
        self._hearing.shutdown()
        with suppress(OSError), self._running:  # its pipes are closed, and it is waited for
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
