"""Times whole processes in turn, so that a drift of the machine falls on all of them alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import resource
    from collections.abc import Callable, Sequence
    from pathlib import Path


@dataclass
class Contender:
    """A command, what to do before each of its runs, and what its runs took."""

    name: str
    command: Sequence[str]
    before: Callable[[], None] = lambda: None
    seconds: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median of its wall-clock seconds."""
        return statistics.median(self.seconds)

    @property
    def cpu(self) -> float:
        """The median of its seconds on any core: what a busy machine does not lengthen."""
        return statistics.median(self.cpu_seconds)


def race(contenders: Sequence[Contender], runs: int, log: Path) -> None:
    """Run every contender `runs` times in turn after one warm-up; raises if one fails."""
    for turn in range(runs + 1):
        for contender in contenders:
            contender.before()
            seconds, cpu, peak = _once(contender.command, log)
            if turn:
                contender.seconds.append(seconds)
                contender.cpu_seconds.append(cpu)
                contender.peak_mb.append(peak)


def machine() -> str:
    """Cores, memory and processor of this machine, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {os.uname().machine}"


def _once(command: Sequence[str], log: Path) -> tuple[float, float, float]:
    began = time.perf_counter()
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}; see {log}")
    seconds = time.perf_counter() - began
    return seconds, usage.ru_utime + usage.ru_stime, _peak_mb(usage)


def _peak_mb(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024
