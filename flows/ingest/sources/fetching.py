"""One file of a source: asked for, fetched into the spool, read like any other, then forgotten.

What the source knows it by is remembered only once its rows are in the store, so that a run which
dies in between fetches it again.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flows.ingest.arrivals import printable
from flows.ingest.refusal import Refused
from flows.ingest.report import FileReport
from flows.ingest.sources.found import Found, Marks
from warehouse import ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from warehouse.home import Home


def take(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    found: Found,
    earlier: dict[str, tuple[str, str, str, int]],
    read: Callable[[Path], FileReport],
) -> FileReport:
    """Fetch one file and `read` it. A fetch that fails is a refused file, whatever the reason.

    `earlier` holds batch, kind, provider and rows of what was read before under the same options,
    by path: only what stands there is asked for conditionally.
    """
    file = found.spooled(home)
    stands = earlier.get(printable(file))
    held = ledger.find_fetch(con, found.key) if stands else None
    try:
        marks = found.fetch(file, Marks(*held) if held else None)
        if marks is None and stands is not None:
            batch_id, kind, by, rows = stands
            report = FileReport(file, "unchanged", kind, by, batch_id, rows, rows_duplicate=rows)
        else:
            report = read(file)
            if marks is not None and report.status != "refused":
                ledger.remember_fetch(con, found.key, found.shown, *_stated(marks))
    except Refused as refusal:
        report = FileReport(
            file,
            "refused",
            refusal.kind or found.kind or "",
            refusal.provider,
            reason=refusal.what,
            way_out=refusal.way_out,
        )
    finally:
        file.unlink(missing_ok=True)
        with suppress(OSError):
            file.parent.rmdir()
    return replace(report, path=Path(file.name), origin=found.shown)


def _stated(marks: Marks) -> tuple[str, str]:
    return marks.etag, marks.last_modified
