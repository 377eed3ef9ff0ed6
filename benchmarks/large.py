"""Fifty million invented sales on one machine: from the file to the edition, a stage at a time.

    python -m benchmarks.large 50000000 [--memory 4GB] [--format csv parquet]

Each stage is a process of its own and runs once: `ingest`, `build`, `brief`, a day of 30,000 rows
with its build. Tells seconds, seconds on any core, the peak of memory and the disk that is held.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from pathlib import Path

from benchmarks import page
from benchmarks.process import Contender, race

#: The day of the batch that follows the history: its late rows and corrections are of past months.
DAY = "2026-11-20"


def main() -> None:
    """Measure, print, and write the section `large` of the page."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.large", description=__doc__)
    words.add_argument("rows", nargs="*", type=int, default=[50_000_000])
    words.add_argument("--memory", default="4GB", help="what DuckDB may hold (memory_limit)")
    forms = ("csv", "parquet")
    words.add_argument("--format", nargs="+", default=forms, choices=forms)
    asked = words.parse_args()
    parts = [f"`memory_limit` {asked.memory}; each stage once, in a process of its own."]
    for rows, form in itertools.product(asked.rows, asked.format):
        with tempfile.TemporaryDirectory() as folder:
            parts.append(_measure(rows, Path(folder), form, asked.memory))
    page.write("large", "\n\n".join(parts))


def _measure(rows: int, root: Path, form: str, memory: str) -> str:
    home, log = root / "home", root / "log.txt"
    program = [str(Path(sys.executable).with_name("chipbrief")), "--home", str(home)]
    history, day = root / f"history.{form}", root / f"day.{form}"
    limit = {"CHIPBRIEF_MEMORY_LIMIT": memory}
    sample = [*program, "sample", "sales", "--rows"]
    of_day = ["30000", "--day", DAY, "--after", str(rows), str(day)]
    for words in ([str(rows), str(history)], of_day):
        race([Contender("prepare", [*sample, *words])], 0, log)
    race([Contender("prepare", [*program, "run"])], 0, log)
    stages = {
        "ingest, check and store": ["ingest", str(history)],
        "build every model": ["build", "--full"],
        "an edition of two languages": ["brief"],
        "nothing changed": ["run"],
        "ingest a day of 30,000": ["ingest", str(day)],
        "build after it": ["build"],
    }
    lines = [
        "| stage | seconds | seconds on any core | peak MB | home, GB |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, words in stages.items():
        stage = Contender(name, [*program, *words], variables=limit)
        race([stage], 1, log, warm_up=False)
        held = sum(p.stat().st_size for p in home.rglob("*") if p.is_file()) / 2**30
        lines.append(
            f"| {name} | {stage.median:,.1f} | {stage.median_cpu:,.1f}"
            f" | {max(stage.peak_mb):,.0f} | {held:,.1f} |"
        )
    called = {"csv": "CSV", "parquet": "Parquet"}[form]
    told = f"{rows:,} sales, {history.stat().st_size / 2**30:.1f} GB of {called}:"
    return "\n".join([told, "", *lines])


if __name__ == "__main__":
    main()
