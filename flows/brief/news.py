"""The changes of an edition as lines to read: what fell away, what was restated, what is new.

What is new or gone is told by the thing that it belongs to, with the number of its figures; a
figure that has another value is told with both. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.brief import formats, headline
from flows.brief.changes import KINDS
from flows.brief.words import known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flows.brief.changes import Change, Changes
    from flows.brief.figures import Row, Value
    from flows.brief.page import Page

#: Lines of each kind on the page at most.
LINES = {
    "dropped": 20,
    "restated": 40,
    "another_record": 20,
    "updated": 20,
    "extended": 20,
    "new": 20,
}
#: Columns whose values have words, and the family that holds them.
_FAMILIES = {
    "status": "status",
    "instrument_status": "status",
    "us_status": "export_status",
    "cn_status": "export_status",
    "verdict": "verdict",
    "claim_verdict": "claim_verdict",
    "eccn_class": "eccn_class",
    "duty_band": "duty_band",
    "group_key": "fee_group",
    "method": "method",
}
_UNITS = ("usd", "%", "percent", "x", "ratio", "date", "rate")


@dataclass(frozen=True)
class Line:
    """One line: what it is of, how many figures, both values where it is a single figure."""

    kind: str
    section: str
    name: str
    column: str
    figures: int
    figure: str
    before: str
    now: str
    cause: str

    @property
    def has_both(self) -> bool:
        """Whether the figure stands in both editions."""
        return self.kind in KINDS[1:-1]


def lines(changes: Changes, page: Page) -> list[Line]:
    """The lines in the order of severity: losses, restatements, what moved, what is new."""
    made = _grouped(changes.items, "dropped", page)
    for kind in KINDS[1:-1]:
        moved = [item for item in changes.items if item.kind == kind]
        made += [_moved(item, page) for item in moved[: LINES[kind]]]
    return made + _grouped(changes.items, "new", page)


def _grouped(items: Iterable[Change], kind: str, page: Page) -> list[Line]:
    groups: dict[tuple[str, str], list[Change]] = {}
    for item in items:
        if item.kind == kind:
            name = _NAMES[item.row.model](item.row, page)
            groups.setdefault((item.section, str(name)), []).append(item)
    return [
        Line(kind, section, name, "", len(found), found[0].figure, "", "", found[0].cause)
        for (section, name), found in list(groups.items())[: LINES[kind]]
    ]


def _moved(item: Change, page: Page) -> Line:
    name = _FINE.get(item.row.model, _NAMES[item.row.model])(item.row, page)
    before, now = _values(item, page)
    column = page.word("column", item.column.name)
    return Line(item.kind, item.section, str(name), column, 1, item.figure, before, now, item.cause)


def _values(item: Change, page: Page) -> tuple[str, str]:
    """Both values; where rounding would hide the difference, as exact as they are."""
    before, now = (_value(item, v, page) for v in (item.before, item.now))
    if before == now:
        exact = (formats.number(page.language, _exact(v)) for v in (item.before, item.now))
        before, now = exact
    return before, now


def _exact(value: Value) -> Decimal | None:
    return value.normalize() if isinstance(value, Decimal) else None


def _value(item: Change, value: Value, page: Page) -> str:
    if isinstance(value, Decimal):
        unit = str(item.row.values.get("unit") or item.column.unit)
        if unit.lower() in _UNITS:
            return page.in_unit(value, unit)
        places = 0 if value == value.to_integral_value() else 2
        return formats.number(page.language, value, places)
    family = _FAMILIES.get(item.column.name, "")
    return page.word(family, value) if family and known(family, str(value)) else str(value)


def _joined(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


def _title(row: Row, page: Page) -> str:
    if row.values.get("item_kind") in ("rule", "rule_start", "rule_end"):
        return page.word("rule", row.item_id)
    return page.plain(row.values, "title")


def _short(row: Row, _page: Page) -> str:
    return str(row.short_name or row.chip_id)


def _pair(row: Row, page: Page) -> str:
    return page.language.text(
        "%(chip)s against %(other)s", chip=row.chip_name, other=row.other_chip_name
    )


def _series(row: Row, page: Page) -> str:
    basis = page.word("basis", row.basis) if row.basis != "unspecified" else ""
    return _joined(page.plain(row.values, "vendor"), page.word("segment", row.segment), basis)


def _shipment(row: Row, page: Page) -> str:
    what = row.short_name or page.word("segment", row.segment)
    return _joined(page.plain(row.values, "vendor"), what, page.word("basis", "shipment"))


def _coverage(row: Row, page: Page) -> str:
    what = row.short_name or page.word("scope", row.scope if row.scope != "none" else "ai_chips")
    basis = page.word("basis", row.basis) if row.basis not in ("none", "unspecified") else ""
    return _joined(page.plain(row.values, "vendor"), what, basis, page.period(row.fiscal_period))


def _share(row: Row, page: Page) -> str:
    measure = page.word("share_measure", row.measure)
    publisher = page.language.gettext(str(row.publisher))
    return _joined(publisher, page.period(row.period), measure)


#: What a row belongs to: the name under which new and lost figures are counted together.
_NAMES: dict[str, Callable[[Row, Page], str]] = {
    "rpt_headline": headline.label,
    "rpt_policy": _title,
    "rpt_calendar": _title,
    "rpt_funnel": _short,
    "rpt_rule": lambda row, page: page.word("rule", row.rule_id),
    "rpt_chip": _short,
    "rpt_chip_edge": _short,
    "rpt_chip_flip": _short,
    "rpt_comparison": _pair,
    "rpt_price_quote": _short,
    "rpt_revenue": _series,
    "rpt_coverage": _coverage,
    "rpt_shipment": _shipment,
    "rpt_fee": _title,
    "rpt_fee_month": _title,
    "rpt_scenario": _short,
    "rpt_share": _share,
    "rpt_reaction": lambda row, page: page.plain(row.values, "event_title"),
    "rpt_claim": lambda row, page: page.plain(row.values, "claim"),
}
#: What one figure is of, where that says more.
_FINE: dict[str, Callable[[Row, Page], str]] = {
    "rpt_funnel": lambda row, page: _joined(row.short_name, page.word("stage", row.stage)),
    "rpt_comparison": lambda row, page: _joined(
        _pair(row, page), page.word("measure", row.measure)
    ),
    "rpt_price_quote": lambda row, page: _joined(
        row.short_name,
        formats.day(page.language, row.quoted_on, row.quoted_precision),
        row.channel,
    ),
    "rpt_revenue": lambda row, page: _joined(_series(row, page), page.period(row.fiscal_period)),
    "rpt_shipment": lambda row, page: _joined(_shipment(row, page), page.period(row.quarter_name)),
    "rpt_fee_month": lambda row, page: _joined(
        _title(row, page), formats.day(page.language, row.month, "month")
    ),
    "rpt_scenario": lambda row, page: _joined(
        row.short_name,
        formats.percent(page.language, row.rate_pct, 0),
        page.word("fee_base", row.base),
        formats.percent(page.language, row.pass_through_pct, 0),
    ),
    "rpt_share": lambda row, page: _joined(_share(row, page), page.vendor(row)),
    "rpt_reaction": lambda row, page: _joined(
        page.plain(row.values, "event_title"), page.vendor(row), row.window_name
    ),
    "rpt_claim": lambda row, page: _joined(
        page.plain(row.values, "claim"), page.plain(row.values, "definition")
    ),
}
