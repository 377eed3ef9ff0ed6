"""Two standing editions compared, figure by figure: what fell away first, then by size. Reads only.

The same comparison that an edition shows of itself (`changes`), between any two.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from flows.brief import changes
from flows.brief import folder as folders

if TYPE_CHECKING:
    from flows.brief.changes import Change, Changes
    from warehouse.home import Home


@dataclass(frozen=True)
class Difference:
    """All changes from one edition to the other, ranked; and what both knew."""

    before: str
    now: str
    changes: Changes
    ranked: tuple[Change, ...]


def difference(home: Home, before: str, now: str) -> Difference:
    """Compare two editions by their own data.json, and rank by kind, then by size."""
    making_before, figures_before = folders.made_of(home.briefings / before)
    making_now, figures_now = folders.made_of(home.briefings / now)
    found = changes.compare(
        figures_before, figures_now, before, making_before.known, making_now.known
    )
    ranked = sorted(
        found.items, key=lambda c: (changes.KINDS.index(c.kind), -(size(c) or 0), c.figure)
    )
    return Difference(before, now, found, tuple(ranked))


def size(change: Change) -> Decimal | None:
    """How far a figure moved, in percent of what it was; None where that says nothing."""
    before, now = change.before, change.now
    if not isinstance(before, Decimal) or not isinstance(now, Decimal) or not before:
        return None
    return (abs(now - before) / abs(before) * 100).quantize(Decimal("0.01"))
