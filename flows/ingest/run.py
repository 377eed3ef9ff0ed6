"""The ingest stage: files in, originals kept, records and quarantine out, one file at a time.

The way in for every caller. What is heavy is imported only where a file has to be read: a run
in which nothing changed costs a look at each file's size and time.
"""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flows.ingest import manifest
from flows.ingest.arrivals import find_files, printable
from flows.ingest.report import FileReport, IngestReport, Progress, Step, Tell
from flows.ingest.version import CONTRACT_VERSION
from warehouse import ledger, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import duckdb

    from flows.ingest.manifest import Manifest
    from warehouse.home import Home

#: What DuckDB may hold in memory while a file is read, whatever the size of the file.
_DUCKDB_MEMORY = "1GB"


def ingest(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    paths: Sequence[Path | str],
    *,
    kind: str | None = None,
    provider: str | None = None,
    symbol: str | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> IngestReport:
    """Read files, folders and globs into the warehouse; the caller holds the writer lock.

    `kind`, `provider` and `symbol` (`NVDA` or `NVDA@XNAS`) say what the files do not. Each file
    is one batch and one transaction. A file that cannot be read is refused and the rest goes on.
    Raises WrongUse, before anything is written, for a path, kind or provider that there is not.
    """
    files = find_files(paths)
    ledger.ensure(con)
    options = json.dumps([kind, provider, symbol, CONTRACT_VERSION])
    known = ledger.known_files(con)
    is_known = {file: (*_size_and_time(file), options) in known for file in files}
    left_over = manifest.left_over(con, home)
    if left_over or not all(is_known.values()) or not (files or records.known_kinds(con)):
        _prepare(con, home, kind, provider)
    earlier = _earlier(con, options) if any(is_known.values()) else {}
    carried = {m.batch.batch_id: m for m in manifest.carry_forward(con, home, left_over)}

    reports: list[FileReport] = []
    for number, file in enumerate(files, start=1):

        def tell(step: Step, *of_bytes: int, file: Path = file, number: int = number) -> None:
            if on_progress is not None:
                on_progress(Progress(file, number, len(files), step, *of_bytes))

        if is_known[file]:
            batch_id, of_kind, by, rows = earlier[printable(file)]
            report = FileReport(file, "unchanged", of_kind, by, batch_id, rows, rows_duplicate=rows)
        else:
            report = _read(con, home, file, (kind, provider, symbol), options, carried, tell)
        reports.append(report)
        tell("done")
    return IngestReport(reports)


def _size_and_time(file: Path) -> tuple[str, int, int]:
    try:
        stat = file.stat()
    except OSError:  # gone meanwhile: it is said when the file is read
        return printable(file), -1, -1
    return printable(file), stat.st_size, stat.st_mtime_ns


def _prepare(
    con: duckdb.DuckDBPyConnection, home: Home, kind: str | None, provider: str | None
) -> None:
    from flows.ingest.contracts import KINDS
    from flows.ingest.readers import reader_named
    from flows.ingest.shapes import shapes
    from warehouse.errors import WrongUse

    if kind is not None and kind not in KINDS:
        raise WrongUse(f"There is no kind {kind!r} of records.", f"Known: {', '.join(KINDS)}.")
    if provider is not None:
        reader_named(provider)
    records.ensure_kinds(con, shapes())
    for left in home.root.glob(f"{manifest.WORK}*"):
        shutil.rmtree(left)
    for folder in ("landing", "quarantine"):
        for half in home.root.glob(f"{folder}/*/.*.part"):
            half.unlink()


@contextmanager
def _bounded(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let DuckDB spill beside the warehouse beyond a share of the memory that leaves Polars its."""
    before = con.execute("select current_setting('memory_limit')").fetchall()[0][0]
    con.execute(f"set memory_limit = '{_DUCKDB_MEMORY}'")
    try:
        yield
    finally:
        con.execute(f"set memory_limit = '{before}'")


def _earlier(con: duckdb.DuckDBPyConnection, options: str) -> dict[str, tuple[str, str, str, int]]:
    """Batch, kind, provider and rows of every file read before under these options, by path."""
    rows = con.execute(
        "select path, batch_id, kind, provider, rows_read from ledger_files"
        " inner join ledger_batches on file_sha256 = sha256"
        " where options = ? and status = 'accepted' order by batch_no",
        [options],
    ).fetchall()
    return {path: (batch_id, kind, provider, read) for path, batch_id, kind, provider, read in rows}


def _read(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    file: Path,
    said: tuple[str | None, str | None, str | None],
    options: str,
    carried: dict[str, Manifest],
    tell: Tell,
) -> FileReport:
    from flows.ingest.arrival import Arrival, read_arrival

    with _bounded(con):
        return read_arrival(con, home, Arrival(file, *said, options), carried, tell)
