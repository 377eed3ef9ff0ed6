"""One file through all the steps: kept, recognised, read, checked, compared, landed, committed."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest import manifest, quarantine, versions
from flows.ingest.arrivals import printable
from flows.ingest.check import check
from flows.ingest.closes import changed_closes
from flows.ingest.manifest import Manifest, Seen
from flows.ingest.originals import Original, keep
from flows.ingest.readers import reader_for
from flows.ingest.readers.reading import Listing, Plan, Reading, Request
from flows.ingest.received import look_at
from flows.ingest.refusal import Refused
from flows.ingest.report import FileReport
from flows.ingest.shapes import shapes
from flows.ingest.version import CONTRACT_VERSION
from warehouse import clock, durable, ledger
from warehouse.ledger import Batch

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    import duckdb

    from flows.ingest.report import Step
    from warehouse.home import Home


@dataclass(frozen=True)
class Arrival:
    """A file and what the user said of it."""

    file: Path
    kind: str | None
    provider: str | None
    symbol: str | None
    options: str

    @property
    def name(self) -> str:
        """The file's name as it is stored and said."""
        return printable(self.file.name)


def read_arrival(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    arrival: Arrival,
    carried: dict[str, Manifest],
    tell: Callable[[Step], None],
) -> FileReport:
    """Take one file in. `carried` holds the batches that this run has carried forward."""
    tell("reading")
    file = arrival.file
    try:
        stat = file.stat()
        original = keep(home, file)
    except OSError as error:
        return FileReport(
            file,
            "refused",
            reason=f"{arrival.name} cannot be read: {error.strerror or error}.",
            way_out="Check that the file is there and may be read.",
        )
    except Refused as refusal:
        return FileReport(file, "refused", reason=refusal.what, way_out=refusal.way_out)
    seen = Seen(printable(file), stat.st_size, stat.st_mtime_ns, original.sha256, arrival.options)
    try:
        received = look_at(original.path, arrival.name)
        reader = reader_for(received, arrival.provider)
        known = listings(con) if reader.needs_listings else {}
        request = Request(arrival.kind, arrival.symbol, known)
        plan = reader.plan(received, request)
        batch_id = _batch_id(plan.kind, original.sha256, plan.provider, plan.subject)
        found = _as_found(con, arrival, batch_id, carried)
        if found is not None:
            seen.remember(con)
            return found
        reading = reader.read(received, plan, request)
        _refuse_if_empty(reading, plan, arrival)
        decided = _decide(con, home, arrival, original, plan, reading, batch_id, tell)
    except Refused as refusal:
        return _refuse(con, home, arrival, original, refusal)
    manifest.write(home, decided)
    manifest.commit(con, home, decided, seen)
    return _report(file, decided)


def _refuse_if_empty(reading: Reading, plan: Plan, arrival: Arrival) -> None:
    if not reading.rows.height + reading.ragged.height:
        raise Refused(
            f"{arrival.name} has a header and no rows.",
            "Fetch the file again.",
            kind=plan.kind,
            provider=plan.provider,
        )


def _batch_id(kind: str, *parts: str) -> str:
    stated = json.dumps([kind, *parts, CONTRACT_VERSION])
    return f"{kind}-{hashlib.sha256(stated.encode('utf-8')).hexdigest()[:16]}"


def _as_found(
    con: duckdb.DuckDBPyConnection,
    arrival: Arrival,
    batch_id: str,
    carried: dict[str, Manifest],
) -> FileReport | None:
    """The report where this content was loaded before; of a batch carried forward, its own."""
    if batch_id in carried:
        return _report(arrival.file, carried[batch_id])
    batch = ledger.find_batch(con, batch_id)
    if batch is None:
        return None
    return FileReport(
        arrival.file,
        "unchanged",
        batch.kind,
        batch.provider,
        batch_id,
        rows_read=batch.rows_read,
        rows_duplicate=batch.rows_read,
    )


