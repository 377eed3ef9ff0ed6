"""The limit for a build: the compiled SQL of every model in one DuckDB session, and no more.

    python -m benchmarks.bare HOME AS_OF

The current records of every kind become tables by the window that states the rule, since seven
models read the sales. No checks, no order, no ledger, nothing published.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from pathlib import Path

from flows import assets
from flows.build.code import read
from flows.build.current import current_sql
from warehouse.home import Home
from warehouse.records import known_kinds
from warehouse.store import connect


def main(root: Path, as_of: dt.date) -> None:
    """Make every table in a store of its own."""
    code = read(assets.asset("sql"))
    with tempfile.TemporaryDirectory() as folder, connect(Path(folder) / "bare.duckdb") as con:
        con.execute(f"attach '{Home(root).warehouse_file}' as warehouse (read_only)")
        for kind, shape in known_kinds(con, "warehouse").items():
            con.execute(
                f"create table rec_{kind} as {current_sql(kind, shape, as_of, 'warehouse')}"
            )
        con.execute(
            "create view rec_quarantine as select kind, batch_id, file_name, rule, rows"
            " from warehouse.main.ledger_quarantine"
        )
        con.execute("create table parameters as select cast(? as date) as as_of", [as_of])
        for name in code.order:
            con.execute(f'create table "{name}" as {code.models[name].sql}')


if __name__ == "__main__":
    main(Path(sys.argv[1]), dt.date.fromisoformat(sys.argv[2]))
