"""The editions that stand in the archive, found by the names of their folders.

Reads names only: no edition is opened until a message is made from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from pathlib import Path

_LABELS = {
    "daily": r"\d{4}-\d{2}-\d{2}",
    "weekly": r"\d{4}-W\d{2}",
    "monthly": r"\d{4}-\d{2}",
    "quarterly": r"\d{4}-Q[1-4]",
}
_PERIOD = "|".join(f"(?P<{kind}>{kind}-{label})" for kind, label in _LABELS.items())
_NAME = re.compile(
    rf"(?:{_PERIOD})(?:-at-(?P<at>\d{{4}}-\d{{2}}-\d{{2}}))?(?:-r(?P<revision>[1-9]\d{{0,4}}))?",
    re.ASCII,
)


@dataclass(frozen=True, order=True)
class Edition:
    """One issued briefing. Within a kind, editions order by period and then by revision.

    `at` is the day of a view taken inside its period, which is sent only when it is named.
    """

    kind: str
    period: str
    revision: int
    edition_id: str
    at: str = ""


def parse(edition_id: str) -> Edition | None:
    """Read `weekly-2026-W47-r2`; None where the name is no edition's (and so no safe path)."""
    match = _NAME.fullmatch(edition_id)
    if match is None:
        return None
    kind = next(kind for kind in _LABELS if match[kind])
    return Edition(kind, match[kind], int(match["revision"] or 1), edition_id, match["at"] or "")


def issued(briefings: Path) -> list[Edition]:
    """Every complete edition of the archive, in order."""
    if not briefings.is_dir():
        return []
    found = (
        parse(folder.name) for folder in briefings.iterdir() if (folder / "edition.json").is_file()
    )
    return sorted(edition for edition in found if edition is not None)


def newest(editions: list[Edition]) -> dict[str, Edition]:
    """The newest regular edition of each kind of period."""
    return {edition.kind: edition for edition in sorted(editions) if not edition.at}


def named(editions: list[Edition], edition_id: str) -> Edition:
    """The edition of this id. Raises WrongUse where the archive holds none."""
    for edition in editions:
        if edition.edition_id == edition_id:
            return edition
    known = ", ".join(edition.edition_id for edition in editions[-5:]) or "none yet"
    raise WrongUse(f"There is no edition {edition_id!r}.", f"The latest editions: {known}.")