def _decide(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    arrival: Arrival,
    original: Original,
    plan: Plan,
    reading: Reading,
    batch_id: str,
    tell: Callable[[Step], None],
) -> Manifest:
    """Check and compare the rows and write the files of the batch; the store is not touched."""
    tell("checking")
    kind, shape = plan.kind, shapes()[plan.kind]
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row_no")
    checked = check(kind, reading.rows.with_columns(number))
    tell("storing")
    landed = home.landing_file(kind, batch_id)
    set_aside = home.quarantine_file(kind, batch_id)
    batch_no, recorded_at = ledger.next_batch_no(con), clock.now()
    with tempfile.TemporaryDirectory(prefix=manifest.WORK, dir=home.root) as work:
        candidates = Path(work) / "candidates.parquet"
        checked.candidates.write_parquet(candidates, compression="lz4")
        verdicts = versions.judge(con, kind, shape, candidates)
        changed = changed_closes(con, candidates) if kind == "prices" else []
        if verdicts.get(versions.NEW):
            with durable.aside(landed) as target:
                versions.write_new(con, shape, candidates, target, batch_id, batch_no, recorded_at)
    conflicting = checked.candidates.clear()
    if verdicts.get(versions.CONFLICTING):
        conflicting = checked.candidates.filter(pl.col("row_no").is_in(versions.conflicts(con)))
    held = quarantine.held_rows(checked.held, reading.ragged, conflicting, reading.raw)
    if held.height:
        with durable.aside(set_aside) as target:
            quarantine.write(
                target,
                held,
                batch_id=batch_id,
                kind=kind,
                provider=plan.provider,
                file_name=arrival.name,
                file_sha256=original.sha256,
            )
    accepted = verdicts.get(versions.NEW, 0)
    written = [*([landed] if accepted else []), *([set_aside] if held.height else [])]
    batch = Batch(
        batch_id=batch_id,
        batch_no=batch_no,
        kind=kind,
        provider=plan.provider,
        file_name=arrival.name,
        file_sha256=original.sha256,
        file_bytes=original.size,
        contract_version=CONTRACT_VERSION,
        status="accepted",
        reason="",
        rows_read=reading.rows.height + reading.ragged.height,
        rows_accepted=accepted,
        rows_duplicate=verdicts.get(versions.REPEATED, 0) + verdicts.get(versions.KNOWN, 0),
        rows_quarantined=held.height,
        recorded_at=recorded_at,
    )
    findings = (*quarantine.findings(held), *changed, *plan.findings)
    return Manifest(batch, manifest.hashes(home, written), findings, plan.assumed)


def _report(file: Path, decided: Manifest) -> FileReport:
    batch = decided.batch
    return FileReport(
        file,
        batch.status,
        batch.kind,
        batch.provider,
        batch.batch_id,
        batch.rows_read,
        batch.rows_accepted,
        batch.rows_duplicate,
        batch.rows_quarantined,
        findings=decided.findings,
        assumed=decided.assumed,
    )


def _refuse(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    arrival: Arrival,
    original: Original,
    refusal: Refused,
) -> FileReport:
    """Write a refused file to the ledger, once; it is looked at anew in every run."""
    kind, provider = refusal.kind or "unknown", refusal.provider or arrival.provider or ""
    batch_id = _batch_id("refused", original.sha256, arrival.options)
    if ledger.find_batch(con, batch_id) is None:
        batch = Batch(
            batch_id=batch_id,
            batch_no=ledger.next_batch_no(con),
            kind=kind,
            provider=provider,
            file_name=arrival.name,
            file_sha256=original.sha256,
            file_bytes=original.size,
            contract_version=CONTRACT_VERSION,
            status="refused",
            reason=refusal.what,
            rows_read=0,
            rows_accepted=0,
            rows_duplicate=0,
            rows_quarantined=0,
            recorded_at=clock.now(),
        )
        decided = Manifest(batch, {}, (), ())
        manifest.write(home, decided)
        manifest.commit(con, home, decided)
    return FileReport(
        arrival.file,
        "refused",
        kind,
        provider,
        batch_id,
        reason=refusal.what,
        way_out=refusal.way_out,
    )


def listings(
    con: duckdb.DuckDBPyConnection, received_at: dt.datetime | None = None
) -> dict[str, list[Listing]]:
    """The latest version of every listing in the store, by symbol, with its exchange's clock.

    `received_at` is when the file came, now where not given: a session that was open then is
    still an unfinished day in it however late it is read again.
    """
    rows = con.execute(
        """
        with listing as (
            select *, row_number() over (
                partition by symbol, mic order by published_on desc, batch_no desc
            ) as version_rank
            from raw_listings
        ),
        first_open as (
            select mic as calendar_mic, min(session_on) as open_from
            from raw_sessions
            where close_at > ?
            group by mic
        )
        select symbol, mic, currency, security_type = 'index', open_from
        from listing
        left join first_open using (calendar_mic)
        where version_rank = 1
        order by symbol, mic
        """,
        [(received_at or clock.now()).replace(tzinfo=None)],
    ).fetchall()
    found: dict[str, list[Listing]] = {}
    for row in rows:
        listing = Listing(*row)
        found.setdefault(listing.symbol, []).append(listing)
    return found
