"""The ingest stage: files in, originals kept, records and quarantine out, one file at a time.

The way in for every caller. What is heavy is imported only where a file has to be read: a run
in which nothing changed costs a look at each file's size and time, and a question to each source.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flows.ingest import manifest
from flows.ingest.arrivals import find_arrivals, printable
from flows.ingest.report import FileReport, IngestReport, Progress, Step, Tell, unchanged
from flows.ingest.said import DATE_ORDERS, DECIMALS, VOLUME_UNITS, Said
from warehouse import durable, landed, ledger, limits, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import duckdb

    from flows.ingest.arrivals import Input
    from flows.ingest.manifest import Manifest
    from flows.ingest.report import Earlier
    from flows.settings import Settings
    from warehouse.home import Home

#: What DuckDB may hold in memory at most while a file is read, whatever the size of the file.
_MOST_MEMORY = 10**9


def ingest(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    paths: Sequence[Path | str | Input],
    *,
    kind: str | None = None,
    provider: str | None = None,
    symbol: str | None = None,
    adjustment: str | None = None,
    date_order: str | None = None,
    decimal: str | None = None,
    volume_unit: str | None = None,
    sheet: str | None = None,
    settings: Settings | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> IngestReport:
    """Read files, folders, globs and addresses into the warehouse; the caller holds the lock.

    `kind`, `provider`, `symbol` (`NVDA` or `NVDA@XNAS`), `adjustment` (`split`), `date_order`
    (`mdy`), `decimal` (`comma`) and `volume_unit` (`lots`) say what the files do not; of a workbook
    only the `sheet` named is read; `settings` say what may be fetched. Each file, or each table in
    a packed one, is one batch and one transaction. A file that cannot be read or fetched is refused
    and the rest goes on. Raises WrongUse, before anything is written, for a path, address, kind,
    provider and so on that there is not.
    """
    arrivals = find_arrivals(paths, settings)
    arriving = arrivals.found
    files = [file for file in arriving if isinstance(file, Path)]
    fetched = [file for file in arriving if not isinstance(file, Path)]
    ledger.ensure(con)
    said = Said(kind, provider, symbol, adjustment, date_order, decimal, volume_unit, sheet)
    kinds = {each.kind for each in fetched if each.kind is not None}
    options = said.options
    is_strict = settings is not None and settings.unknown_references == "quarantine"
    known = ledger.known_files(con)
    is_known = {file: (*_size_and_time(file), options) in known for file in files}
    left_over = manifest.left_over(con, home)
    is_prepared = False

    def prepare() -> None:
        nonlocal is_prepared
        if not is_prepared:
            _prepare(con, home, said, kinds)
            is_prepared = True

    if (
        left_over
        or not all(is_known.values())
        or not (arriving or records.known_kinds(con))
        # what was said wrong is told before anything is fetched
        or (fetched and (kinds or said != Said(symbol=symbol, sheet=sheet)))
    ):
        prepare()
    earlier = _earlier(con, options) if any(is_known.values()) else {}
    carried = {m.batch.batch_id: m for m in manifest.carry_forward(con, home, left_over)}
    if home.spool.exists():  # of a run that died
        shutil.rmtree(home.spool)

    reports: list[FileReport] = []
    for number, file in enumerate(arriving, start=1):
        name = file if isinstance(file, Path) else Path(file.name)

        def tell(step: Step, *of_bytes: int, name: Path = name, number: int = number) -> None:
            if on_progress is not None:
                on_progress(Progress(name, number, len(arriving), step, *of_bytes))

        if not isinstance(file, Path):
            from flows.ingest.sources import fetching

            own = replace(said, kind=file.kind or kind)

            def read(path: Path, own: Said = own, tell: Tell = tell) -> list[FileReport]:
                prepare()
                return _read(con, home, path, own, own.options, is_strict, carried, tell)

            tell("fetching")
            reports.extend(fetching.take(con, home, file, _earlier(con, own.options), read))
        elif is_known[file]:
            reports.extend(unchanged(file, earlier[printable(file)]))
        else:
            reports.extend(_read(con, home, file, said, options, is_strict, carried, tell))
        tell("done")
    if any(report.status == "accepted" for report in reports):
        from flows.ingest import references

        reports = references.noted(con, home, reports)
    return IngestReport([*reports, *arrivals.missing], arrivals.remarks)


def _size_and_time(file: Path) -> tuple[str, int, int]:
    try:
        stat = file.stat()
    except OSError:  # gone meanwhile: it is said when the file is read
        return printable(file), -1, -1
    return printable(file), stat.st_size, stat.st_mtime_ns


def look_at_said(said: Said, kinds: set[str]) -> None:
    """Raises WrongUse for a kind, provider, adjustment and so on that there is not."""
    from flows.ingest.contracts import KINDS
    from flows.ingest.contracts.prices import ADJUSTMENTS
    from flows.ingest.readers import reader_named
    from warehouse.errors import WrongUse

    for kind in sorted({*kinds, *([said.kind] if said.kind is not None else [])} - KINDS.keys()):
        raise WrongUse(f"There is no kind {kind!r} of records.", f"Known: {', '.join(KINDS)}.")
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
    if said.decimal not in (None, *DECIMALS):
        raise WrongUse(
            f"There is no decimal mark {said.decimal!r}.", f"Known: {', '.join(DECIMALS)}."
        )
    if said.volume_unit not in (None, *VOLUME_UNITS):
        raise WrongUse(
            f"There is no unit of volumes {said.volume_unit!r}.",
            f"Known: {', '.join(VOLUME_UNITS)}.",
        )


def _prepare(con: duckdb.DuckDBPyConnection, home: Home, said: Said, kinds: set[str]) -> None:
    from flows.ingest.shapes import shapes

    look_at_said(said, kinds)
    records.ensure_kinds(con, shapes())
    landed.point(con, home)
    durable.sweep_work(home.root)
    for folder in ("landing", "quarantine"):
        for half in home.root.glob(f"{folder}/*/.*.part"):
            half.unlink()


@contextmanager
def _bounded(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let DuckDB spill beside the warehouse beyond a share of the memory that leaves Polars its."""
    before = con.execute("select current_setting('memory_limit')").fetchall()[0][0]
    if limits.bytes_of(before) <= _MOST_MEMORY:
        yield
        return
    con.execute(f"set memory_limit = '{_MOST_MEMORY} bytes'")
    try:
        yield
    finally:
        con.execute(f"set memory_limit = '{before}'")


def _earlier(con: duckdb.DuckDBPyConnection, options: str) -> dict[str, Earlier]:
    """Of every file read before under these options, by path and table within it: batch, kind,
    provider and rows. A file that is not packed is one table without a name.
    """
    rows = con.execute(
        "select path, file_name, batch_id, kind, provider, rows_read from ledger_files"
        " inner join ledger_batches on file_sha256 = sha256"
        " where options = ? and status = 'accepted' order by batch_no",
        [options],
    ).fetchall()
    found: dict[str, Earlier] = {}
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
    is_strict: bool,
    carried: dict[str, Manifest],
    tell: Tell,
) -> list[FileReport]:
    from flows.ingest.arrival import Arrival
    from flows.ingest.parts import read_file

    with _bounded(con):
        arrival = Arrival(file, said, options, is_strict=is_strict)
        return read_file(con, home, arrival, carried, tell)
