"""docs/performance.md: every figure on it is written by the command named above it.

A benchmark owns one section, between two comments, and replaces it whole.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from pathlib import Path

from benchmarks.process import machine

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def write(section: str, body: str) -> None:
    """Print what was measured and put it into its section, with the machine, day and commit.

    Raises ValueError where the page has no such section.
    """
    told = f"{machine()}; {dt.datetime.now(dt.UTC).date()}, commit {_commit()}.\n\n{body}"
    print(told, flush=True)
    begin, end = f"<!-- {section}: begin -->", f"<!-- {section}: end -->"
    page = PAGE.read_text(encoding="utf-8")
    between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not between.search(page):
        raise ValueError(f"{PAGE.name} has no section {section}")
    written = between.sub(lambda _: f"{begin}\n{told}\n{end}", page)
    PAGE.write_text(written, encoding="utf-8")


def _commit() -> str:
    asked = ["git", "-C", str(PAGE.parent), "describe", "--always", "--dirty=+"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"
