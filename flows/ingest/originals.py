"""Received bytes, kept under the hash of their content: copied once, never changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flows.ingest.refusal import Refused
from warehouse import durable, failpoint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from warehouse.home import Home

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
        before = path.stat()
        with _arriving(home) as copy:
            failpoint.reach("original.arriving")
            # the kernel copies, and what is hashed is what was kept, while it is still in memory
            shutil.copyfile(path, copy)
            sha256 = hash_of(copy)
            after = path.stat()
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                continue
            kept = home.originals / sha256
            # a run that died may have left a name whose content never reached the disk
            if not (kept.exists() and hash_of(kept) == sha256):
                with durable.aside(kept, "original", sync=False) as target:
                    copy.replace(target)
        _settling[kept] = _pool().submit(_sync, kept)
        return Original(kept, sha256, after.st_size)
    raise Refused(f"{path.name} changes while it is read.", "Ingest it when it is finished.")


def settle(home: Home, sha256: str) -> None:
    """Wait until an original is on disk, so that no record can outlive what it was read from."""
    under_way = _settling.pop(home.originals / sha256, None)
    if under_way is not None:
        failpoint.reach("original.settling")
        under_way.result()
        failpoint.reach("original.settled")


#: Originals that are on their way to the disk while they are read already.
_settling: dict[Path, Future[None]] = {}


def _sync(kept: Path) -> None:
    durable.sync_file(kept)
    durable.sync_folder(kept.parent)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "originals")


@contextmanager
def _arriving(home: Home) -> Iterator[Path]:
    """A path for bytes whose hash is not known yet, beside those that are kept."""
    home.originals.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".arriving.", suffix=".part", dir=home.originals)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def hash_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
