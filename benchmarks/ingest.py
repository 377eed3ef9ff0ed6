"""Invented sales from CSV into the store, against DuckDB alone reading the same file unchecked.

`python -m benchmarks.ingest 10000000` prints medians over alternating runs of whole processes, the
ratio to DuckDB's `create table as from read_csv` on disk, and the peak memory of each process.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.process import Contender, machine, race

ROWS = 1_000_000
RUNS = 3

_BARE = """
import duckdb, sys
with duckdb.connect(sys.argv[2]) as con:
    con.execute("create table sales as from read_csv(?)", [sys.argv[1]])
"""


def main(rows: int = ROWS, runs: int = RUNS) -> None:
    """Measure and print."""
    program = [str(Path(sys.executable).with_name("chipbrief"))]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        clean, bad, log = root / "clean.csv", root / "bad.csv", root / "log.txt"
        for file, share in ((clean, "0"), (bad, "0.01")):
            words = ["sample", "sales", "--rows", str(rows), "--bad", share, str(file)]
            race([Contender("prepare", [*program, *words])], 0, log)

        def forget() -> None:
            shutil.rmtree(root / "home", ignore_errors=True)
            for left in root.glob("bare.duckdb*"):
                left.unlink()

        def ingest(file: Path) -> list[str]:
            return [*program, "--home", str(root / "home"), "ingest", str(file)]

        bare = [sys.executable, "-c", _BARE, str(clean), str(root / "bare.duckdb")]
        contenders = [
            Contender("DuckDB, unchecked", bare, before=forget),
            Contender("chipbrief, clean", ingest(clean), before=forget),
            Contender("chipbrief, 1% bad", ingest(bad), before=forget, ends=(4,)),
        ]
        race(contenders, runs, log)
        megabytes = clean.stat().st_size >> 20
    limit = contenders[0]
    print(f"{rows:,} rows, {megabytes:,} MB of CSV; {machine()}; medians of {runs} runs in turn")
    for contender in contenders:
        wall, cpu = contender.median / limit.median, contender.median_cpu / limit.median_cpu
        print(
            f"{contender.name:<18} {contender.median:7.1f} s {wall:5.2f}x"
            f"  {contender.median_cpu:7.1f} s of processor {cpu:5.2f}x"
            f"  {max(contender.peak_mb):6.0f} MB"
        )


if __name__ == "__main__":
    main(*(int(word.replace("_", "")) for word in sys.argv[1:]))
