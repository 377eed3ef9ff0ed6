"""Received bytes, kept under the hash of their content: copied once, never changed."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from flows.ingest.refusal import Refused
from warehouse import durable

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from warehouse.home import Home

_CHUNK = 1 << 20
_TRIES = 3


@dataclass(frozen=True)
class Original:
    """A received file as kept: `path` is named by the SHA-256 of its bytes."""

    path: Path
    sha256: str
    size: int


def keep(home: Home, path: Path) -> Original:
    """Copy a file into the originals; bytes that are held already stay as they are.

    The copy may be read at once; it is on disk when `settle` returns. Raises OSError if the file
    cannot be read, Refused if it changes while it is copied.
    """
    for _ in range(_TRIES):
        sha256 = _hash_of(path)
        kept = home.originals / sha256
        # a run that died may have left a name whose content never reached the disk
        is_held = kept.exists() and _hash_of(kept) == sha256
        if not is_held and not _copied(path, kept, sha256):
            continue
        _settling[kept] = _pool().submit(durable.sync_file, kept)
        return Original(kept, sha256, kept.stat().st_size)
    raise Refused(f"{path.name} changes while it is read.", "Ingest it when it is finished.")


def settle(home: Home, sha256: str) -> None:
    """Wait until an original is on disk, so that no record can outlive what it was read from."""
    under_way = _settling.pop(home.originals / sha256, None)
    if under_way is not None:
        under_way.result()


#: Originals that are on their way to the disk while they are read already.
_settling: dict[Path, Future[None]] = {}


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "originals")


def _copied(path: Path, kept: Path, sha256: str) -> bool:
    try:
        with durable.aside(kept, sync=False) as arriving:
            _copy(path, arriving, sha256)
    except _ChangedMeanwhile:
        return False
    return True


def _copy(path: Path, target: Path, sha256: str) -> None:
    digest = hashlib.sha256()
    with path.open("rb") as source, target.open("wb") as copied:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            copied.write(chunk)
    if digest.hexdigest() != sha256:
        raise _ChangedMeanwhile


class _ChangedMeanwhile(Exception):
    """The bytes copied are not the bytes hashed before."""


def _hash_of(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
