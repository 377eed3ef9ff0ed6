"""Which editions are due: the last completed period of each kind that somebody reads.

Reads the names in the archive; writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.schedule import periods

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from flows.schedule.periods import Period


@dataclass(frozen=True)
class Due:
    """A period that ought to have an edition, and the one that it has, if any."""

    period: Period
    edition_id: str | None

    @property
    def is_made(self) -> bool:
        """Whether some edition of the period stands in the archive."""
        return self.edition_id is not None


def expected(kinds: Sequence[str], today: dt.date, archive: Path) -> list[Due]:
    """The last completed period of each kind, with the newest edition that it has.

    Whether an edition that stands is still up to date is for the brief stage to say: it knows
    the build.
    """
    made = _made(archive)
    return [
        Due(period, made.get(period.edition_id))
        for kind in kinds
        for period in [periods.last_completed(kind, today)]
    ]


def never_briefed(kinds: Sequence[str], first: dt.date, last: dt.date, archive: Path) -> list[Due]:
    """The periods that end in `first`..`last` and have no edition: what a backfill makes."""
    made = _made(archive)
    return [
        Due(period, None)
        for kind in kinds
        for period in periods.between(kind, first, last)
        if period.edition_id not in made
    ]


def _made(archive: Path) -> dict[str, str]:
    """The newest complete edition of each period, by the period's first edition id."""
    if not archive.is_dir():
        return {}
    names = [path.parent.name for path in archive.glob("*/edition.json")]
    found: dict[str, tuple[int, str]] = {}
    for name in names:
        period, _, revision = name.partition("-r")
        newest = (int(revision) if revision.isdigit() else 1, name)
        found[period] = max(found.get(period, newest), newest)
    return {period: name for period, (_, name) in found.items()}
