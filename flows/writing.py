"""A run that writes: the writer lock, an open warehouse, and its line in the ledger of runs.

DuckDB is loaded with the first such run and not with this module: half a run's start is that.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from warehouse import clock, decisions, failpoint, landed, ledger, limits, room, standing
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

    from warehouse.store import REBUILD, damage_named, open_warehouse

    limits.hold(settings.memory_limit, settings.threads)
    home, started = settings.store, clock.now()
    with room.watched(home.root), WriterLock(home, command, settings.lock_wait_seconds):
        with damage_named(home.warehouse_file, REBUILD), open_warehouse(home) as con:
            failpoint.reach("warehouse.opened")
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
