"""One file of a source: asked for, fetched into the spool, read like any other, then forgotten.

What the source knows it by is remembered only once its rows are in the store, so that a run which
dies in between fetches it again.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.ingest.arrivals import printable
from flows.ingest.guard import raise_what_is_ours
from flows.ingest.refusal import Refused
from flows.ingest.report import FileReport, unchanged
from flows.ingest.sources.found import Found, Marks, unreachable
from warehouse import ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    from flows.ingest.report import Earlier
    from warehouse.home import Home


def take(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    found: Found,
    earlier: dict[str, Earlier],
    read: Callable[[Path], list[FileReport]],
) -> list[FileReport]:
    """Fetch one file and `read` it. A fetch that fails is a refused file, whatever the reason.

    `earlier` holds what was read before under the same options, by path: only what stands there is
    asked for conditionally.
    """
    file = found.spooled(home)
    stands = earlier.get(printable(file))
    held = ledger.find_fetch(con, found.key) if stands else None
    try:
        marks = _fetched(found, file, Marks(*held) if held else None, home)
        if marks is None and stands is not None:
            reports = unchanged(file, stands)
        else:
            reports = read(file)
            if marks is not None and all(report.status != "refused" for report in reports):
                ledger.remember_fetch(con, found.key, found.shown, marks.etag, marks.last_modified)
    except Refused as refusal:
        reports = [
            FileReport(
                file,
                "refused",
                refusal.kind or found.kind or "",
                refusal.provider,
                reason=refusal.what,
                way_out=refusal.way_out,
            )
        ]
    finally:
        file.unlink(missing_ok=True)
        with suppress(OSError):
            file.parent.rmdir()
    return [_from(found, file, report) for report in reports]


def _fetched(found: Found, file: Path, known: Marks | None, home: Home) -> Marks | None:
    """Fetch. What a source's own code raises is said by its name: its words may hold a key."""
    try:
        return found.fetch(file, known)
    except Refused:
        raise
    except BaseException as error:
        raise_what_is_ours(error, home)
        reason = f"an error that is not foreseen ({type(error).__name__})"
        raise unreachable(found.shown, reason) from None


def _from(found: Found, file: Path, report: FileReport) -> FileReport:
    """The report with the name and the address in the place of the spool; a table is named too."""
    within = report.path.relative_to(file).as_posix()
    origin = found.shown if within == "." else f"{found.shown}/{within}"
    return replace(report, path=report.path.relative_to(file.parent), origin=origin)
