"""The names of editions: what their folders are called. Imports nothing, so that it is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt


def edition_name(kind: str, period: str, end: dt.date, as_of: dt.date, revision: int = 1) -> str:
    """`weekly-2026-W47`, with `-r2` and so on for a corrected edition.

    An edition as of another day than its period's last is a view of its own beside the regular
    one: `weekly-2026-W48-at-2026-11-25`.
    """
    at = "" if as_of == end else f"-at-{as_of.isoformat()}"
    tail = "" if revision == 1 else f"-r{revision}"
    return f"{kind}-{period}{at}{tail}"
