"""Which rows of two editions are one thing, and what a change of one of its figures is called.

A figure is compared with itself alone: of the same series, of the same days. Pure.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.brief.figures import rekeyed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flows.brief.figures import Column, Figures, Row, Table, Value

#: What else than its key says what a headline figure is of; a period is told apart below.
_IDENTITY = ("figure_key", "subject", "text", "period_from", "publisher", "basis", "scope", "unit",
             "other_subject")  # fmt: skip
#: First and last day of what a figure covers, by the names that reports give them.
_PERIODS = (("period_start", "period_end"), ("period_from", "period_to"))
#: Reports whose figures are worked out of several records: they move when any of them does.
_WORKED_OUT = ("rpt_fee_month", "rpt_scenario", "rpt_coverage", "rpt_comparison", "rpt_chip_edge",
               "rpt_chip_flip", "rpt_claim", "rpt_calendar", "rpt_policy")  # fmt: skip
#: Columns that are worked out of other records than the row's own, in reports that are not.
_WORKED_OUT_COLUMNS = ("change_yoy_pct", "disagreement_local", "fx_rate", "named_share_pct",
                       "hhi_low", "hhi_high")  # fmt: skip
#: The amount that was filed, where a column only says it in dollars.
_FILED = {"revenue_usd": "revenue_local", "revenue_usd_low": "revenue_local",
          "revenue_usd_high": "revenue_local"}  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """A row of the last edition and the row of this one that is the same thing; either may miss.

    `is_extended`: this one covers more days from the same first day, and that one is gone.
    """

    before: Row | None
    now: Row | None
    is_extended: bool = False


def pairs(before: Table, now: Table) -> Iterator[Pair]:
    """The rows of two editions of a report, each with its own earlier self; the newer order."""
    grain = now.grain or before.grain
    old = {row.key: row for row in rekeyed(before, grain)}
    new = {row.key: row for row in rekeyed(now, grain)}
    gone = (row for key, row in old.items() if key not in new)
    starts = {_start(row, grain): row for row in gone} if "period_end" in grain else {}
    for key, row in new.items():
        own = old.pop(key, None)
        if own is None:
            own = starts.get(_start(row, grain))
            if own is not None and own.key in old and _is_longer(own, row):
                yield Pair(old.pop(own.key), row, is_extended=True)
            else:
                yield Pair(None, row)
        elif not _is_same_thing(own, row):
            yield Pair(None, row)
        else:
            yield Pair(own, row, is_extended=_is_longer(own, row))
    yield from (Pair(row, None) for row in old.values())


def kind_of(pair: Pair, column: Column, voices: Mapping[str, str], *, is_code_alone: bool) -> str:
    """What it is called that a figure of both rows has another value.

    *Restated*: its own record has a new version, by the same voice. *Another record*: it is taken
    from another voice now. *Extended*: of more days. *Updated*: worked out anew.
    """
    before, now = pair.before, pair.now
    if before is None or now is None:
        raise ValueError("a figure of one edition alone is new or dropped")
    if pair.is_extended:
        return "extended"
    if is_code_alone or column.name in _WORKED_OUT_COLUMNS or now.model in _WORKED_OUT:
        return "updated"
    if not column.type.startswith("DECIMAL"):
        return "updated"
    if _voice(before, voices) != _voice(now, voices):
        return "another_record"
    filed = _FILED.get(column.name)
    amounts = (before.values.get(filed), now.values.get(filed)) if filed else (None, None)
    is_rate_alone = amounts[0] is not None and amounts[0] == amounts[1]
    return "updated" if is_rate_alone else "restated"


def voices(*editions: Figures) -> dict[str, str]:
    """Who speaks in each source that the editions list: its publisher, where one is on record."""
    return {
        str(row.source_key): str(row.values["publisher"])
        for figures in editions
        for row in figures["rpt_source"]
        if row.values.get("publisher")
    }


def _voice(row: Row, known: Mapping[str, str]) -> str | None:
    said = row.values.get("source_id")
    if said is None:
        return None
    main = str(said).split(";")[0]
    return known.get(main, main)


def _is_same_thing(old: Row, new: Row) -> bool:
    """A headline figure of another period or event is another figure. A point in time moves on."""
    if any(old.values.get(c) != new.values.get(c) for c in _IDENTITY if c in new.values):
        return new.model != "rpt_headline"
    if new.model != "rpt_headline" or new.values.get("period_from") is None:
        return True
    ends = (old.values.get("period_to"), new.values.get("period_to"))
    return ends[0] == ends[1] or _is_longer(old, new)


def _is_longer(old: Row, new: Row) -> bool:
    for first, last in _PERIODS:
        start, end = new.values.get(first), new.values.get(last)
        was = old.values.get(last)
        if type(end) is dt.date and type(was) is dt.date and start is not None:
            return old.values.get(first) == start and end > was
    return False


def _start(row: Row, grain: tuple[str, ...]) -> tuple[Value, ...]:
    """All of a row's key but the end of its period."""
    return tuple(row.values.get(column) for column in grain if column != "period_end")
