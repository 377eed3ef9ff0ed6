"""What is held back, read again under the contracts and readers of today, or from a mended file.

What passes now is landed as a batch of its own whose manifest names the rows that it releases;
the quarantine file and its ledger row stay as they were written. A line is let in as a whole.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest import held, landing, loading_day, manifest, references, versions
from flows.ingest.arrivals import printable
from flows.ingest.check import check
from flows.ingest.distinct import Distinct
from flows.ingest.guard import refusal_of
from flows.ingest.landing import Stamp
from flows.ingest.manifest import Manifest
from flows.ingest.market import request_of
from flows.ingest.originals import Original, drop, keep
from flows.ingest.packed import is_packed, unpack
from flows.ingest.plausible import implausible
from flows.ingest.readers import reader_for
from flows.ingest.received import look_at
from flows.ingest.refusal import Refused
from flows.ingest.refused import read_again
from flows.ingest.replayed import Replayed, Still
from flows.ingest.run import look_at_said
from flows.ingest.said import Said
from flows.ingest.set_apart import without
from flows.ingest.shapes import shapes
from flows.ingest.sift import pieces_of
from flows.ingest.version import CONTRACT_VERSION
from warehouse import clock, durable, landed, ledger, records
from warehouse.errors import WrongUse
from warehouse.ledger import Batch, Release

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import duckdb

    from flows.ingest.held import HeldRow
    from flows.ingest.readers.reading import Reading, Stream
    from flows.ingest.received import Received
    from warehouse.home import Home

_SUPERSEDED = (
    "The store has taken another version of this row since: mend it and replay it from a file if"
    " it holds all the same."
)
_GONE = "The line is not read as a row any more."


@dataclass(frozen=True)
class _Source:
    """Where the rows are read from: the kept original of the batch, or a mended file."""

    original: Original
    name: str
    is_mended: bool


def replay(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    names: Sequence[str] = (),
    *,
    kind: str | None = None,
    mended: Path | None = None,
    symbol: str | None = None,
    provider: str | None = None,
    adjustment: str | None = None,
    date_order: str | None = None,
    decimal: str | None = None,
    volume_unit: str | None = None,
    sheet: str | None = None,
    is_strict: bool = False,
) -> list[Replayed]:
    """Read again what batches hold back, and files that were refused whole; all of them where
    none is named. The caller holds the writer lock. `mended` stands for the file of the one batch
    that is named; `provider` and what follows say what a file that was refused does not.
    `is_strict` keeps rows back that use a name which no record has.

    Raises WrongUse for a batch that holds nothing back, or a mended file that fits none.
    """
    said = Said(None, provider, symbol, adjustment, date_order, decimal, volume_unit, sheet)
    look_at_said(said, set() if kind is None else {kind})
    ledger.ensure(con)
    records.ensure_kinds(con, shapes())
    landed.point(con, home)
    manifest.carry_forward(con, home, manifest.left_over(con, home))
    decided = held.manifests(home)
    is_open = {row["batch_id"] for row in held.open_counts(home, decided)}
    named = (
        [m for name in names for m in held.find(home, decided, name)] if names else decided.values()
    )
    wanted = {m.batch.batch_id: m.batch for m in named if kind in (None, m.batch.kind)}
    refused = {b: wanted.pop(b) for b in held.refused(home, decided) if b in wanted}
    if mended is not None and len(wanted) + len(refused) != 1:
        raise WrongUse(
            "A mended file stands for one batch.", "Name it: chipbrief quarantine replay BATCH."
        )
    done = []
    try:
        for batch_id, batch in wanted.items():
            if batch_id in is_open:
                rows = held.rows_of(home, decided, batch_id)
                source = _source(home, batch, mended)
                done.append(_replay(con, home, batch, rows, source, said, is_strict=is_strict))
    finally:
        drop(home)
    again = list(refused.values())
    return [*done, *read_again(con, home, again, said, mended, is_strict=is_strict)]


def _source(home: Home, batch: Batch, mended: Path | None) -> _Source:
    if mended is None:
        path = home.originals / batch.file_sha256
        size = path.stat().st_size if path.is_file() else 0
        return _Source(Original(path, batch.file_sha256, size), batch.file_name, is_mended=False)
    if not mended.is_file():
        raise WrongUse(f"There is no file {mended}.", "Check the spelling of the path.")
    return _Source(keep(home, mended), printable(mended.name), is_mended=True)


def _replay(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    batch: Batch,
    rows: list[HeldRow],
    source: _Source,
    said: Said,
    *,
    is_strict: bool,
) -> Replayed:
    every = [row for row in rows if not row.dismissed_by]
    rows = [row for row in every if not row.released_by]
    still = [row.line for row in rows if row.line is not None]
    try:
        with _opened(home, source) as received:
            reading, name = _read(con, batch, source, received, said)
            found, ragged = _gathered(reading, None if source.is_mended else still)
    except BaseException as error:
        refusal = refusal_of(error, source.name, home)
        if source.is_mended:
            raise refusal from error
        unread = [Still(r.line, r.rule, refusal.what) for r in rows]
        return _report(batch, rows, 0, 0, "", unread)
    lines = _lines(batch, every, found, ragged, source)
    focus = _of_lines(found, lines)
    checked = check(batch.kind, focus)
    stays = [Still(*told) for told in checked.held.select("line", "rule", "reason").iter_rows()]
    early = loading_day.early(checked.candidates, loading_day.latest(clock.now()))
    stays += [Still(*told) for told in early.iter_rows()]
    ragged = _of_lines(ragged, lines)
    stays += [Still(*told) for told in ragged.select("line", "rule", "reason").iter_rows()]
    there = {*focus["line"], *ragged["line"]}
    stays += [Still(line, "line_not_read", _GONE) for line in lines if line not in there]
    with tempfile.TemporaryDirectory(prefix=manifest.WORK, dir=home.root) as work:
        return _let_in(con, home, batch, rows, source, name, lines, checked.candidates, stays,
                       Path(work) / "draft.parquet", is_strict=is_strict)  # fmt: skip


@contextmanager
def _opened(home: Home, source: _Source) -> Iterator[Received]:
    """The source's text, unpacked where it is one table of a packed file."""
    if not source.original.path.is_file():
        raise Refused(f"The received bytes of {source.name} are gone.", "Restore landing/.")
    if not is_packed(source.original.path):
        yield look_at(source.original.path, source.name)
        return
    outer = source.name.partition("/")[0]
    with tempfile.TemporaryDirectory(prefix=manifest.WORK, dir=home.root) as spool:
        for part in unpack(source.original, outer, Path(spool), home):
            if source.is_mended or part.name == source.name:
                yield part.received()
                return
        raise Refused(f"{outer} holds no {source.name} any more.", "Replay a mended file.")


