"""A received file through all the steps, table by table where it holds several.

What is plain text goes straight through. What is packed is kept as received, unpacked below the
home into a folder that is gone afterwards, and each table in it becomes a batch of its own.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flows.ingest import manifest
from flows.ingest.arrival import read_arrival
from flows.ingest.arrivals import printable
from flows.ingest.guard import refusal_of
from flows.ingest.manifest import Manifest, Seen
from flows.ingest.originals import drop, keep, settle
from flows.ingest.packed import is_packed, unpack
from flows.ingest.refusal import Refused
from flows.ingest.report import FileReport

if TYPE_CHECKING:
    import duckdb

    from flows.ingest.arrival import Arrival
    from flows.ingest.report import Tell
    from warehouse.home import Home


def read_file(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    arrival: Arrival,
    carried: dict[str, Manifest],
    tell: Tell,
) -> list[FileReport]:
    """Take one file in: a report for each table in it, and for each that cannot be had.

    The file counts as read, and is not looked at again, once none of its tables is refused.
    """
    try:
        return _read(con, home, arrival, carried, tell)
    finally:
        drop(home)


def _read(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    arrival: Arrival,
    carried: dict[str, Manifest],
    tell: Tell,
) -> list[FileReport]:
    file = arrival.file
    # a pipe or a device would be waited for, with the lock held
    if file.exists() and not file.is_file():
        what = f"{arrival.name} is no regular file."
        return [_given_up(arrival, Refused(what, "Name a file with records."))]
    try:
        is_single = not is_packed(file)
        if not is_single:
            stat = file.stat()
            original = keep(home, file)
    except Exception:  # said, and written down, where a file is read
        is_single = True
    if is_single:
        return [read_arrival(con, home, arrival, carried, tell)]
    reports = []
    with tempfile.TemporaryDirectory(prefix=manifest.WORK, dir=home.root) as spool:
        parts = unpack(original, arrival.name, Path(spool), home, arrival.said.sheet)
        while True:
            try:
                part = next(parts, None)
            except BaseException as error:
                reports.append(_given_up(arrival, refusal_of(error, arrival.name, home)))
                break
            if part is None:
                break
            report = read_arrival(con, home, replace(arrival, part=part), carried, tell)
            reports.append(replace(report, path=file.parent / part.name))
    settle(home, original.sha256)
    if all(report.status != "refused" for report in reports):
        Seen(
            printable(file), stat.st_size, stat.st_mtime_ns, original.sha256, arrival.options
        ).remember(con)
    return reports


def _given_up(arrival: Arrival, refusal: Refused) -> FileReport:
    return FileReport(arrival.file, "refused", reason=refusal.what, way_out=refusal.way_out)
