"""The build over histories of several sizes: the whole, a day's records, and the bare SQL.

    python -m benchmarks.build [--runs N] 1000000 3000000 10000000

For each size a home gets the bundled records and that many invented shipments. In turn, each in
a process of its own: the bare SQL (one DuckDB session that makes a table of the current records
and of every model, no checks, nothing published: the limit), `build --full`, and `build` after a
day of 30,000 shipments with 1 % late and 1 % corrections over two months. Seconds on any core are
told beside the clock's, since a busy machine does not lengthen them as much. The day's tables are
compared with those of a full build. What ingest takes is not in it: see `benchmarks.large`.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import page
from benchmarks.process import Contender, race
from benchmarks.shipments import add_day, add_history
from flows import assets
from warehouse.home import Home
from warehouse.store import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Iterable

AS_OF = "2026-11-22"


@dataclass(frozen=True)
class Measured:
    """What the three took over a history of so many sales."""

    sales: int
    bare: Contender
    full: Contender
    day: Contender


def main() -> None:
    """Measure, print, and write the section `build` of the page."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.build", description=__doc__)
    words.add_argument("sizes", nargs="*", type=int, default=[1_000_000, 3_000_000, 10_000_000])
    words.add_argument("--runs", type=int, default=3)
    asked = words.parse_args()
    told = f"Medians of {asked.runs} alternating runs; in brackets seconds on any core."
    page.write("build", f"{told}\n\n{table(measure(size, asked.runs) for size in asked.sizes)}")


def table(measured: Iterable[Measured]) -> str:
    """What was measured, a line a size, as a Markdown table."""
    lines = [
        "| sales | bare SQL | full | a day | full / bare | day / full | peak MB of the three |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in measured:
        three = (one.bare, one.full, one.day)
        took = " | ".join(f"{c.median:.2f} ({c.median_cpu:.2f})" for c in three)
        ratios = " | ".join(
            f"{a.median / b.median:.2f} ({a.median_cpu / b.median_cpu:.2f})"
            for a, b in ((one.full, one.bare), (one.day, one.full))
        )
        peaks = ", ".join(f"{max(c.peak_mb):,.0f}" for c in three)
        lines.append(f"| {one.sales:,} | {took} | {ratios} | {peaks} |")
    return "\n".join(lines)


def measure(sales: int, runs: int) -> Measured:
    """Race the three over a history of so many sales; raises if a day's tables are other ones."""
    with tempfile.TemporaryDirectory() as folder:
        return _measure(sales, runs, Path(folder))


def _measure(sales: int, runs: int, root: Path) -> Measured:
    home, log = Home(root / "home"), root / "log.txt"
    words = [str(Path(sys.executable).with_name("chipbrief")), "--home", str(home.root)]
    build = [*words, "build", "--as-of", AS_OF]
    race([Contender("prepare", [*words, "ingest", str(assets.seeds() / "*.csv")])], 0, log)
    with open_warehouse(home) as con:
        add_history(con, home, sales)
    race([Contender("build", build)], 0, log)
    days = iter(range(1, 1000))

    def another_day() -> None:
        with open_warehouse(home) as con:
            add_day(con, home, next(days))

    bare = Contender("bare", [sys.executable, "-m", "benchmarks.bare", str(home.root), AS_OF])
    full = Contender("full", [*build, "--full"])
    day = Contender("day", build, before=another_day)
    race([bare, full, day], runs, log)
    kept = root / "followed.duckdb"
    shutil.copy(home.warehouse_file, kept)
    race([full], 0, log)
    _compare(home, kept)
    return Measured(sales, bare, full, day)


def _compare(home: Home, kept: Path) -> None:
    with open_warehouse(home) as con:
        con.execute(f"attach '{kept}' as kept (read_only)")
        models = con.execute("select model from ledger_models order by model").fetchall()
        for (model,) in models:
            other = con.execute(f'from kept.main."{model}"').fetchall()
            assert con.execute(f'from "{model}"').fetchall() == other, model


if __name__ == "__main__":
    main()
