"""Files that were refused whole, read again: a newer reader or contract, more said, or mended.

What can be read now is a batch like that of any file, and says which refusal it answers; the
refusal stays on record. A file that is refused again changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.ingest.arrival import Arrival
from flows.ingest.originals import hash_of
from flows.ingest.parts import read_file
from flows.ingest.replayed import FILE_REFUSED, Replayed, Still
from flows.ingest.report import NOTES
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from flows.ingest.report import FileReport
    from flows.ingest.said import Said
    from warehouse.home import Home
    from warehouse.ledger import Batch


def read_again(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    refused: Sequence[Batch],
    said: Said,
    mended: Path | None,
    *,
    is_strict: bool = False,
) -> list[Replayed]:
    """Read the files of these refusals again under what is `said` now; a packed one once, for all
    its tables that were refused. `mended` stands for the one file among them.

    The caller holds the writer lock. Raises WrongUse where `mended` is not there.
    """
    if mended is not None and not mended.is_file():
        raise WrongUse(f"There is no file {mended}.", "Check the spelling of the path.")
    done: list[Replayed] = []
    by_file: dict[tuple[str, str], list[Batch]] = {}
    for batch in refused:
        by_file.setdefault((batch.file_sha256, _outer(batch)), []).append(batch)
    for batches in by_file.values():
        first = batches[0]
        kept = home.originals / first.file_sha256
        if mended is None and not (kept.is_file() and hash_of(kept) == first.file_sha256):
            gone = f"The received bytes of {_outer(first)} are gone or were changed."
            done += [_stays(batch, f"{gone} Restore landing/.") for batch in batches]
            continue
        arrival = Arrival(
            mended or kept,
            said,
            said.options,
            called=_outer(first),
            # a session that was open when it came is unfinished in it however late it is read
            received_at=None if mended else first.recorded_at,
            answers=tuple(batch.batch_id for batch in batches),
            is_strict=is_strict,
        )
        reports = read_file(con, home, arrival, {}, lambda *_: None)
        done += _told(batches, reports, arrival.file.parent)
    return done


def _told(batches: list[Batch], reports: list[FileReport], folder: Path) -> list[Replayed]:
    """What each refusal came to: of a packed file by its tables, of another file as a whole.

    A mended file may be packed where the other was not, or the reverse: then all of it counts.
    """
    by_name = {report.path.relative_to(folder).as_posix(): report for report in reports}
    done = []
    for batch in batches:
        own = by_name.get(batch.file_name)
        of_it = [own] if own is not None else reports
        refused = [report for report in of_it if report.status == "refused"]
        taken = [report for report in of_it if report.status != "refused"]
        still = [Still(None, FILE_REFUSED, f"{r.reason} {r.way_out}".strip()) for r in refused]
        still += [
            Still(found.first_line, found.rule, found.example)
            for report in taken
            for found in report.findings
            if found.rule not in NOTES
        ]
        done.append(
            Replayed(
                batch.batch_id,
                next((report.kind for report in taken), batch.kind),
                batch.file_name,
                sum(report.rows_read for report in taken),
                sum(report.rows_accepted for report in taken),
                sum(report.rows_duplicate for report in taken),
                sum(report.rows_quarantined for report in taken),
                next((report.batch_id for report in taken), ""),
                tuple(still),
            )
        )
    return done


def _stays(batch: Batch, reason: str) -> Replayed:
    still = (Still(None, FILE_REFUSED, reason),)
    return Replayed(batch.batch_id, batch.kind, batch.file_name, 0, 0, 0, 0, "", still)


def _outer(batch: Batch) -> str:
    """The name of the file as it came, without that of a table in it."""
    return batch.file_name.partition("/")[0]
