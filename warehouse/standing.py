"""What the ledgers say after each run, in a plain file beside them: batches by kind, latest runs.

A reader sees a failed run and batches not built yet without opening the writer's file.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from warehouse import durable, ledger

if TYPE_CHECKING:
    import duckdb

    from warehouse.home import Home

#: How many runs the file holds, newest first.
RUNS = 20

_RECORDS = f"""
with still_held as (
    select kind, sum(rows) as held_back from ({ledger.open_sql()}) group by kind
)
select kind, count(*) as batches, sum(rows_read) as rows_read, sum(rows_accepted) as accepted,
    sum(rows_duplicate) as duplicate, sum(rows_quarantined) as quarantined,
    cast(coalesce(max(held_back), 0) as bigint) as held_back,
    sum(case when status = 'refused' then 1 else 0 end) as files_refused,
    max(recorded_at) as last_recorded_at
from ledger_batches left join still_held using (kind) group by kind order by kind
"""
_RUNS = f"""
select run_id, command, started_at, finished_at, outcome, exit_code, said
from ledger_runs order by run_id desc limit {RUNS}
"""


def write(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Put the file in place, whole or not at all."""
    state = {"records": _rows(con, _RECORDS), "runs": _rows(con, _RUNS)}
    text = json.dumps(state, ensure_ascii=False, default=str)
    durable.write_text(home.standing_file, text, "standing")


def read(home: Home) -> dict[str, list[dict[str, Any]]]:
    """`records`: sums over batches by kind. `runs`: the latest, newest first. Empty before any."""
    if not home.standing_file.is_file():
        return {"records": [], "runs": []}
    state: dict[str, list[dict[str, Any]]] = json.loads(home.standing_file.read_text("utf-8"))
    return state


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = con.execute(query)
    names = [column[0] for column in found.description or ()]
    # sums are HUGEINT, which JSON writes as it does any whole number
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
