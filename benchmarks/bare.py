"""The limit for a build: the compiled SQL of every model in one DuckDB session, and no more.

    python -m benchmarks.bare HOME AS_OF

No checks, no order, no ledger, nothing published.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from pathlib import Path

from benchmarks.statements import SOURCE, statements
from warehouse.home import Home
from warehouse.store import connect


def main(root: Path, as_of: dt.date) -> None:
    """Make every table in a store of its own."""
    with tempfile.TemporaryDirectory() as folder, connect(Path(folder) / "bare.duckdb") as con:
        con.execute(f"attach '{Home(root).warehouse_file}' as {SOURCE} (read_only)")
        for made in statements(con, as_of):
            what = "view" if made.is_view else "table"
            con.execute(f'create {what} "{made.name}" as {made.sql}')


if __name__ == "__main__":
    main(Path(sys.argv[1]), dt.date.fromisoformat(sys.argv[2]))
