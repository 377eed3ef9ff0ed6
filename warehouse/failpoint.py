"""Named points before and after each durable step, where trials make a run die, fail or fill up.

Nothing happens unless CHIPBRIEF_FAILPOINT names a point and a fault: `manifest.written=kill`, or
`manifest.written=kill:3` for the third time that a run passes it. CHIPBRIEF_FAILPOINT_LOG names
a file to which each point passed is written, so that a trial knows them all.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from typing import Literal, cast, get_args

from warehouse.errors import WrongUse

#: kill: SIGKILL. error: an exception. full: from here on no file takes another byte.
Fault = Literal["kill", "error", "full"]

_LOG = os.environ.get("CHIPBRIEF_FAILPOINT_LOG")
_STATED = os.environ.get("CHIPBRIEF_FAILPOINT")
_passed: Counter[str] = Counter()


class Injected(Exception):
    """The fault that a trial asked for."""


def _parsed(stated: str | None) -> tuple[str, Fault, int] | None:
    if not stated:
        return None
    point, _, how = stated.partition("=")
    fault, _, time = how.partition(":")
    if fault not in get_args(Fault) or (time and not time.isdecimal()):
        raise WrongUse(
            f"CHIPBRIEF_FAILPOINT is not a point and a fault: {stated!r}",
            "Write it as manifest.written=kill or manifest.written=error:2, or unset it.",
        )
    return point, cast("Fault", fault), int(time or 1)


_ARMED = _parsed(_STATED)


def reach(point: str) -> None:
    """Pass a point; a fault that is armed for it happens here."""
    if _ARMED is None and _LOG is None:
        return
    _passed[point] += 1
    if _LOG is not None:
        with open(_LOG, "a", encoding="utf-8") as log:  # noqa: PTH123  no import for a trial
            log.write(f"{point} {_passed[point]}\n")
    if _ARMED is not None and _ARMED[0] == point and _ARMED[2] == _passed[point]:
        _happen(_ARMED[1], point)


def _happen(fault: Fault, point: str) -> None:
    if fault == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == "error":
        raise Injected(f"a trial asked for an error at {point}")
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
