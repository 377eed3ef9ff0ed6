"""Where Spark overtakes DuckDB: a full build of all models over ever more invented sales.

    python -m benchmarks.spark [--runs N] [--master URL] 100000 1000000

Both engines build the same home in turn, in one run: medians and their ratio by rows.
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
    """Measure and print."""
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
    told = words.parse_args()
    os.environ["CHIPBRIEF_SPARK__MASTER"] = told.master
    os.environ["CHIPBRIEF_SPARK__CONF"] = told.conf
    lines = [
        f"Spark at `{told.master}`; medians of {told.runs} alternating full builds.",
        "",
        "| sales | DuckDB, s | Spark, s | Spark to DuckDB |",
        "|---:|---:|---:|---:|",
    ]
    for rows in told.rows:
        with tempfile.TemporaryDirectory() as folder:
            duckdb, spark = _measure(Path(folder), rows, told.runs)
        lines.append(f"| {rows:,} | {duckdb:.1f} | {spark:.1f} | {spark / duckdb:.2f} |")
    page.write("spark", "\n".join(lines))


def _measure(folder: Path, rows: int, runs: int) -> tuple[float, float]:
    """Median seconds of a full build by each engine over the bundled records and `rows` sales."""
    program = [str(Path(sys.executable).with_name("chipbrief")), "--home", str(folder / "home")]
    sales, log = str(folder / "sales.parquet"), folder / "log.txt"
    for step in (
        ["run"],
        ["sample", "sales", "--rows", str(rows), "--seed", "1", sales],
        ["ingest", sales],
    ):
        race([Contender("prepare", [*program, *step])], 0, log)
    full = [*program, "build", "--full", "--engine"]
    engines = [Contender("DuckDB", [*full, "duckdb"]), Contender("Spark", [*full, "spark"])]
    race(engines, runs, log, warm_up=runs > 1)
    return engines[0].median, engines[1].median


if __name__ == "__main__":
    main()
