"""The archive page: every edition that stands, newest first, with its pages and mails.

Reads each edition's own edition.json; writes briefings/index.html whole or not at all.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from warehouse import durable

if TYPE_CHECKING:
    from pathlib import Path


def editions(briefings: Path) -> list[dict[str, Any]]:
    """What each edition says of itself, newest first. A folder that is half there is no edition."""
    if not briefings.is_dir():
        return []
    found = []
    for folder in briefings.iterdir():
        told = folder / "edition.json"
        if not folder.name.startswith(".") and told.is_file():
            found.append(json.loads(told.read_text(encoding="utf-8")))
    return sorted(found, key=lambda e: (e["as_of"], e["issued_at"], e["edition_id"]), reverse=True)


def write(briefings: Path, title: str) -> Path:
    """Write the archive page anew and return its path."""
    from flows.brief import render

    path = briefings / "index.html"
    page = render.archive(editions(briefings), title)
    if not path.is_file() or path.read_text(encoding="utf-8") != page:
        durable.write_text(path, page, "archive")
    return path
