"""A file that a source can give: how it is shown, how it is known again, how it is fetched."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.home import Home

_ODD = re.compile(r"[^\w.+=@^-]+")


@dataclass(frozen=True)
class Marks:
    """By what a source knows its content again: the next fetch asks only for what differs."""

    etag: str = ""
    last_modified: str = ""


class Fetch(Protocol):
    """Write the content to a path; None where it is still what `known` marks.

    Raises Refused where it cannot be had, with the reason and the way out.
    """

    def __call__(self, target: Path, known: Marks | None) -> Marks | None: ...


@dataclass(frozen=True)
class Found:
    """One file of a source: `shown` without credentials, called `name` here.

    `identity` tells it from every other file and is kept as a hash only; `kind` is what the
    source's settings say that the rows are.
    """

    identity: str
    shown: str
    name: str
    fetch: Fetch
    kind: str | None = None

    @property
    def key(self) -> str:
        """What the ledger of fetches knows it by."""
        return hashlib.sha256(self.identity.encode("utf-8")).hexdigest()

    def spooled(self, home: Home) -> Path:
        """Where it is written while it is read: the same place in every run."""
        return home.spool / self.key[:16] / file_name(self.name)


def file_name(stated: str) -> str:
    """A name from outside as a name of a file in one folder: no path, no control characters."""
    kept = _ODD.sub("_", stated).lstrip(".")
    return kept[-120:] or "file"


def unreachable(shown: str, reason: str, *, kind: str = "") -> Refused:
    """The refusal of what cannot be fetched just now."""
    return Refused(
        f"{shown} cannot be fetched: {reason}.",
        "The next run asks again; what was fetched before stays as it is.",
        kind=kind,
    )
