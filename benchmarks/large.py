"""Fifty million invented sales on one machine: from the file to the edition, a stage at a time.

    python -m benchmarks.large 50000000 [--runs N] [--memory 4GB] [--format csv parquet]

Each stage is a process of its own: `ingest`, `build`, `brief`, a day of 30,000 rows with its build.
The formats take turns, each time in a new home, and before them DuckDB alone stores the CSV
unchecked. Tells seconds, seconds on any core, the peak of memory and the disk that is held.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import page
from benchmarks.ingest import duckdb_alone
from benchmarks.process import Contender, race

#: The day of the batch that follows the history: its late rows and corrections are of past months.
DAY = "2026-11-20"
_CALLED = {"csv": "CSV", "parquet": "Parquet"}


@dataclass(frozen=True)
class _Way:
    """The stages from a history in one format to the build after a day, in a home of their own."""

    form: str
    home: Path
    stages: list[Contender]
    held: dict[str, float] = field(default_factory=dict)

    def go(self, program: list[str], log: Path) -> None:
        """Go through the stages once, in a new home that has the bundled records."""
        shutil.rmtree(self.home, ignore_errors=True)
        race([Contender("prepare", [*program, "run"])], 0, log)
        for stage in self.stages:
            race([stage], 1, log, warm_up=False)
            files = (path for path in self.home.rglob("*") if path.is_file())
            self.held[stage.name] = sum(path.stat().st_size for path in files) / 2**30


def main() -> None:
    """Measure, print, and write the section `large` of the page."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.large", description=__doc__)
    words.add_argument("rows", nargs="*", type=int, default=[50_000_000])
    words.add_argument("--runs", type=int, default=3)
    words.add_argument("--memory", default="4GB", help="what DuckDB may hold (memory_limit)")
    words.add_argument("--format", nargs="+", default=[*_CALLED], choices=[*_CALLED])
    asked = words.parse_args()
    turns = f"medians of {asked.runs} turns" if asked.runs > 1 else "each stage once"
    parts = [f"`memory_limit` {asked.memory}; {turns}, each stage a process of its own."]
    for rows in asked.rows:
        with tempfile.TemporaryDirectory() as folder:
            parts += _measure(rows, asked.format, asked.runs, asked.memory, Path(folder))
    page.write("large", "\n\n".join(parts))


def _measure(rows: int, forms: list[str], runs: int, memory: str, root: Path) -> list[str]:
    log, home, store = root / "log.txt", root / "home", root / "bare.duckdb"
    program = [str(Path(sys.executable).with_name("chipbrief")), "--home", str(home)]
    limit = {"CHIPBRIEF_MEMORY_LIMIT": memory}
    histories = {form: root / f"history.{form}" for form in forms}
    ways = []
    for form, history in histories.items():
        day = root / f"day.{form}"
        of_day = ["30000", "--day", DAY, "--after", str(rows), str(day)]
        for words in ([str(rows), str(history)], of_day):
            sample = [*program, "sample", "sales", "--rows", *words]
            race([Contender("prepare", sample)], 0, log)
        stages = {
            "ingest, check and store": ["ingest", str(history)],
            "build every model": ["build", "--full"],
            "an edition of two languages": ["brief"],
            "nothing changed": ["run"],
            "ingest a day of 30,000": ["ingest", str(day)],
            "build after it": ["build"],
        }
        contenders = [Contender(n, [*program, *w], variables=limit) for n, w in stages.items()]
        ways.append(_Way(form, home, contenders))

    unchecked = []
    if "csv" in forms:
        unchecked.append(duckdb_alone(histories["csv"], store))
    for _ in range(runs):
        race(unchecked, 1, log, warm_up=False)
        store.unlink(missing_ok=True)
        for way in ways:
            way.go(program, log)
    parts = []
    for way in ways:
        size = histories[way.form].stat().st_size / 2**30
        parts.append(f"{rows:,} sales, {size:.1f} GB of {_CALLED[way.form]}:")
        parts.append(_table([*(unchecked if way.form == "csv" else []), *way.stages], way.held))
    return parts


def _table(stages: list[Contender], held: dict[str, float]) -> str:
    lines = [
        "| stage | seconds (least to most) | seconds on any core | peak MB | home, GB |",
        "|---|---:|---:|---:|---:|",
    ]
    for stage in stages:
        home = f"{held[stage.name]:,.1f}" if stage.name in held else ""
        lines.append(
            f"| {stage.name} | {stage.median:,.1f} ({min(stage.seconds):,.1f} to"
            f" {max(stage.seconds):,.1f}) | {stage.median_cpu:,.1f} | {max(stage.peak_mb):,.0f}"
            f" | {home} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
