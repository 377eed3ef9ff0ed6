"""Invented sales from a file into the store, against DuckDB alone reading the same CSV unchecked.

    python -m benchmarks.ingest [--runs N] [--quoted] 1000000 10000000

The limit is DuckDB's `create table as from read_csv` on disk: no check, no received bytes kept, no
landing file, no ledger. In turn with it the same records come in as clean CSV, as CSV with 1 % of
the rows bad in ten ways, as Parquet and, if asked for, as CSV with every field in quotes.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from benchmarks import page
from benchmarks.process import Contender, race, table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BARE = """
import duckdb, sys
with duckdb.connect(sys.argv[2]) as con:
    con.execute("create table sales as from read_csv(?)", [sys.argv[1]])
"""


def duckdb_alone(file: Path, store: Path, before: Callable[[], None] = lambda: None) -> Contender:
    """DuckDB alone: the CSV into a new table on disk, unchecked."""
    command = [sys.executable, "-c", _BARE, str(file), str(store)]
    return Contender("DuckDB alone, CSV unchecked", command, before=before)


@dataclass(frozen=True)
class Measured:
    """What one way in took for so many rows: medians in seconds, the peak in MB."""

    rows: int
    name: str
    seconds: float
    cpu_seconds: float
    peak_mb: float


def main(argv: Sequence[str] | None = None) -> list[Measured]:
    """Measure, print, and write the section `ingest` of the page; returns what was measured."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    words.add_argument("sizes", nargs="*", type=int, default=[1_000_000])
    words.add_argument("--runs", type=int, default=3)
    words.add_argument("--quoted", action="store_true", help="with every field in quotes, too")
    asked = words.parse_args(argv)
    measured: list[Measured] = []
    parts = [f"Medians of {asked.runs} alternating runs; ratios to DuckDB alone."]
    for rows in asked.sizes:
        with tempfile.TemporaryDirectory() as folder:
            contenders, megabytes = _measure(rows, asked.runs, Path(folder), quoted=asked.quoted)
        parts.append(f"{rows:,} sales, {megabytes:,} MB of CSV:\n\n{table(contenders)}")
        measured += [
            Measured(rows, one.name, one.median, one.median_cpu, max(one.peak_mb))
            for one in contenders
        ]
    page.write("ingest", "\n\n".join(parts))
    return measured


def _measure(rows: int, runs: int, root: Path, *, quoted: bool) -> tuple[list[Contender], int]:
    program = [str(Path(sys.executable).with_name("chipbrief"))]
    log, store = root / "log.txt", root / "bare.duckdb"
    files = {
        "`chipbrief ingest`, CSV": root / "clean.csv",
        "1 % of the rows bad": root / "bad.csv",
        "Parquet": root / "clean.parquet",
    }
    for file in files.values():
        share = "0.01" if file.stem == "bad" else "0"
        sample = ["sample", "sales", "--rows", str(rows), "--bad", share, str(file)]
        race([Contender("prepare", [*program, *sample])], 0, log)
    clean = root / "clean.csv"
    if quoted:
        files["every field in quotes"] = root / "quoted.csv"
        with duckdb.connect() as con:
            con.execute(
                "copy (from read_csv($clean, all_varchar = true)) to"
                f" '{root / 'quoted.csv'}' (header, force_quote *)",
                {"clean": str(clean)},
            )

    def forget() -> None:
        shutil.rmtree(root / "home", ignore_errors=True)
        for left in root.glob("bare.duckdb*"):
            left.unlink()

    contenders = [duckdb_alone(clean, store, forget)]
    for name, file in files.items():
        ingest = [*program, "--home", str(root / "home"), "ingest", str(file)]
        contenders.append(Contender(name, ingest, before=forget, ends=(0, 4)))
    race(contenders, runs, log, warm_up=runs > 1)
    return contenders, clean.stat().st_size >> 20


if __name__ == "__main__":
    main()
