"""Whether every edition's files are the bytes that the edition recorded of itself."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flows.brief import folder as folders
from warehouse.audit import Audit

if TYPE_CHECKING:
    from warehouse.home import Home

_WAY_OUT = "Restore the edition's folder from a copy: an edition is never written again."


def audit(home: Home) -> list[Audit]:
    """Each file of each edition against the hash in its edition.json."""
    audit = Audit("editions", "every file of every edition has the hash recorded of it")
    for told_in in sorted(home.briefings.glob("[!.]*/edition.json")):
        path = told_in.parent
        try:
            told = folders.told(path)
            recorded = dict(told["files"]) if told else {}
        except (ValueError, KeyError, TypeError) as error:
            audit.flaw(told_in, f"It cannot be read: {error}", _WAY_OUT)
            continue
        for name, sha256 in recorded.items():
            audit.looked_at += 1
            file = path / name
            if not file.is_file():
                audit.flaw(file, "It is gone.", _WAY_OUT)
            elif hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
                audit.flaw(file, "Its bytes are not those that were published.", _WAY_OUT)
        if told and told["edition_id"] != path.name:
            audit.flaw(told_in, f"It is of {told['edition_id']}.", _WAY_OUT)
    return [audit]
