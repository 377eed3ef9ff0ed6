"""Times whole processes in turn, so that a drift of the machine falls on all of them alike."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass
class Contender:
    """A command, what to do before each of its runs, and what its runs took.

    `ends` are the exit codes that are no failure, `variables` go into its environment.
    """

    name: str
    command: Sequence[str]
    before: Callable[[], None] = lambda: None
    ends: Sequence[int] = (0,)
    variables: Mapping[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median of its wall-clock seconds."""
        return statistics.median(self.seconds)

    @property
    def median_cpu(self) -> float:
        """The median of its processor seconds, which a busy machine changes less."""
        return statistics.median(self.cpu_seconds)


def race(contenders: Sequence[Contender], runs: int, log: Path, *, warm_up: bool = True) -> None:
    """Run every contender `runs` times in turn after one warm-up; raises if one fails."""
    for turn in range(0 if warm_up else 1, runs + 1):
        for contender in contenders:
            contender.before()
            seconds, cpu_seconds, peak_mb = _once(contender, log)
            if turn:
                contender.seconds.append(seconds)
                contender.cpu_seconds.append(cpu_seconds)
                contender.peak_mb.append(peak_mb)


def table(contenders: Sequence[Contender], to: Contender | None = None) -> str:
    """What the runs took as a Markdown table; ratios are to `to`, or to the first of them."""
    floor = to or contenders[0]
    lines = [
        "| | seconds (least to most) | ratio | seconds on any core | ratio | peak MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {one.name} | {one.median:.2f} ({min(one.seconds):.2f} to {max(one.seconds):.2f})"
        f" | {one.median / floor.median:.2f} | {one.median_cpu:.2f}"
        f" | {one.median_cpu / floor.median_cpu:.2f} | {max(one.peak_mb):,.0f} |"
        for one in contenders
    ]
    return "\n".join(lines)


def machine() -> str:
    """Cores, memory and processor of this machine, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {os.uname().machine}{_processor()}"


def _processor() -> str:
    """The processor's own name, where the system tells it."""
    told = Path("/proc/cpuinfo")
    if not told.is_file():
        return ""
    names = [line for line in told.read_text().splitlines() if line.startswith("model name")]
    return f", {names[0].partition(':')[2].strip()}" if names else ""


def environment() -> dict[str, str]:
    """The environment of every contender: byte code is kept, as it is where nobody forbids it."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


#: Starts a command and tells its seconds and what it used. A process counts as its own peak of
#: memory that of the one it was forked from, so a small one starts it. On Linux it adopts what the
#: command started and did not wait for (PR_SET_CHILD_SUBREAPER), and waits for it in turn: Java,
#: which ends after the Python that asked it. The peak is that of the largest process.
_LAUNCH = """
import json, os, resource, sys, time
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
began = time.perf_counter()
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status = os.waitpid(pid, 0)
seconds = time.perf_counter() - began
patience = time.monotonic() + 20
while time.monotonic() < patience:
    try:
        if os.waitpid(-1, os.WNOHANG) == (0, 0):
            time.sleep(0.02)
    except ChildProcessError:
        break
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
os.write(int(os.environ["LAUNCH_TELLS"]), json.dumps([
    os.waitstatus_to_exitcode(status), seconds, usage.ru_utime + usage.ru_stime,
    usage.ru_maxrss / 1024,
]).encode())
"""


def _once(contender: Contender, log: Path) -> tuple[float, float, float]:
    """Seconds by the clock, seconds on any core, and the peak in MB, of one run."""
    reading, telling = os.pipe()
    with log.open("ab") as out:
        subprocess.run(
            [sys.executable, "-I", "-S", "-c", _LAUNCH, *contender.command],
            stdout=out,
            stderr=out,
            env={**environment(), **contender.variables, "LAUNCH_TELLS": str(telling)},
            pass_fds=(telling,),
            check=True,
        )
    os.close(telling)
    with os.fdopen(reading, "rb") as told:
        ended, seconds, cpu_seconds, peak_mb = json.load(told)
    if ended not in contender.ends:
        said = " ".join(contender.command)
        raise RuntimeError(f"{said} ended with {ended}; see {log}")
    return seconds, cpu_seconds, peak_mb
