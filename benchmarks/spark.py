"""Where Spark overtakes DuckDB: a full build of all models over ever more invented sales.

    python -m benchmarks.spark [--runs N] [--master URL] 100000 1000000

Both engines build the same home in turn, in one run: medians by rows, each build a process of its
own with Spark's start in it. Spark builds twice: every model its own, and the models of few rows
left to DuckDB (`from_rows`). Processor seconds are this machine's: those of a cluster's workers
are not in them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks import page
from benchmarks.process import Contender, race


def main() -> None:
    """Measure, print, and write the section `spark` of the page."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.spark", description=__doc__)
    words.add_argument("rows", type=int, nargs="*", default=[100_000, 1_000_000])
    words.add_argument(
        "--runs",
        type=int,
        default=3,
        help="runs of each engine, after a warm-up where more than one",
    )
    words.add_argument("--master", default="local[*]", help="where Spark computes")
    words.add_argument("--conf", default="{}", help="Spark's own settings, as JSON")
    words.add_argument(
        "--from-rows", type=int, default=100_000, help="rows below which a model is DuckDB's"
    )
    told = words.parse_args()
    os.environ["CHIPBRIEF_SPARK__MASTER"] = told.master
    os.environ["CHIPBRIEF_SPARK__CONF"] = told.conf
    runs = f"medians of {told.runs} alternating full builds" if told.runs > 1 else "one build each"
    lines = [
        f"Spark at `{told.master}`; {runs}. `from_rows` is {told.from_rows:,}.",
        "",
        "| sales | engine | seconds | to DuckDB | seconds on any core | to DuckDB | peak MB |",
        "|---:|---|---:|---:|---:|---:|---:|",
    ]
    for rows in told.rows:
        with tempfile.TemporaryDirectory() as folder:
            engines = _measure(Path(folder), rows, told.runs, told.from_rows)
        lines += [line(rows, engine, engines[0]) for engine in engines]
    page.write("spark", "\n".join(lines))


def line(rows: int, engine: Contender, duckdb: Contender) -> str:
    """A row of the table: an engine's figures over so many sales, and their ratios to DuckDB's."""
    return (
        f"| {rows:,} | {engine.name} | {engine.median:.1f} | {engine.median / duckdb.median:.1f}"
        f" | {engine.median_cpu:.1f} | {engine.median_cpu / duckdb.median_cpu:.1f}"
        f" | {max(engine.peak_mb):,.0f} |"
    )


def _measure(folder: Path, rows: int, runs: int, from_rows: int) -> list[Contender]:
    """Full builds by each engine over the bundled records and `rows` sales, DuckDB's first."""
    program = [str(Path(sys.executable).with_name("chipbrief")), "--home", str(folder / "home")]
    sales, log = str(folder / "sales.parquet"), folder / "log.txt"
    for step in (
        ["run"],
        ["sample", "sales", "--rows", str(rows), "--seed", "1", sales],
        ["ingest", sales],
    ):
        race([Contender("prepare", [*program, *step])], 0, log)
    full = [*program, "build", "--full", "--engine"]
    some = {"CHIPBRIEF_SPARK__FROM_ROWS": str(from_rows)}
    engines = [
        Contender("DuckDB", [*full, "duckdb"]),
        Contender("Spark", [*full, "spark"]),
        Contender("Spark, `from_rows`", [*full, "spark"], variables=some),
    ]
    race(engines, runs, log, warm_up=runs > 1)
    return engines


if __name__ == "__main__":
    main()
