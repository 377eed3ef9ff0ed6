"""The bundled data: a first run, a run when nothing changed, and one edition written anew.

Prints a table of medians and of ratios to the bare interpreter importing DuckDB, the floor of any
such program on the machine, measured in the same run.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.process import Contender, machine, race

RUNS = 7


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        fresh, warm, again = root / "fresh", root / "warm", root / "again"
        program = [str(Path(sys.executable).with_name("chipbrief"))]

        def forget(home: Path) -> None:
            shutil.rmtree(home, ignore_errors=True)

        contenders = [
            Contender("interpreter and DuckDB", [sys.executable, "-c", "import duckdb"]),
            Contender("nothing changed", [*program, "--home", str(warm), "run"]),
            Contender(
                "edition anew",
                [*program, "--home", str(again), "brief"],
                before=lambda: forget(again / "briefings"),
            ),
            Contender(
                "first run",
                [*program, "--home", str(fresh), "run"],
                before=lambda: forget(fresh),
            ),
        ]
        log = root / "log.txt"
        for home in (warm, again):
            race([Contender("prepare", [*program, "--home", str(home), "run"])], 0, log)
        race(contenders, RUNS, log)
        floor = contenders[0].median
        print(f"{machine()}; medians of {RUNS} alternating runs")
        for contender in contenders:
            print(
                f"{contender.name:<24} {contender.median:6.2f} s"
                f" ({min(contender.seconds):.2f}-{max(contender.seconds):.2f})"
                f"  {contender.median / floor:5.1f}x floor  {max(contender.peak_mb):6.0f} MB"
            )


if __name__ == "__main__":
    main()
