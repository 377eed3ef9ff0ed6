"""Received bytes, kept under the hash of their content: copied once, never changed."""

from __future__ import annotations

import hashlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from flows.ingest.refusal import Refused
from warehouse import durable, failpoint

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from warehouse.home import Home

_TRIES = 3


@dataclass(frozen=True)
class Original:
    """A received file as kept: `path` is named by the SHA-256 of its bytes."""

    path: Path
    sha256: str
    size: int


def keep(home: Home, path: Path) -> Original:
    """Copy a file to the originals; bytes that are there already stay as they are.

    The copy may be read at once, from a path that holds until `settle` gives it its name: it is on
    its way to the disk meanwhile. Raises OSError if the file cannot be read, Refused if it changes
    while it is copied.
    """
    durable.make_folder(home.originals)
    for _ in range(_TRIES):
        before = path.stat()
        copy = durable.half_file(home.originals, "arriving")
        try:
            failpoint.reach("original.arriving")
            # the kernel copies, and what is hashed is what was kept, while it is still in memory
            shutil.copyfile(path, copy)
            sha256 = hash_of(copy)
            after = path.stat()
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                copy.unlink()
                continue
        except BaseException:
            copy.unlink(missing_ok=True)
            raise
        return Original(_coming(home.originals / sha256, copy), sha256, after.st_size)
    raise Refused(f"{path.name} changes while it is read.", "Ingest it when it is finished.")


def settle(home: Home, sha256: str) -> None:
    """Give an original its name once its bytes are on disk: no record outlives what it is from."""
    kept = home.originals / sha256
    coming = _settling.pop(kept, None)
    if coming is None:
        return
    failpoint.reach("original.settling")
    coming.synced.result()
    if coming.copy is not None:
        durable.replace(coming.copy, kept, "original")
    failpoint.reach("original.settled")


def drop(home: Home) -> None:
    """Remove what was copied and has no name: its file was given up before it was decided."""
    for kept in [kept for kept in _settling if kept.parent == home.originals]:
        coming = _settling.pop(kept)
        coming.synced.exception()  # the copy is not in use any more
        if coming.copy is not None:
            coming.copy.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Coming:
    """An original on its way to the disk; `copy` is its path until it has its name."""

    copy: Path | None
    synced: Future[None]


#: Originals that are read already and not settled yet, by the path that they are to have.
_settling: dict[Path, _Coming] = {}


def _coming(kept: Path, copy: Path) -> Path:
    """Where the bytes can be read until they are settled."""
    before = _settling.get(kept)
    # a run that died may have left a name whose content never reached the disk
    is_there = before is None and kept.exists() and hash_of(kept) == kept.name
    if before is not None or is_there:
        copy.unlink()
    if before is not None:
        return before.copy or kept
    readable = kept if is_there else copy
    synced = _pool().submit(_sync, readable)
    _settling[kept] = _Coming(None if is_there else copy, synced)
    return readable


def _sync(readable: Path) -> None:
    durable.sync_file(readable)
    durable.sync_folder(readable.parent)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "originals")


def hash_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
