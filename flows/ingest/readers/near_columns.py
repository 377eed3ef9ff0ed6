"""Which kind the columns of a table are nearest to, and which of them stand for what it lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from flows.ingest.contracts import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

#: From this part of a kind's own columns on a table is taken for one of it that was mistaken.
_NEAR = 0.5
#: How alike two names are at least that are told as near, by difflib's ratio.
_ALIKE = 0.55
_OF_EVERY_RECORD = frozenset({"published_on", "source_id", "confidence"})


@dataclass(frozen=True)
class Nearest:
    """A kind, how much of its own required columns is there, and for each that is not the column
    of the table that may stand for it, empty where none does.
    """

    kind: str
    likeness: float
    missing: dict[str, str]

    @property
    def is_near(self) -> bool:
        """Whether the table is one of the kind, but for some names."""
        return self.likeness >= _NEAR

    @property
    def lacks(self) -> str:
        """What is missing, in words: `period_start (near: 'period_begin')`."""
        return ", ".join(
            f"{name} (near: {stands[:40]!r})" if stands else name
            for name, stands in self.missing.items()
        )


@cache
def required(kind: str) -> frozenset[str]:
    """The columns that every row of a kind must state."""
    columns = KINDS[kind].columns().items()
    return frozenset(name for name, column in columns if not column.nullable) - {"line"}


def nearest(header: Sequence[str], name: str = "") -> Nearest:
    """The kind that a table's columns, and the name of its file, are nearest to."""
    # of kinds that are as near the one that the file is named after, then the first
    words = set(re.split(r"[^a-z]+", name.lower()))
    return max(
        (to_kind(kind, header) for kind in KINDS),
        key=lambda near: near.likeness + 0.1 * (not words.isdisjoint(_names(near.kind))),
    )


def to_kind(kind: str, header: Sequence[str]) -> Nearest:
    """How near a table is to one kind."""
    known = set(KINDS[kind].column_names())
    there = set(header)
    others = {_plain(column): column for column in header if column and column not in known}
    missing: dict[str, str] = {}
    for column in sorted(required(kind) - there):
        if column in others:
            missing[column] = others.pop(column)
    for column in sorted(required(kind) - there - missing.keys()):
        found = get_close_matches(column, others, n=1, cutoff=_ALIKE)
        missing[column] = others.pop(found[0]) if found else ""
    own = required(kind) - _OF_EVERY_RECORD
    is_there = sum(1.0 for column in own if column in there)
    is_there += sum(0.9 for column in own if missing.get(column))
    return Nearest(kind, is_there / len(own), dict(sorted(missing.items())))


def _names(kind: str) -> set[str]:
    return {kind, kind.removesuffix("s"), *kind.split("_")} if "_" not in kind else {kind}


def _plain(column: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")
