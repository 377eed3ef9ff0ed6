"""All models over ever more invented sales, by the bare SQL, chipbrief, dbt and SQLMesh.

    python -m benchmarks.rivals [--runs N] 1000000

For each size the home gets the bundled records and that many invented shipments. In turn: the bare
SQL, `build --full`, `dbt run`, a first `sqlmesh plan`; then, after each of some days of 30,000 new
shipments (1% late, 1% corrections), `build`, `dbt run` and SQLMesh making the sales and what reads
them anew. The rivals' rows are compared with ours at the end.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from pathlib import Path

from benchmarks import page
from benchmarks.process import Contender, race, table
from benchmarks.rivals import Rivals
from benchmarks.shipments import add_day, add_history
from warehouse.home import Home
from warehouse.store import open_warehouse


def main() -> None:
    """Measure, print, and write the section `rivals` of the page."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.rivals", description=__doc__)
    words.add_argument("sizes", nargs="*", type=int, default=[1_000_000])
    words.add_argument("--runs", type=int, default=3)
    asked = words.parse_args()
    parts = [f"Medians of {asked.runs} alternating runs."]
    for size in asked.sizes:
        with tempfile.TemporaryDirectory() as folder:
            whole, day = _measure(size, asked.runs, Path(folder))
        parts.append(f"{size:,} sales, every model made:\n\n{whole}")
        parts.append(f"{size:,} sales, after a day of 30,000:\n\n{day}")
    page.write("rivals", "\n\n".join(parts))


def _measure(size: int, runs: int, root: Path) -> tuple[str, str]:
    home, log = Home(root / "home"), root / "log.txt"
    program = [str(Path(sys.executable).with_name("chipbrief")), "--home", str(home.root)]
    race([Contender("prepare", [*program, "run"])], 0, log)
    with open_warehouse(home) as con:
        add_history(con, home, size)
    race([Contender("prepare", [*program, "build"])], 0, log)
    rivals = Rivals(home.root, root)
    full = Contender("`chipbrief build --full`", [*program, "build", "--full"])
    whole = [rivals.bare(), full, rivals.dbt(), rivals.sqlmesh_first()]
    race(whole, runs, log)

    days = itertools.count(1)

    def another_day() -> None:
        with open_warehouse(home) as con:
            add_day(con, home, next(days))
        rivals.renew()

    day = [
        Contender("`chipbrief build`", [*program, "build"], before=another_day),
        rivals.dbt(),
        rivals.sqlmesh_again(),
    ]
    race(day, runs, log)
    rivals.compare(rivals.dbt_file)
    rivals.compare(rivals.sqlmesh_file)
    return table(whole), table(day)


if __name__ == "__main__":
    main()
