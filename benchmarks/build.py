"""The build over histories of several sizes: the whole, a day's records, and the bare SQL.

    python -m benchmarks.build [--runs N] 1000000 3000000 10000000

For each size a home gets the bundled records and that many invented shipments. In turn, each in
a process of its own: the bare SQL (one DuckDB session that makes a table of the current records
and of every model, no checks, nothing published: the limit), `build --full`, and `build` after a
day of 30,000 shipments with 1 % late and 1 % corrections over two months. Prints medians, their
ratios by the clock and by seconds on any core (which a busy machine does not lengthen), and the
peak of memory. The day's tables are then compared with those of a full build.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.process import Contender, machine, race
from benchmarks.shipments import add_day, add_history
from flows import assets
from warehouse.home import Home
from warehouse.store import open_warehouse

AS_OF = "2026-11-22"


def main() -> None:
    """Measure and print, one size after the other."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("sizes", nargs="*", type=int, default=[300_000, 1_000_000, 3_000_000])
    words.add_argument("--runs", type=int, default=3)
    asked = words.parse_args()
    program = str(Path(sys.executable).with_name("chipbrief"))
    print(f"{machine()}; medians of {asked.runs} alternating runs; seconds (on any core)")
    print(
        f"{'sales':>12} {'bare SQL':>16} {'full':>16} {'a day':>14}"
        f" {'full/bare':>14} {'day/full':>14}  peak MB"
    )
    for size in asked.sizes:
        with tempfile.TemporaryDirectory() as folder:
            _measure(size, asked.runs, Path(folder), program)


def _measure(size: int, runs: int, root: Path, program: str) -> None:
    home, log = Home(root / "home"), root / "log.txt"
    words = [program, "--home", str(home.root)]
    build = [*words, "build", "--as-of", AS_OF]
    race([Contender("prepare", [*words, "ingest", str(assets.seeds() / "*.csv")])], 0, log)
    with open_warehouse(home) as con:
        add_history(con, size)
    race([Contender("build", build)], 0, log)
    days = iter(range(1, 1000))

    def another_day() -> None:
        with open_warehouse(home) as con:
            add_day(con, size, next(days))

    bare = Contender("bare", [sys.executable, "-m", "benchmarks.bare", str(home.root), AS_OF])
    full = Contender("full", [*build, "--full"])
    day = Contender("day", build, before=another_day)
    race([bare, full, day], runs, log)
    print(
        f"{size:>12,}"
        f" {bare.median:>7.2f} ({bare.median_cpu:>6.2f})"
        f" {full.median:>7.2f} ({full.median_cpu:>6.2f})"
        f" {day.median:>6.2f} ({day.median_cpu:>5.2f})"
        f" {full.median / bare.median:>6.2f} ({full.median_cpu / bare.median_cpu:>5.2f})"
        f" {day.median / full.median:>6.3f} ({day.median_cpu / full.median_cpu:>.3f})"
        f"  {max(bare.peak_mb):.0f} {max(full.peak_mb):.0f} {max(day.peak_mb):.0f}",
        flush=True,
    )
    kept = root / "followed.duckdb"
    shutil.copy(home.warehouse_file, kept)
    race([full], 0, log)
    _compare(home, kept)


def _compare(home: Home, kept: Path) -> None:
    with open_warehouse(home) as con:
        con.execute(f"attach '{kept}' as kept (read_only)")
        models = con.execute("select model from ledger_models order by model").fetchall()
        for (model,) in models:
            other = con.execute(f'from kept.main."{model}"').fetchall()
            assert con.execute(f'from "{model}"').fetchall() == other, model


if __name__ == "__main__":
    main()
