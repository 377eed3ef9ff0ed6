"""What a chart module hands over: the texts, values and rows that its spec asks for by name.

Also the little that all of them share: an empty plot, and reading a column of a report row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Record(Protocol):
    """A row of a report: `row["tpp"]` is a Decimal, a date, a text, a bool or None."""

    def __getitem__(self, column: str, /) -> Any: ...


class Reports(Protocol):
    """Report name → rows: `flows.brief.figures.Figures`, or a plain mapping of lists."""

    def __getitem__(self, model: str, /) -> Iterable[Record]: ...


Rows: TypeAlias = list[dict[str, Any]]


@dataclass(frozen=True)
class Plot:
    """A chart before it is drawn. `alt` says in a sentence what it shows, main figures included."""

    alt: str
    texts: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Rows] = field(default_factory=dict)
    #: Of a spec of several views, those that have something to show; None: all of them.
    views: frozenset[str] | None = None

    @property
    def title(self) -> str:
        """The title on one line."""
        title = self.texts["title"]
        return title if isinstance(title, str) else " ".join(title)


def rows_of(figures: Reports, report: str) -> list[Record]:
    """The rows of a report; none where it was not built."""
    try:
        return list(figures[report])
    except KeyError:
        return []


def chip_name(row: Record) -> str:
    """What people call the chip of a row, or its id: a record may name a chip not on record."""
    return str(row["short_name"] or row["chip_id"])


def is_doubtful(row: Record) -> bool:
    """Whether a row keeps a mark on the page: contested, unverified or invented."""
    return row["confidence"] in ("contested", "unverified", "invented")
