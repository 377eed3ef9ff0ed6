"""The bundled data: a first run, a run when nothing changed, an edition, and dbt on the same graph.

    python -m benchmarks [--runs N]

The floor of any such program is the bare interpreter that imports DuckDB. `dbt run` makes every
model anew, since it does not know that nothing changed; so does the bare SQL.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks import page
from benchmarks.process import Contender, race, table
from benchmarks.rivals import Rivals


def main() -> None:
    """Measure, print, and write the section `bundled` of the page."""
    words = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    words.add_argument("--runs", type=int, default=7)
    runs = words.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        fresh, warm, again = root / "fresh", root / "warm", root / "again"
        program = [str(Path(sys.executable).with_name("chipbrief"))]

        def forget(home: Path) -> None:
            shutil.rmtree(home, ignore_errors=True)

        log = root / "log.txt"
        for home in (warm, again):
            race([Contender("prepare", [*program, "--home", str(home), "run"])], 0, log)
        rivals = Rivals(warm, root)
        contenders = [
            Contender("the interpreter and DuckDB", [sys.executable, "-c", "import duckdb"]),
            Contender("`chipbrief run`, nothing changed", [*program, "--home", str(warm), "run"]),
            Contender(
                "`chipbrief brief`, an edition anew",
                [*program, "--home", str(again), "brief"],
                before=lambda: forget(again / "briefings"),
            ),
            Contender(
                "`chipbrief run`, the first",
                [*program, "--home", str(fresh), "run"],
                before=lambda: forget(fresh),
            ),
            rivals.bare(),
            rivals.dbt(),
        ]
        race(contenders, runs, log)
        rivals.compare(rivals.dbt_file)
        nothing, dbt = contenders[1].median, contenders[5].median
        page.write(
            "bundled",
            f"Medians of {runs} alternating runs; ratios to the first line. With nothing changed"
            f" ours takes {nothing / dbt:.2f} of `dbt run`.\n\n{table(contenders)}",
        )


if __name__ == "__main__":
    main()
