"""Write what a campaign found into docs/reliability.md, from pytest's own reports (JUnit XML).

`make faults` runs it after the tests, with one report or with those of parts that were run apart;
the text around the table is written by hand.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
_FAULTS = {"kill": "SIGKILL", "error": "a raised error", "full": "no file takes another byte"}


@dataclass
class Tried:
    """One promise under trial: at how many points or homes, how often, how often it held."""

    points: set[str] = field(default_factory=set)
    trials: int = 0
    held: int = 0


def main(reports: list[Path]) -> None:
    """Count trials and failures by what was tried, and put the table in its place."""
    tried: dict[str, Tried] = {}
    seconds, days = 0.0, set()
    for report in reports:
        for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314  our own file
            days.add(str(suite.get("timestamp"))[:10])
            for case in suite.iter("testcase"):
                held = case.find("failure") is None and case.find("error") is None
                seconds += float(case.get("time", 0))
                for what, point, count in _what(case.get("name", "")):
                    one = tried.setdefault(what, Tried())
                    one.points.add(point)
                    one.trials += count
                    one.held += held * count
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores, {memory:.0f} GiB"
    lines = [
        f"{' to '.join(sorted({min(days), max(days)}))}, commit {_commit()}, {machine}.",
        f"{seconds / 60:.0f} minutes of trials, counted one after the other.",
        "",
        "| tried | at | trials | the promise held |",
        "|---|---|---:|---:|",
        *(
            f"| {what} | {_at(one)} | {one.trials:,} | {one.held:,} |"
            for what, one in sorted(tried.items())
        ),
    ]
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}", "utf-8")


def _what(name: str) -> list[tuple[str, str, int]]:
    """What a test tried, at which point or in which home, and how many trials that is."""
    if case := re.search(r"(?:same_bytes|rerun)\[(.+)[=-](\w+)\]", name):
        return [(f"{_FAULTS[case[2]]} at a durable step", f"point {case[1]}", 1)]
    if case := re.search(r"random_times.*\[(\d+)-(\d+)\]", name):
        return [("SIGKILL at a random time", f"home {case[1]}", int(case[2]))]
    if case := re.search(r"too_little_room.*\[(\d+)\]", name):
        return [("a real disk with too little room", f"size {case[1]}", 1)]
    if case := re.search(r"on_a_sudden.*\[(\d+)\]", name):
        return [("a real disk that fills up during the run", f"moment {case[1]}", 1)]
    if case := re.search(r"law_of_the_batch_holds_on_dirt\[(\w+)-(few|all)\]", name):
        return [("a dirty file", f"kind {case[1]}", 4 if case[2] == "few" else 96)]
    if case := re.search(r"1_2_and_8_threads\[(once|ten_times)\]", name):
        numbers = ("1", "8") if case[1] == "once" else ("1", "2", "8")
        each = 1 if case[1] == "once" else 10
        return [("the same bytes at 1, 2 and 8 threads", f"count {n}", each) for n in numbers]
    if "fifty_started" in name:
        return [("processes started at once", "home of fifty", 50)]
    if "get_their_turn" in name:
        return [("processes started at once", "home of three that wait", 3)]
    if "torn_or_missing" in name:
        return [("publishes under a reader in a loop", "reader", 100)]
    return []


def _at(one: Tried) -> str:
    """How many points, homes, kinds: the word that all of them begin with."""
    word = min(one.points).partition(" ")[0]
    return f"{len(one.points)} {word}{'' if len(one.points) == 1 else 's'}"


def _commit() -> str:
    """The commit that was tried, marked where files had been changed since."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=PAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
