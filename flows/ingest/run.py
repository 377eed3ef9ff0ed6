"""The ingest stage: files in, originals kept, records and quarantine out, one file at a time.

The way in for every caller. What is heavy is imported only where a file has to be read: a run
in which nothing changed costs a look at each file's size and time.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import astuple
from typing import TYPE_CHECKING

from flows.ingest import manifest
from flows.ingest.arrivals import find_files, printable
from flows.ingest.report import FileReport, IngestReport, Progress, Step
from flows.ingest.said import DATE_ORDERS, Said
from flows.ingest.version import CONTRACT_VERSION
from warehouse import ledger, records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import duckdb

    from flows.ingest.manifest import Manifest
    from warehouse.home import Home


def ingest(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    paths: Sequence[Path | str],
    *,
    kind: str | None = None,
    provider: str | None = None,
    symbol: str | None = None,
    adjustment: str | None = None,
    date_order: str | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> IngestReport:
    """Read files, folders and globs into the warehouse; the caller holds the writer lock.

    `kind`, `provider`, `symbol` (`NVDA` or `NVDA@XNAS`), `adjustment` (`split`) and `date_order`
    (`mdy`) say what the files do not. Each file, or each table in a packed one, is one batch and
    one transaction. A file that cannot be read is refused and the rest goes on. Raises WrongUse,
    before anything is written, for a path, kind, provider and so on that there is not.
    """
    files = find_files(paths)
    ledger.ensure(con)
    said = Said(kind, provider, symbol, adjustment, date_order)
    options = json.dumps([*astuple(said), CONTRACT_VERSION])
    known = ledger.known_files(con)
    is_known = {file: (*_size_and_time(file), options) in known for file in files}
    left_over = manifest.left_over(con, home)
    if left_over or not all(is_known.values()) or not (files or records.known_kinds(con)):
        _prepare(con, home, said)
    earlier = _earlier(con, options) if any(is_known.values()) else {}
    carried = {m.batch.batch_id: m for m in manifest.carry_forward(con, home, left_over)}

    reports: list[FileReport] = []
    for number, file in enumerate(files, start=1):

        def tell(step: Step, file: Path = file, number: int = number) -> None:
            if on_progress is not None:
                on_progress(Progress(file, number, len(files), step))

        if is_known[file]:
            reports.extend(
                FileReport(file / part, "unchanged", of, by, batch_id, rows, rows_duplicate=rows)
                for part, (batch_id, of, by, rows) in earlier[printable(file)].items()
            )
        else:
            reports.extend(_read(con, home, file, said, options, carried, tell))
        tell("done")
    return IngestReport(reports)


def _size_and_time(file: Path) -> tuple[str, int, int]:
    try:
        stat = file.stat()
    except OSError:  # gone meanwhile: it is said when the file is read
        return printable(file), -1, -1
    return printable(file), stat.st_size, stat.st_mtime_ns


def _prepare(con: duckdb.DuckDBPyConnection, home: Home, said: Said) -> None:
    from flows.ingest.contracts import KINDS
    from flows.ingest.contracts.prices import ADJUSTMENTS
    from flows.ingest.readers import reader_named
    from flows.ingest.shapes import shapes
    from warehouse.errors import WrongUse

    if said.kind is not None and said.kind not in KINDS:
        raise WrongUse(f"There is no kind {said.kind!r} of records.", f"Known: {', '.join(KINDS)}.")
    if said.provider is not None:
        reader_named(said.provider)
    if said.adjustment not in (None, *ADJUSTMENTS):
        raise WrongUse(
            f"There is no adjustment {said.adjustment!r}.", f"Known: {', '.join(ADJUSTMENTS)}."
        )
    if said.date_order not in (None, *DATE_ORDERS):
        raise WrongUse(
            f"There is no order of dates {said.date_order!r}.", f"Known: {', '.join(DATE_ORDERS)}."
        )
    records.ensure_kinds(con, shapes())
    for left in home.root.glob(f"{manifest.WORK}*"):
        shutil.rmtree(left)
    for folder in ("landing", "quarantine"):
        for half in home.root.glob(f"{folder}/*/.*.part"):
            half.unlink()


def _earlier(
    con: duckdb.DuckDBPyConnection, options: str
) -> dict[str, dict[str, tuple[str, str, str, int]]]:
    """Of every file read before under these options, by path and table within it: batch, kind,
    provider and rows. A file that is not packed is one table without a name.
    """
    rows = con.execute(
        "select path, file_name, batch_id, kind, provider, rows_read from ledger_files"
        " inner join ledger_batches on file_sha256 = sha256"
        " where options = ? and status = 'accepted' order by batch_no",
        [options],
    ).fetchall()
    found: dict[str, dict[str, tuple[str, str, str, int]]] = {}
    for path, file_name, *batch in rows:
        within = file_name.partition("/")[2]
        found.setdefault(path, {})[within] = tuple(batch)
    return found


def _read(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    file: Path,
    said: Said,
    options: str,
    carried: dict[str, Manifest],
    tell: Callable[[Step], None],
) -> list[FileReport]:
    from flows.ingest.arrival import Arrival
    from flows.ingest.parts import read_file

    return read_file(con, home, Arrival(file, said, options), carried, tell)
