"""The warehouse made again from landing/ alone, beside the old file and then in its place.

A death at any moment leaves the old file or the new one, whole; the next try begins anew.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from flows.ingest import legible, manifest
from warehouse import content, durable, landed, ledger, records
from warehouse.errors import Trouble
from warehouse.store import connect

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.home import Home

#: What only the old file knows: kept where it can still be read.
NOT_DERIVABLE = ("ledger_runs", "ledger_files")


@dataclass(frozen=True)
class RebuildReport:
    """What was made again: batches, record rows, and the content hash before and after.

    `before` is empty where the old file was gone or could not be read; `kept` names the ledgers
    that were carried over from it, which landing/ cannot give again.
    """

    batches: int
    rows: int
    before: str
    after: str
    kept: tuple[str, ...]


def rebuild(home: Home) -> RebuildReport:
    """Make `warehouse.duckdb` again from the manifests and files of landing/ and swap it in.

    The caller holds the writer lock and has no warehouse open. Raises Trouble, naming the file,
    where landing/ is not as it was; the old warehouse stays then.
    """
    from flows.ingest.shapes import shapes

    for left in home.root.glob(f".{home.warehouse_file.name}.*.part*"):  # of a run that died
        left.unlink()
    paths = sorted(home.manifests.glob("*.json"))
    if not paths and home.warehouse_file.exists():
        raise Trouble(
            f"{home.manifests} holds no batches to make the warehouse from.",
            "Restore landing/ from a copy of the home; the warehouse stays as it is.",
        )
    before = _settle(home)
    with durable.aside(home.warehouse_file, "rebuilt-warehouse") as fresh:
        fresh.unlink()
        with connect(fresh, settings={"temp_directory": str(home.spill)}) as con:
            ledger.ensure(con)
            records.ensure_kinds(con, shapes())
            done = manifest.carry_forward(con, home, paths)
            legible.note(con, home)
            kept = _keep(con, home) if before is not None else ()
            after = content.of_warehouse(con)
            con.execute("checkpoint")
    rows = sum(one.batch.rows_accepted for one in done)
    return RebuildReport(len(done), rows, before or "", after, kept)


def _settle(home: Home) -> str | None:
    """The content of the old file, its log written into it; None where it cannot be read.

    A log that stayed beside would be taken for one of the new file: it is set aside.
    """
    log = _log(home)
    if home.warehouse_file.exists():
        with suppress(Trouble, duckdb.Error), connect(home.warehouse_file) as con:
            ledger.ensure(con)
            landed.point(con, home)
            before = content.of_warehouse(con)
            con.execute("checkpoint")
            return before
    if log.exists():
        durable.replace(log, log.with_name(f"{log.name}.unread"), "unread-log")
    return None


def _log(home: Home) -> Path:
    return home.warehouse_file.with_name(f"{home.warehouse_file.name}.wal")


def _keep(con: duckdb.DuckDBPyConnection, home: Home) -> tuple[str, ...]:
    path = str(home.warehouse_file).replace("'", "''")
    con.execute(f"attach '{path}' as before (read_only)")
    for name in NOT_DERIVABLE:
        con.execute(f"insert into {name} by name select * from before.main.{name}")
    con.execute("detach before")
    return NOT_DERIVABLE
