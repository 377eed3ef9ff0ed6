"""A run that writes: the writer lock, an open warehouse, and its line in the ledger of runs.

DuckDB is loaded with the first such run and not with this module: half a run's start is that.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from warehouse import clock, decisions, failpoint, landed, ledger, room, standing
from warehouse.errors import Trouble
from warehouse.lock import WriterLock

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from flows.settings import Settings


class Writing:
    """A run that writes: its connection, and what it will say of itself in the ledger of runs."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.said = ""
        self.exit_code = 0


@contextmanager
def writing(settings: Settings, command: str) -> Iterator[Writing]:
    """Hold the writer lock and an open warehouse; write the run to the ledger, failed or not."""
    import duckdb

    from warehouse.store import open_warehouse

    home, started = settings.store, clock.now()
    with room.watched(home.root), WriterLock(home, command, settings.lock_wait_seconds):
        with open_warehouse(home, settings.memory_limit) as con:
            failpoint.reach("warehouse.opened")
            if settings.threads:
                con.execute(f"set threads = {settings.threads}")
            ledger.ensure(con)
            decisions.apply(con, home)
            landed.point(con, home)
            landed.look(con, home)
            run = Writing(con)
            try:
                yield run
            except Exception as error:
                code = error.exit_code if isinstance(error, Trouble) else 1
                said = (str(error) or type(error).__name__).splitlines()[0]
                # where the disk is full the ledger cannot be written either
                with suppress(duckdb.Error, OSError):
                    ledger.record_run(con, command, started, "failed", code, said)
                    standing.write(con, home)
                raise
            ledger.record_run(con, command, started, "done", run.exit_code, run.said)
            standing.write(con, home)
        # closing wrote the log into the file
        failpoint.reach("warehouse.closed")
