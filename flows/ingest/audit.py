"""What ingest promises of its files and its records, looked at again, file by file and row by row.

Reads everything and changes nothing; `con` may be open for reading only, or None where the
warehouse cannot be opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from flows.ingest import manifest
from flows.ingest.originals import hash_of
from warehouse import content, ledger, repeated
from warehouse.audit import Audit
from warehouse.errors import Trouble
from warehouse.records import columns_of, known_kinds

if TYPE_CHECKING:
    from pathlib import Path

    from flows.ingest.manifest import Manifest
    from warehouse.home import Home

_COPY = "Restore it from a copy of the home."
_REBUILD = "Run `chipbrief rebuild`: landing/ holds the truth."


def audit(con: duckdb.DuckDBPyConnection | None, home: Home) -> list[Audit]:
    """Originals, manifests, landed and held rows, the law of the batch, records in the store."""
    decided, manifests = _manifests(home)
    audits = [_originals(home, decided), manifests, *_files(home, decided), _law(decided)]
    if con is not None:
        audits += [_ledger(con, decided), _records(con, home, decided), _uniqueness(con)]
    return audits


def _manifests(home: Home) -> tuple[list[Manifest], Audit]:
    audit = Audit("manifests", "every batch has a manifest that can be read and bears its name")
    decided = []
    for path in sorted(home.manifests.glob("*.json")):
        audit.looked_at += 1
        try:
            found = manifest.read(path)
        except Trouble as trouble:
            audit.flaw(path, trouble.what, trouble.way_out)
            continue
        if found.batch.batch_id != path.stem:
            audit.flaw(path, f"It is the manifest of {found.batch.batch_id}.", _COPY)
        decided.append(found)
    return decided, audit


def _originals(home: Home, decided: list[Manifest]) -> Audit:
    audit = Audit("originals", "received bytes are kept and have the hash that names them")
    there = {path.name: path for path in sorted(home.originals.glob("[!.]*"))}
    for name, path in there.items():
        audit.looked_at += 1
        if (found := hash_of(path)) != name:
            audit.flaw(path, f"Its bytes have the hash {found}.", _COPY)
    for one in decided:
        if one.batch.file_sha256 not in there:
            what = f"The bytes of {one.batch.file_name} ({one.batch.batch_id}) are gone."
            audit.flaw(home.originals / one.batch.file_sha256, what, _COPY)
    return audit


def _files(home: Home, decided: list[Manifest]) -> list[Audit]:
    landing = Audit("landing", "accepted rows are as they were when their batch was decided")
    held = Audit("quarantine", "rows held back are as they were, as many as their batch states")
    for one in decided:
        for name, sha256 in one.files.items():
            audit = held if name.startswith("quarantine/") else landing
            audit.looked_at += 1
            path = home.root / name
            if not path.is_file():
                audit.flaw(path, f"It is gone; {one.batch.batch_id} states it.", _COPY)
            elif (found := hash_of(path)) != sha256:
                audit.flaw(path, f"Its bytes have the hash {found}, not {sha256}.", _COPY)
    stated = {home.root / name for one in decided for name in one.files}
    for audit, folder in ((landing, "landing"), (held, "quarantine")):
        for path in sorted((home.root / folder).glob("*/[!.]*.parquet")):
            if path not in stated:
                way_out = "It is of a run that died before it decided: ingest its file again."
                audit.flaw(
                    path, "No manifest states it, so its rows are not in the store.", way_out
                )
    return [landing, held]


def _law(decided: list[Manifest]) -> Audit:
    audit = Audit("law", "rows read = accepted + duplicate + quarantined, for every batch")
    for one in decided:
        batch = one.batch
        audit.looked_at += 1
        gone = batch.rows_accepted + batch.rows_duplicate + batch.rows_quarantined
        if batch.rows_read != gone:
            what = f"{batch.rows_read} rows read, {gone} accounted for."
            audit.flaw(f"{batch.batch_id} ({batch.file_name})", what, _COPY)
        if batch.status == "accepted" and batch.rows_quarantined != sum(one.held_back.values()):
            what = f"{batch.rows_quarantined} rows held back, its rules say otherwise."
            audit.flaw(f"{batch.batch_id} ({batch.file_name})", what, _COPY)
    return audit


def _ledger(con: duckdb.DuckDBPyConnection, decided: list[Manifest]) -> Audit:
    audit = Audit("ledger", "the ledger of batches says what the manifests say")
    known = {row[0] for row in con.execute("select batch_id from ledger_batches").fetchall()}
    for one in decided:
        audit.looked_at += 1
        stated = one.batch.__dict__ | {"recorded_at": one.batch.recorded_at.replace(tzinfo=None)}
        batch = ledger.find_batch(con, one.batch.batch_id)
        if batch is None:
            way_out = "The next `chipbrief run` carries it forward; `chipbrief rebuild` does too."
            audit.flaw(
                one.batch.batch_id, "Its manifest is decided and the store lacks it.", way_out
            )
        elif batch.__dict__ != stated:
            audit.flaw(
                one.batch.batch_id, "The ledger has it otherwise than its manifest.", _REBUILD
            )
    for batch_id in sorted(known - {one.batch.batch_id for one in decided}):
        audit.flaw(batch_id, "The ledger has it and landing/ has no manifest of it.", _COPY)
    released = con.execute("select count(*) from ledger_released").fetchall()[0][0]
    if released != sum(len(one.releases) for one in decided if one.batch.batch_id in known):
        audit.flaw("ledger_released", "Not the releases that the manifests state.", _REBUILD)
    return audit


def _records(con: duckdb.DuckDBPyConnection, home: Home, decided: list[Manifest]) -> Audit:
    """Each batch's rows in the store against its landed file, as multisets of their text."""
    audit = Audit("records", "the store holds the landed rows, each once, and no others")
    for kind in known_kinds(con):
        columns = columns_of(con, f"raw_{kind}")
        try:
            stored = _by_batch(con, f"raw_{kind}", columns)
        except duckdb.Error as error:  # a landing file is part of it: that is told there too
            audit.flaw(f"raw_{kind}", f"It cannot be read: {str(error).splitlines()[0]}", _COPY)
            continue
        landed = {
            one.batch.batch_id: home.landing_file(kind, one.batch.batch_id)
            for one in decided
            if one.batch.kind == kind and one.batch.rows_accepted
        }
        for batch_id, path in landed.items():
            audit.looked_at += 1
            try:
                found = _of_file(con, path, columns)
            except duckdb.Error:
                continue  # told under landing
            if stored.pop(batch_id, None) != found:
                what = f"Its {found[0]} landed rows are not those of raw_{kind}."
                audit.flaw(batch_id, what, _REBUILD)
        for batch_id, (rows, *_) in sorted(stored.items()):
            what = f"raw_{kind} holds {rows} rows of it and landing/ has no such batch."
            audit.flaw(batch_id, what, _REBUILD)
    return audit


