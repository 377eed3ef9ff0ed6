"""The manifest of a batch: the durable word that a batch is decided, before the store holds it.

It is written after the batch's files and before its transaction. A run that dies in between is
carried forward from it: the same rows, number and time, so that the bytes are the same.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from flows.ingest import originals
from flows.ingest.report import NOTES, Finding
from warehouse import durable, failpoint, landed, ledger
from warehouse.errors import Trouble
from warehouse.ledger import Batch, Release
from warehouse.transaction import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from warehouse.home import Home

WORK = durable.WORK


@dataclass(frozen=True)
class Manifest:
    """A batch as decided: its ledger row, its files with their hashes, what was assumed.

    `files` maps a path below the home to the SHA-256 of its bytes. `releases` are the rows held
    back by earlier batches that this one lets in: a replay.
    """

    batch: Batch
    files: dict[str, str]
    findings: tuple[Finding, ...]
    assumed: tuple[str, ...]
    releases: tuple[Release, ...] = ()

    @property
    def held_back(self) -> dict[str, int]:
        """Rows held back by rule."""
        return {f.rule: f.count for f in self.findings if f.rule not in NOTES}


def write(home: Home, manifest: Manifest) -> None:
    """Write a manifest whole or not at all, once its original is on disk."""
    originals.settle(home, manifest.batch.file_sha256)
    body = asdict(manifest)
    body["batch"]["recorded_at"] = manifest.batch.recorded_at.isoformat()
    text = json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True)
    step = "manifest" if manifest.batch.status == "accepted" else "refusal"
    durable.write_text(home.manifests / f"{manifest.batch.batch_id}.json", text + "\n", step)


def read(path: Path) -> Manifest:
    """Read a manifest. Raises Trouble, naming the file, where it is not one."""
    try:
        body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        stated = body["batch"]
        stated["recorded_at"] = dt.datetime.fromisoformat(stated["recorded_at"])
        return Manifest(
            batch=Batch(**stated),
            files=dict(body["files"]),
            findings=tuple(Finding(**finding) for finding in body["findings"]),
            assumed=tuple(body["assumed"]),
            releases=tuple(Release(**told) for told in body.get("releases", ())),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Trouble(
            f"{path} cannot be read as the manifest of a batch: {error}",
            "Restore it from a copy of the home, or delete it and ingest its file again.",
        ) from error


@dataclass(frozen=True)
class Seen:
    """A file as it was when it was read, so that an unchanged one need not be read again."""

    path: str
    size: int
    modified_ns: int
    sha256: str
    options: str

    def remember(self, con: duckdb.DuckDBPyConnection) -> None:
        """Write it to the ledger of files."""
        ledger.remember_file(con, self.path, self.size, self.modified_ns, self.sha256, self.options)


def commit(
    con: duckdb.DuckDBPyConnection, home: Home, manifest: Manifest, seen: Seen | None = None
) -> None:
    """Put a decided batch into the store: its records and its ledger rows in one transaction.

    `seen` is the file that it came from, to be remembered with it.
    """
    batch = manifest.batch
    failpoint.reach("batch.begin")
    with transaction(con):
        if batch.rows_accepted:
            _add(con, home, batch)
        failpoint.reach("batch.inserted")
        ledger.record_batch(con, batch)
        ledger.record_quarantine(con, batch, manifest.held_back)
        ledger.record_releases(con, batch, manifest.releases)
        if seen is not None:
            seen.remember(con)
        failpoint.reach("batch.recorded")
    failpoint.reach("batch.committed")


def _add(con: duckdb.DuckDBPyConnection, home: Home, batch: Batch) -> None:
    added = landed.add(con, home, batch)
    if added != batch.rows_accepted:
        file = home.landing_file(batch.kind, batch.batch_id)
        raise Trouble(
            f"{file} holds {added} rows where its manifest says {batch.rows_accepted}.",
            "The file was changed after it was written: restore it from a copy.",
        )


def left_over(con: duckdb.DuckDBPyConnection, home: Home) -> list[Path]:
    """The manifests of batches that were decided and are not in the ledger."""
    decided = {path.stem: path for path in home.manifests.glob("*.json")}
    for (batch_id,) in con.execute("select batch_id from ledger_batches").fetchall():
        decided.pop(batch_id, None)
    return sorted(decided.values())


def carry_forward(
    con: duckdb.DuckDBPyConnection, home: Home, paths: Sequence[Path]
) -> list[Manifest]:
    """Commit the batches of these manifests in the order of their numbers; returns them.

    They are the batch at which an earlier run died, or all where the warehouse was deleted.
    """
    manifests = sorted((read(path) for path in paths), key=lambda m: m.batch.batch_no)
    for manifest in manifests:
        _refuse_if_changed(home, manifest)
        commit(con, home, manifest)
    return manifests


def _refuse_if_changed(home: Home, manifest: Manifest) -> None:
    for name, sha256 in manifest.files.items():
        file = home.root / name
        if not file.is_file() or hashes(home, [file])[name] != sha256:
            raise Trouble(
                f"{file} is not as it was when its batch was decided.",
                f"Restore it from a copy, or delete {manifest.batch.batch_id}.json beside the"
                " other manifests and ingest the file again: its bytes are kept.",
            )


def hashes(home: Home, files: Sequence[Path]) -> dict[str, str]:
    """The SHA-256 of each file, by its path below the home."""
    return {file.relative_to(home.root).as_posix(): originals.hash_of(file) for file in files}