def _read(
    con: duckdb.DuckDBPyConnection,
    batch: Batch,
    source: _Source,
    received: Received,
    now_said: Said,
) -> tuple[Reading | Stream, str]:
    """The rows of the source as its reader tells them today, under the provider of the batch."""
    reader = reader_for(received, batch.provider)
    more = {name: value for name, value in asdict(now_said).items() if value is not None}
    said = replace(_said(con, batch), **{**more, "kind": batch.kind})
    request = request_of(
        con,
        said,
        needs_listings=reader.needs_listings,
        received_at=None if source.is_mended else batch.recorded_at,
    )
    plan = reader.plan(received, request)
    return without(reader.read(received, plan, request), received.apart), plan.provider


def _gathered(
    reading: Reading | Stream, wanted: list[int] | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows and ragged rows of these lines, read with care; of every line where none is named."""
    rows: list[pl.DataFrame] = []
    ragged: list[pl.DataFrame] = []
    for piece in pieces_of(reading):
        there = piece.rows if wanted is None else _of_lines(piece.rows, wanted)
        if not (there.height or piece.has_more or not rows):
            continue
        again = piece.reread(there["row_no"])
        rows.append(again.rows if wanted is None else _of_lines(again.rows, wanted))
        ragged.append(again.ragged if wanted is None else _of_lines(again.ragged, wanted))
    return pl.concat(rows), pl.concat(ragged)


def _of_lines(rows: pl.DataFrame, lines: Collection[int]) -> pl.DataFrame:
    return rows.filter(pl.col("line").is_in(list(lines)))


def _said(con: duckdb.DuckDBPyConnection, batch: Batch) -> Said:
    """What was said of the file when it was ingested, where this warehouse remembers it."""
    row = con.execute(
        "select options from ledger_files where sha256 = ? and starts_with(options, '[')"
        " order by options desc limit 1",
        [batch.file_sha256],
    ).fetchone()
    # the last one is the version of the contracts, the others as many as that version knew
    return Said(*json.loads(row[0])[:-1]) if row else Said()


def _lines(
    batch: Batch, rows: list[HeldRow], found: pl.DataFrame, ragged: pl.DataFrame, source: _Source
) -> dict[int, int]:
    """The lines of the source that stand for lines still held: source line → held line.

    A mended file has the lines still held, or all that its batch ever held, in their order, or
    every row of the file received.
    """
    every = sorted({row.line for row in rows if row.line is not None})
    still = sorted({row.line for row in rows if row.line is not None and not row.released_by})
    if not source.is_mended:
        return {line: line for line in still}
    there = sorted({*found["line"], *ragged["line"]})
    if len(there) == len(still):
        return dict(zip(there, still, strict=True))
    if len(there) == len(every):
        return {at: line for at, line in zip(there, every, strict=True) if line in still}
    if found.height + ragged.height == batch.rows_read:
        return {line: line for line in still}
    raise WrongUse(
        f"{source.name} has {len(there)} rows, and {batch.batch_id} holds back {len(still)} of"
        f" {batch.rows_read}.",
        "A mended file has the rows held back, in their order (chipbrief quarantine show"
        f" {batch.batch_id} --mend FILE writes them), or every row of the file received.",
    )


def _let_in(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    batch: Batch,
    rows: list[HeldRow],
    source: _Source,
    provider: str,
    lines: dict[int, int],
    candidates: pl.DataFrame,
    stays: list[Still],
    draft: Path,
    *,
    is_strict: bool,
) -> Replayed:
    """Compare what passes with the store and land it, line by line all or nothing."""
    kind, shape = batch.kind, shapes()[batch.kind]
    while True:
        candidates = candidates.filter(~pl.col("line").is_in({s.line for s in stays}))
        candidates.write_parquet(draft, compression="lz4")
        distinct = Distinct(kind, draft.parent)
        distinct.add(candidates)
        verdicts = versions.judge(con, kind, shape, draft, candidates.height, distinct.repeated())
        accepted = candidates.with_row_index("at").filter(
            ~pl.col("at").is_in(verdicts.dropped.implode())
        )
        more = [
            Still(line, "conflicting_rows", "Two rows held back contradict one another.")
            for line in verdicts.conflicts
        ]
        if is_strict:
            unknown = references.rows_with_unknown(con, kind, draft).select("line", "reason")
            more += [Still(line, references.RULE, why) for line, why in unknown.iter_rows()]
        if not source.is_mended:
            more += _overtaken(con, batch, draft, accepted["at"])
        new_rows = set(accepted["at"])
        found = implausible(con, kind, draft).iter_rows()
        more += [Still(line, rule, why) for at, line, rule, why in found if at in new_rows]
        if not more:
            break
        stays += more
    released = {lines[line] for line in candidates["line"].unique()}
    stays = [Still(lines.get(s.line or 0, s.line), s.rule, s.reason) for s in stays]
    new, known = verdicts.new, candidates.height - verdicts.new
    if not released:
        return _report(batch, rows, 0, 0, "", stays)
    number, recorded_at = ledger.next_batch_no(con), clock.now()
    stated = json.dumps(
        [kind, "replay", batch.batch_id, source.original.sha256, CONTRACT_VERSION, sorted(released)]
    )
    batch_id = f"{kind}-{hashlib.sha256(stated.encode('utf-8')).hexdigest()[:16]}"
    landed = home.landing_file(kind, batch_id)
    if new:
        stamped = Stamp(batch_id, number, recorded_at).on(accepted.drop("at", "row_no"))
        with durable.aside(landed, "landing") as target:
            landing.write(iter([stamped]), stamped.schema, target)
    made = Batch(
        batch_id=batch_id,
        batch_no=number,
        kind=kind,
        provider=provider,
        file_name=source.name,
        file_sha256=source.original.sha256,
        file_bytes=source.original.size,
        contract_version=CONTRACT_VERSION,
        status="accepted",
        reason=f"replay of {batch.batch_id}",
        rows_read=candidates.height,
        rows_accepted=new,
        rows_duplicate=known,
        rows_quarantined=0,
        recorded_at=recorded_at,
    )
    files = manifest.hashes(home, [landed] if new else [])
    decided = Manifest(made, files, (), (), _releases(batch, rows, released))
    manifest.write(home, decided)
    manifest.commit(con, home, decided)
    return _report(batch, rows, new, known, batch_id, stays)


def _overtaken(
    con: duckdb.DuckDBPyConnection, batch: Batch, draft: Path, accepted: pl.Series
) -> list[Still]:
    """Rows that pass their contract and come too late: the store has taken a later version since,
    which an old text must not take the place of. `accepted` numbers the rows that would be new.
    """
    version = ", ".join(f'"{c}"' for c in (*shapes()[batch.kind].key, "published_on"))
    main = f"{records.MAIN_SOURCE} as main_source"
    later = con.execute(
        "select file_row_number, line"
        f" from (select *, {main} from read_parquet(?, file_row_number = true))"
        f" semi join (select {version}, {main} from raw_{batch.kind} where batch_no > ?)"
        f" using ({version}, main_source) order by line",
        [str(draft), batch.batch_no],
    ).fetchall()
    new = set(accepted)
    return [Still(line, "superseded", _SUPERSEDED) for at, line in later if at in new]


def _releases(batch: Batch, rows: list[HeldRow], released: set[int]) -> tuple[Release, ...]:
    counted: dict[tuple[int, str], int] = {}
    for row in rows:
        if row.line in released:
            at = (int(row.line or 0), row.rule)
            counted[at] = counted.get(at, 0) + 1
    return tuple(Release(batch.batch_id, *at, rows=n) for at, n in sorted(counted.items()))


def _report(
    batch: Batch,
    rows: list[HeldRow],
    new: int,
    known: int,
    released_by: str,
    stays: Sequence[Still],
) -> Replayed:
    """The law in the report: what is not let in stays, counted as the quarantine counts it."""
    staying = {still.line for still in stays}
    still_held = sum(row.line in staying for row in rows)
    told = tuple(sorted(stays, key=lambda s: (s.line or 0, s.rule)))
    return Replayed(
        batch.batch_id, batch.kind, batch.file_name, new + known + still_held, new, known,
        still_held, released_by, told,
    )  # fmt: skip
