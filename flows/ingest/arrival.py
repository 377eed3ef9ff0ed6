"""One file through all the steps: kept, recognised, read, checked, compared, landed, committed."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest import landing, manifest, plausible, quarantine, references, versions
from flows.ingest.arrivals import printable
from flows.ingest.closes import changed_closes
from flows.ingest.guard import refusal_of
from flows.ingest.landing import Stamp
from flows.ingest.loading_day import is_bundled, latest_of
from flows.ingest.manifest import Manifest, Seen
from flows.ingest.market import request_of
from flows.ingest.originals import Original, keep, settle
from flows.ingest.quarantine import HeldBack
from flows.ingest.readers import reader_for
from flows.ingest.readers.reading import Reading
from flows.ingest.received import look_at
from flows.ingest.refusal import Refused
from flows.ingest.report import FileReport
from flows.ingest.set_apart import without
from flows.ingest.shapes import shapes
from flows.ingest.sift import raw_of, sift
from flows.ingest.version import CONTRACT_VERSION
from warehouse import clock, decisions, durable, ledger, room
from warehouse.ledger import Batch

if TYPE_CHECKING:
    import datetime as dt

    import duckdb

    from flows.ingest.packed import Part
    from flows.ingest.readers.reading import Plan, Stream
    from flows.ingest.report import Tell
    from flows.ingest.said import Said
    from warehouse.home import Home


@dataclass(frozen=True)
class Arrival:
    """A file, or one table of a packed file, and what the user said of it.

    `called` is its name where it lies under another, `received_at` when it came where that was
    before now. `answers` are the refusals of it that this reading answers, in a replay. `is_strict`
    holds rows back that use a name which no record has.
    """

    file: Path
    said: Said
    options: str
    part: Part | None = None
    called: str = ""
    received_at: dt.datetime | None = None
    answers: tuple[str, ...] = ()
    is_strict: bool = False

    @property
    def name(self) -> str:
        """The file's name as it is stored and said."""
        return self.part.name if self.part else self.called or printable(self.file.name)


def read_arrival(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    arrival: Arrival,
    carried: dict[str, Manifest],
    tell: Tell,
) -> FileReport:
    """Take one file in. `carried` holds the batches that this run has carried forward."""
    tell("reading")
    file = arrival.file
    within = (arrival.part.name,) if arrival.part else ()
    try:
        stat = file.stat()
        original = arrival.part.original if arrival.part else keep(home, file)
    except OSError as error:
        if room.is_used_up(error):  # it is our disk, and no fault of the file's
            raise
        return _cannot_be_had(home, arrival, error)
    except Refused as refusal:
        return FileReport(file, "refused", reason=refusal.what, way_out=refusal.way_out)
    seen = Seen(printable(file), stat.st_size, stat.st_mtime_ns, original.sha256, arrival.options)
    try:
        received = arrival.part.received() if arrival.part else look_at(original.path, arrival.name)
        reader = reader_for(received, arrival.said.provider)
        request = request_of(
            con,
            arrival.said,
            needs_listings=reader.needs_listings,
            received_at=arrival.received_at,
        )
        plan = reader.plan(received, request)
        plan = replace(plan, assumed=(*received.remarks, *plan.assumed))
        batch_id = _batch_id(plan.kind, original.sha256, plan.provider, plan.subject, *within)
        found = _as_found(con, arrival, batch_id, carried)
        if found is None:
            reading = without(reader.read(received, plan, request), received.apart)
            decided = _decide(con, home, arrival, original, plan, reading, batch_id, tell)
    except BaseException as error:
        return _refuse(con, home, arrival, original, refusal_of(error, arrival.name, home))
    # from here on what fails is ours, and no fault of the file
    if found is not None:
        settle(home, original.sha256)
        if arrival.part is None:
            seen.remember(con)
        return found
    manifest.write(home, decided)
    # a packed file is seen once all its tables are decided
    manifest.commit(con, home, decided, None if arrival.part else seen)
    return _report(file, decided)


def _cannot_be_had(home: Home, arrival: Arrival, error: OSError) -> FileReport:
    """The refusal of a file that is not there or may not be read; raises where it is the copy's
    fault, in the home.
    """
    failed = error.filename if error.filename2 is None else error.filename2
    reason = error.strerror or str(error)
    if failed is not None and Path(os.fsdecode(failed)).is_relative_to(home.root):
        if error.filename != str(arrival.file):
            raise error
        return FileReport(
            arrival.file,
            "refused",
            reason=f"{arrival.name} cannot be copied to {home.originals}: {reason}.",
            way_out="Check that the file may be read, and the disks that both lie on.",
        )
    return FileReport(
        arrival.file,
        "refused",
        reason=f"{arrival.name} cannot be read: {reason}.",
        way_out="Check that the file is there and may be read.",
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
    reading: Reading | Stream,
    batch_id: str,
    tell: Tell,
) -> Manifest:
    """Check and compare the rows and write the files of the batch; the store is not touched.

    Where that fails no file of the batch stays.
    """
    try:
        return _decided(con, home, arrival, original, plan, reading, batch_id, tell)
    except BaseException:
        home.landing_file(plan.kind, batch_id).unlink(missing_ok=True)
        home.quarantine_file(plan.kind, batch_id).unlink(missing_ok=True)
        raise


