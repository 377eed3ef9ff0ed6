"""Write what a campaign found into docs/reliability.md, from pytest's own report (JUnit XML).

`make faults` runs it after the tests; the text around the table is written by hand.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
_FAULTS = {"kill": "SIGKILL", "error": "raised error", "full": "full disk"}


def main(report: Path) -> None:
    """Count trials and failures by what was tried, and put the table in its place."""
    tried: dict[str, list[bool]] = defaultdict(list)
    seconds = 0.0
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314  our own file
        held = case.find("failure") is None and case.find("error") is None
        seconds += float(case.get("time", 0))
        for what, count in _what(case.get("name", "")):
            tried[what] += [held] * count
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores, {memory:.0f} GiB"
    lines = [
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine}, {seconds / 60:.0f} minutes of trials.",
        "",
        "| tried | trials | the promise held |",
        "|---|---:|---:|",
        *(f"| {what} | {len(held):,} | {sum(held):,} |" for what, held in sorted(tried.items())),
    ]
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}", "utf-8")


def _what(name: str) -> list[tuple[str, int]]:
    """What a test tried, and how many trials that is."""
    if case := re.search(r"(?:same_bytes|rerun)\[(.+)[=-](\w+)\]", name):
        return [(f"{_FAULTS[case[2]]} at a durable step", 1)]
    if "random_times" in name and not name.endswith("[0-3]"):
        return [("SIGKILL at a random time (ten a home)", 10)]
    if case := re.search(r"law_of_the_batch_holds_on_dirt\[\w+-(few|all)\]", name):
        return [("dirty file", 4 if case[1] == "few" else 96)]
    if case := re.search(r"1_2_and_8_threads\[(once|ten_times)\]", name):
        return [("run at 1, 2 or 8 threads", 2 if case[1] == "once" else 30)]
    if "fifty_started" in name:
        return [("process of fifty started at once", 50)]
    if "torn_or_missing" in name:
        return [("publish under a reader in a loop", 100)]
    return []


if __name__ == "__main__":
    main(Path(sys.argv[1]))