def _by_batch(
    con: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str]
) -> dict[str, tuple[int, ...]]:
    rows = con.execute(
        f'select batch_id, {content.hash_sql(columns)} from "{table}" group by batch_id'
    ).fetchall()
    return {batch_id: tuple(sums) for batch_id, *sums in rows}


def _of_file(
    con: duckdb.DuckDBPyConnection, path: Path, columns: dict[str, str]
) -> tuple[int, ...]:
    source = "read_parquet('{}')".format(str(path).replace("'", "''"))
    there = {row[0] for row in con.execute(f"describe select * from {source}").fetchall()}
    shared = {name: type_ for name, type_ in columns.items() if name in there}
    return tuple(con.execute(f"select {content.hash_sql(shared)} from {source}").fetchall()[0])


def _uniqueness(con: duckdb.DuckDBPyConnection) -> Audit:
    """A version is its key, its day, its source and its batch: it stands once."""
    audit = Audit("uniqueness", "no version of a record stands twice")
    for kind, shape in known_kinds(con).items():
        audit.looked_at += 1
        version = ", ".join(f'"{c}"' for c in (*shape.key, "published_on", "source_id", "batch_no"))
        try:
            is_doubtful = repeated.note(con, "repeated_versions", f"raw_{kind}", version)
            rows = con.execute(
                f"select {version} from raw_{kind} where {is_doubtful}"
                " group by all having count(*) > 1 order by all"
            ).fetchall()
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:
            continue  # told under records
        if rows:
            what = f"{len(rows)} versions stand more than once, the first is {rows[0]}."
            audit.flaw(f"raw_{kind}", what, _REBUILD)
    return audit