def _decided(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    arrival: Arrival,
    original: Original,
    plan: Plan,
    reading: Reading | Stream,
    batch_id: str,
    tell: Tell,
) -> Manifest:
    tell("checking")
    kind = plan.kind
    stamp = Stamp(batch_id, ledger.next_batch_no(con), clock.now())
    latest = latest_of(arrival.file, stamp.recorded_at)
    landed = home.landing_file(kind, batch_id)
    set_aside = home.quarantine_file(kind, batch_id)
    with tempfile.TemporaryDirectory(prefix=manifest.WORK, dir=home.root) as work:
        draft = Path(work) / "draft.parquet"
        held_back = HeldBack(Path(work))

        def tell_of_bytes(read: int) -> None:
            if 0 < read < original.size:
                tell("checking", read, original.size)

        sifted = sift(kind, reading, draft, stamp, held_back, tell_of_bytes, latest)
        if not sifted.read:
            raise Refused(
                f"{arrival.name} has a header and no rows.",
                "Fetch the file again.",
                kind=kind,
                provider=plan.provider,
            )
        tell("storing")
        verdicts = versions.judge(
            con, kind, shapes()[kind], draft, sifted.good, sifted.repeated, sifted.contradicted
        )
        if len(verdicts.conflicts):
            raw = raw_of(reading, verdicts.conflicts)
            held_back.mix_in(quarantine.conflicting_rows(verdicts.conflicts, raw))
        if arrival.is_strict and verdicts.new and not is_bundled(arrival.file):
            verdicts, unknown = references.set_apart(con, kind, draft, verdicts)
            if unknown.height:
                raw = raw_of(reading, unknown["line"])
                held_back.mix_in(quarantine.named_rows(unknown, references.RULE, raw))
        if verdicts.new:
            verdicts, odd = plausible.set_apart(con, kind, draft, verdicts)
            for rule in odd["rule"].unique().sort():
                of_rule = odd.filter(pl.col("rule") == rule)
                raw = raw_of(reading, of_rule["line"].unique().sort())
                held_back.mix_in(quarantine.named_rows(of_rule.drop("rule"), rule, raw))
        if verdicts.new:
            with durable.aside(landed, "landing") as target:
                if len(verdicts.dropped):
                    landing.without(draft, verdicts.dropped, target)
                else:
                    draft.replace(target)
        if held_back.height:
            with durable.aside(set_aside, "quarantine") as target:
                quarantine.write(
                    target,
                    held_back,
                    batch_id=batch_id,
                    kind=kind,
                    provider=plan.provider,
                    file_name=arrival.name,
                    file_sha256=original.sha256,
                )
        findings = quarantine.findings(held_back)
    changed = changed_closes(con, landed) if kind == "prices" and verdicts.new else []
    written = [*([landed] if verdicts.new else []), *([set_aside] if held_back.height else [])]
    batch = Batch(
        batch_id=batch_id,
        batch_no=stamp.batch_no,
        kind=kind,
        provider=plan.provider,
        file_name=arrival.name,
        file_sha256=original.sha256,
        file_bytes=original.size,
        contract_version=CONTRACT_VERSION,
        status="accepted",
        reason=f"replay of {' '.join(arrival.answers)}" if arrival.answers else "",
        rows_read=sifted.read,
        rows_accepted=verdicts.new,
        rows_duplicate=verdicts.repeated + verdicts.known,
        rows_quarantined=held_back.height,
        recorded_at=stamp.recorded_at,
    )
    told = (*findings, *changed, *plan.findings)
    assumed = plan.assumed
    if isinstance(reading, Reading):
        assumed = (*assumed, *reading.assumed)
    return Manifest(batch, manifest.hashes(home, written), told, assumed)


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
    within = (arrival.part.name,) if arrival.part else ()
    kind, provider = refusal.kind or "unknown", refusal.provider or arrival.said.provider or ""
    batch_id = _batch_id("refused", original.sha256, arrival.options, *within)
    settle(home, original.sha256)
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
        dismissed=_dismissed(home, original, arrival.name),
    )


def _dismissed(home: Home, original: Original, name: str) -> str:
    """Who dismissed the refusal of these bytes under this name, when and why; empty if nobody."""
    found = decisions.dismissed_files(home).get((original.sha256, name))
    return f"{found.who}, {found.decided_at:%Y-%m-%d}: {found.because}" if found else ""
