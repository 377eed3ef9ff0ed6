"""What changed since the last edition, figure by figure, and why: losses first.

Compares two sets of `Figures` and what the two editions knew of records and code. Pure; the
reading of earlier editions is in `edition`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.brief.figures import Column, Figures, Row, Table, Value

#: The section that each report stands in; a report that is not here draws a chart only.
SECTION_OF = {
    "rpt_headline": "headline",
    "rpt_policy": "policy",
    "rpt_funnel": "policy",
    "rpt_rule": "policy",
    "rpt_chip": "chips",
    "rpt_chip_edge": "chips",
    "rpt_chip_flip": "chips",
    "rpt_comparison": "chips",
    "rpt_price_quote": "chips",
    "rpt_revenue": "revenue",
    "rpt_coverage": "revenue",
    "rpt_shipment": "revenue",
    "rpt_fee": "fees",
    "rpt_fee_month": "fees",
    "rpt_scenario": "fees",
    "rpt_share": "share",
    "rpt_reaction": "reaction",
    "rpt_claim": "claims",
    "rpt_calendar": "calendar",
}
_KINDS = ("dropped", "restated", "new")
#: Texts that are figures all the same: a status or a verdict that turns is news.
TELLING = ("status", "us_status", "cn_status", "verdict", "claim_verdict", "eccn_class",
            "duty_band", "instrument_status", "group_key", "method")  # fmt: skip
#: What else than its key says what a headline figure is of.
_IDENTITY = ("figure_key", "subject", "text", "period_from", "publisher")
#: Columns that move with the day alone, order the page, or stand in data.json only.
SILENT = ("as_of", "days_until", "days_to_effect", "observations", "alpha_pct", "beta",
           "standard_error_pct", "other_events")  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What an edition knew besides its figures: rows by kind, the last batch, the code's print."""

    rows: Mapping[str, int] = field(default_factory=dict)
    last_batch: int = 0
    code: str = ""


@dataclass(frozen=True)
class Change:
    """One figure that is new, restated or dropped, with both values and the cause."""

    kind: str
    figure: str
    section: str
    row: Row
    column: Column
    before: Value
    now: Value
    cause: str


@dataclass(frozen=True)
class Part:
    """How many figures of a section changed, and for which causes."""

    section: str
    dropped: int
    restated: int
    new: int
    causes: tuple[str, ...]


@dataclass(frozen=True)
class Arrived:
    """Record versions of a kind that this edition knows and the last one did not."""

    kind: str
    rows: int


@dataclass(frozen=True)
class Changes:
    """All changes against the last edition of the same kind; `is_first` where there is none."""

    is_first: bool
    previous: str = ""
    items: tuple[Change, ...] = ()
    records: tuple[Arrived, ...] = ()
    is_code_changed: bool = False

    def total(self, kind: str) -> int:
        """How many figures are new, restated or dropped."""
        return sum(item.kind == kind for item in self.items)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The changes by section, in the order of the page."""
        made = []
        for section in dict.fromkeys(SECTION_OF.values()):
            found = [item for item in self.items if item.section == section]
            if found:
                counts = {k: sum(item.kind == k for item in found) for k in _KINDS}
                causes = tuple(dict.fromkeys(item.cause for item in found))
                made.append(Part(section=section, causes=causes, **counts))
        return tuple(made)


def compare(
    before: Figures | None, now: Figures, previous: str, known_before: Known, known_now: Known
) -> Changes:
    """Compare two editions' figures. The cause is as exact as what both editions kept allows."""
    if before is None:
        return Changes(is_first=True)
    is_code = known_before.code != known_now.code
    arrived = tuple(
        Arrived(kind, rows - known_before.rows.get(kind, 0))
        for kind, rows in sorted(known_now.rows.items())
        if rows > known_before.rows.get(kind, 0)
    )
    is_data = bool(arrived) or known_before.last_batch != known_now.last_batch
    items = []
    for model, section in SECTION_OF.items():
        for kind, row, column, old, new in _differences(before[model], now[model]):
            cause = _cause(kind, model, is_data=is_data, is_code=is_code)
            figure = row.figure(column.name)
            items.append(Change(kind, figure, section, row, column, old, new, cause))
    items.sort(key=lambda item: _KINDS.index(item.kind))
    return Changes(False, previous, tuple(items), arrived, is_code)


def _differences(before: Table, now: Table) -> list[tuple[str, Row, Column, Value, Value]]:
    old = {row.key: row for row in before}
    new = {row.key: row for row in now}
    found = []
    for key in [k for k in new if k in old and not _is_same_thing(old[k], new[k])]:
        del old[key]
    for key in [*new, *(k for k in old if k not in new)]:
        row, table = (new[key], now) if key in new else (old[key], before)
        for column in table.columns.values():
            if not _is_figure(column):
                continue
            a = old[key].values.get(column.name) if key in old else None
            b = new[key].values.get(column.name) if key in new else None
            if a != b:
                kind = "new" if a is None else "dropped" if b is None else "restated"
                found.append((kind, row, column, a, b))
    return found


def _is_same_thing(old: Row, new: Row) -> bool:
    """A headline figure of another period or event is another figure, not a restatement."""
    return all(old.values.get(c) == new.values.get(c) for c in _IDENTITY if c in new.values)


def _is_figure(column: Column) -> bool:
    if column.name in SILENT or column.name.endswith("_no"):
        return False
    return column.type.startswith("DECIMAL") or column.name in TELLING


def _cause(kind: str, model: str, *, is_data: bool, is_code: bool) -> str:
    if model == "rpt_calendar" and kind == "restated" and not is_code:
        return "time"
    if is_data and is_code:
        return "data_and_code"
    if is_data:
        return {"new": "new_data", "restated": "restated_data", "dropped": "dropped_data"}[kind]
    return "changed_code" if is_code else "time"
