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
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from threading import Semaphore
    from types import TracebackType

_WORKER = "flows.brief.charts.worker"
#: A drawing takes a tenth of a second, the first a whole one; after so many it will not come.
PATIENCE_SECONDS = 60
#: Of so many pictures the process is told before it has made one: the next is there when one is
#: done, and the others can still be made here.
_AT_HAND = 2
#: Pictures are made under Python's lock: after one, what came meanwhile takes a moment to hear.
_MOMENT_SECONDS = 0.01


class Studio:
    """The drawing process, started when it is likely to be needed, ended with the `with`."""

    def __init__(self, command: Sequence[str] = (sys.executable, "-P", "-m", _WORKER)) -> None:
        # -P: what lies in the folder where the user stands is no module of ours
        self._command = command

    def wake(self) -> None:
        """Start the process, so that it is awake when the first drawing is wanted."""
        _ = self._process

    def draw(self, spec: str) -> Wish:
        """Ask for the compiled drawing of a spec."""
        return Wish(self._process, "drawing", spec, partial(_drawn_here, spec))

    def picture(self, spec: str, drawing: Callable[[], str]) -> Wish:
        """Ask for the PNG of a spec, as base64. `drawing` waits for its drawing."""
        return Wish(self._process, "picture", spec, lambda: _pictured_here(drawing()))

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


class Wish:
    """What was asked of the process. Calling it waits, and makes here what did not come."""

    def __init__(
        self, process: _Process | None, form: str, spec: str, here: Callable[[], str]
    ) -> None:
        self._process, self._here = process, here
        self._answer = process.ask(form, spec) if process else None

    def has_come(self) -> bool:
        """Whether calling it waits for nobody; what lies in the pipe is heard first."""
        if self._answer is not None:
            with suppress(TimeoutError):
                self._answer.heard.exception(_MOMENT_SECONDS)
        return self._answer is None or self._answer.heard.done()

    def take_back(self) -> bool:
        """Make it here after all, unless the process has been told of it already."""
        return self._answer is None or self._answer.told.cancel()

    def __call__(self) -> str:
        if self._process is None or self._answer is None or self._answer.told.cancelled():
            return self._here()
        try:
            return self._answer.heard.result(PATIENCE_SECONDS)
        except OSError:  # TimeoutError is one
            self._process.kill()
            return self._here()


class _Answer(NamedTuple):
    """When the process was told of a wish, and what it said: OSError where nothing came."""

    told: Future[None]
    heard: Future[str]


class _Process:
    """A started process and the two threads that talk to it.

    Two, because each end of a pipe waits where the other is full.
    """

    def __init__(self, command: Sequence[str]) -> None:
        import subprocess
        from concurrent.futures import ThreadPoolExecutor
        from threading import Semaphore

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
        self._room = Semaphore(_AT_HAND)

    def ask(self, form: str, spec: str) -> _Answer:
        """The answer to come; a spec is one line of JSON."""
        room = self._room if form == "picture" else None
        wish = f"{form} {spec}"
        told = self._asking.submit(self._tell, wish, room)
        return _Answer(told, self._hearing.submit(self._hear, told, wish, room))

    def _tell(self, wish: str, room: Semaphore | None) -> None:
        assert self._running.stdin is not None  # noqa: S101  it was asked for
        if room:
            room.acquire()
        self._running.stdin.write(wish.encode() + b"\n")
        self._running.stdin.flush()

    def _hear(self, told: Future[None], wish: str, room: Semaphore | None) -> str:
        from concurrent.futures import CancelledError

        from flows.brief.charts.worker import understood

        assert self._running.stdout is not None  # noqa: S101  it was asked for
        try:
            told.result()
            answer = understood(self._running.stdout.readline(), wish)
        except CancelledError:
            return ""
        finally:
            if room and not told.cancelled():
                room.release()
        if answer is None:
            raise ChildProcessError("the drawing process gave no answer")
        return answer

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


def _pictured_here(drawing: str) -> str:
    from base64 import b64encode

    from flows.brief.charts.render import to_png

    return b64encode(to_png(drawing)).decode()


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _path() -> str:
    """Where the drawing process finds the same modules as this one, and those first."""
    own = str(Path(__file__).parents[2])
    return os.pathsep.join([own, *filter(None, [os.environ.get("PYTHONPATH")])])
