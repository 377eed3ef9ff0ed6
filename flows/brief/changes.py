"""What changed since the last edition, figure by figure, and why: losses first.

Compares two sets of `Figures` and what the two editions knew of records and code. Pure; the
reading of earlier editions is in `edition`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flows.brief.pairing import kind_of, pairs, voices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.brief.figures import Column, Figures, Row, Value

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
#: Kinds of change in the order of severity; of the four between, a figure has both values.
KINDS = ("dropped", "restated", "another_record", "updated", "extended", "new")
#: Texts that are figures all the same: a status or a verdict that turns is news.
TELLING = ("status", "us_status", "cn_status", "verdict", "claim_verdict", "eccn_class",
            "duty_band", "instrument_status", "group_key", "method")  # fmt: skip
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
    """One figure that is new, gone, or has another value, with both values and the cause."""

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
    counts: Mapping[str, int]
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
        """How many figures changed so."""
        return sum(item.kind == kind for item in self.items)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of change that there are, the worst first."""
        return tuple(kind for kind in KINDS if self.total(kind))

    @property
    def parts(self) -> tuple[Part, ...]:
        """The changes by section, in the order of the page."""
        made = []
        for section in dict.fromkeys(SECTION_OF.values()):
            found = [item for item in self.items if item.section == section]
            if found:
                counts = {k: sum(item.kind == k for item in found) for k in KINDS}
                causes = tuple(dict.fromkeys(item.cause for item in found))
                made.append(Part(section=section, counts=counts, causes=causes))
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
    known = voices(before, now)
    items = []
    for model, section in SECTION_OF.items():
        for pair in pairs(before[model], now[model]):
            row = pair.now or pair.before
            columns = (now if pair.now else before)[model].columns.values()
            for column in columns if row else ():
                if not _is_figure(column):
                    continue
                old, new = (
                    one.values.get(column.name) if one else None for one in (pair.before, pair.now)
                )
                if old == new or row is None:
                    continue
                kind = (
                    "new" if old is None else "dropped" if new is None
                    else kind_of(pair, column, known, is_code_alone=is_code and not is_data)
                )  # fmt: skip
                cause = _cause(kind, model, is_data=is_data, is_code=is_code)
                figure = row.figure(column.name)
                items.append(Change(kind, figure, section, row, column, old, new, cause))
    items.sort(key=lambda item: KINDS.index(item.kind))
    return Changes(False, previous, tuple(items), arrived, is_code)


def _is_figure(column: Column) -> bool:
    if column.name in SILENT or column.name.endswith("_no"):
        return False
    return column.type.startswith("DECIMAL") or column.name in TELLING


def _cause(kind: str, model: str, *, is_data: bool, is_code: bool) -> str:
    if model == "rpt_calendar" and kind == "updated" and not is_code:
        return "time"
    if is_data and is_code:
        return "data_and_code"
    if is_data:
        told = {"restated": "restated_data", "dropped": "dropped_data"}
        return told.get(kind, "new_data")
    return "changed_code" if is_code else "time"
