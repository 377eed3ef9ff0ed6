"""Rows of the reports arranged as the sections place them: grouped, split, in reading order.

Nothing is computed here: every figure is a column of a report. Pure.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from flows.brief import formats
from flows.brief.words import label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.brief.figures import Figures, Row
    from flows.brief.language import Language
    from flows.brief.page import Page

#: Periods of a series that stand open on the page; the earlier ones fold away.
LATEST_PERIODS = 8
#: Series of shipments on the page, of most records first.
LATEST_SERIES = 40
#: Events with prices that stand open on the page.
LATEST_EVENTS = 5
_LINK = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&()*+,;=%\[\]-]+", re.ASCII)


def names(figures: Figures, language: Language) -> dict[str, str]:
    """Traded symbols by the name that readers know, with the symbol of a share beside it."""
    made = {}
    for row in figures.rows("rpt_price_history"):
        name = formats.full_width(language.of(row, "title"))
        is_index = row.security_type == "index"
        if language.code == "zh":
            made[str(row.symbol)] = name if is_index else f"{name}（{row.symbol}）"
        else:
            made[str(row.symbol)] = name if is_index else f"{name} ({row.symbol})"
    return made


def standing(figures: Figures, page: Page) -> list[dict[str, Any]]:
    """Duties and rules in force, each with its tests or its rate in words."""
    rows = [r for r in figures.by("rpt_policy", "item_kind", "item_no") if r.item_kind != "event"]
    tests = dict(_groups(figures.rows("rpt_rule"), "rule_id"))
    rates: dict[str, Row] = {str(r.fee_id): r for r in figures.rows("rpt_fee")}
    made = []
    for row in rows:
        said = ""
        if row.item_id in tests:
            said = _tests(tests[row.item_id], page)
        elif row.item_id in rates:
            fee = rates[row.item_id]
            said = page.rate_of(fee.rate_pct, fee.base)
        made.append({"row": row, "tests": said})
    return made


def _tests(rows: list[Row], page: Page) -> str:
    """A rule as printed in law: 14,000 < TPP < 17,500 and 4,500 < memory bandwidth < 5,000."""
    language = page.language
    alternatives = []
    for _, found in _groups(rows, "alternative"):
        parts = []
        ordered = sorted(found, key=lambda r: (_PARAMETERS.index(r.parameter), r.threshold))
        for parameter, tests in _groups(ordered, "parameter"):
            word = page.word("parameter", parameter)
            bounds = [(str(r.operator), formats.number(language, r.threshold)) for r in tests]
            unit = page.unit(parameter)
            if len(bounds) == 2 and bounds[0][0][0] == ">" and bounds[1][0][0] == "<":
                (lower, low), (upper, high) = bounds
                below = page.operator(lower.replace(">", "<"))
                parts.append(f"{low} {below} {word} {page.operator(upper)} {high}{unit}")
            else:
                parts += [f"{word} {page.operator(sign)} {bound}{unit}" for sign, bound in bounds]
        alternatives.append(language.gettext(" and ").join(parts))
    return language.gettext("; or ").join(alternatives)


_PARAMETERS = ("tpp", "performance_density", "memory_bandwidth_gbs", "interconnect_gbs",
               "units_per_customer", "units_in_total")  # fmt: skip


def chips(figures: Figures) -> dict[str, list[Row]]:
    """Chips with a status or in a comparison, and the rest; US origin and NVIDIA first."""
    rows = sorted(
        figures.rows("rpt_chip"),
        key=lambda r: (not r.is_us_origin, r.vendor != "NVIDIA", r.vendor, -(r.tpp or 0)),
    )
    return {"main": [r for r in rows if r.is_main], "rest": [r for r in rows if not r.is_main]}


def revenue(figures: Figures, language: Language) -> dict[str, list[dict[str, Any]]]:
    """Revenue series, newest period first: the US vendors' sales in China, then the others."""
    main, earlier, other = [], [], []
    groups = _groups(figures.by("rpt_revenue", "series_key"), "series_key")
    for _, rows in sorted(groups, key=lambda group: _series_place(group[1][0])):
        newest = sorted(rows, key=lambda r: (r.period_end, r.period_start), reverse=True)
        name = _series_name(newest[0], language)
        if newest[0].vendor in _US_VENDORS:
            main.append({"name": name, "rows": newest[:LATEST_PERIODS]})
            if newest[LATEST_PERIODS:]:
                earlier.append({"name": name, "rows": newest[LATEST_PERIODS:]})
        else:
            other.append({"name": name, "rows": newest})
    return {"main": main, "earlier": earlier, "other": other} if groups else {}


_US_VENDORS = ("NVIDIA", "AMD")
_BASES = ("customer_hq", "billing", "shipment", "unspecified")


def _series_place(row: Row) -> tuple[bool, int, int, str]:
    """NVIDIA first, whole-company series by basis before single products."""
    return (row.vendor != "NVIDIA", row.segment != "Total", _BASES.index(row.basis), row.series_key)


def _series_name(row: Row, language: Language) -> str:
    vendor = formats.full_width(language.of(row, "vendor"))
    parts = [
        vendor,
        language.gettext(label("region", row.region)),
        language.gettext(label("segment", row.segment)),
    ]
    basis = row.values.get("basis", "unspecified")
    if basis != "unspecified":
        parts.append(language.gettext(label("basis", str(basis))))
    return " · ".join(dict.fromkeys(parts))


def calendar_quarters(figures: Figures, language: Language) -> list[dict[str, Any]]:
    """Revenue series by calendar quarter, newest first, in the order of the filed series."""
    found = _groups(
        figures.rows("rpt_sales_quarter"),
        "vendor", "chip_id", "region", "basis", "segment", "scope",
    )  # fmt: skip
    series = sorted((rows for _, rows in found), key=lambda rows: _quarter_place(rows[0]))
    return [
        {
            "name": _series_name(rows[0], language),
            "rows": sorted(rows, key=lambda r: r.quarter_start, reverse=True)[:LATEST_PERIODS],
        }
        for rows in series
    ]


def shipments(figures: Figures, language: Language) -> list[dict[str, Any]]:
    """Shipments on record by calendar quarter, newest first; the series of most records first."""
    found = _groups(
        figures.by("rpt_shipment", "vendor", "chip_id", "region", "segment", "scope"),
        "vendor", "chip_id", "region", "segment", "scope",
    )  # fmt: skip
    series = sorted(
        (rows for _, rows in found), key=lambda rows: -sum(r.record_count for r in rows)
    )
    return [
        {
            "name": _series_name(rows[0], language),
            "rows": sorted(rows, key=lambda r: r.quarter_start, reverse=True)[:LATEST_PERIODS],
        }
        for rows in series[:LATEST_SERIES]
    ]


def _quarter_place(row: Row) -> tuple[bool, bool, str, bool, int]:
    is_us = row.vendor in _US_VENDORS
    return (not is_us, row.vendor != "NVIDIA", row.vendor, row.segment != "Total",
            _BASES.index(row.basis))  # fmt: skip


def coverage(figures: Figures) -> dict[str, list[Row]]:
    """Counts beside disclosed revenue, newest first: of single chips, of companies, one-sided."""
    rows = sorted(
        figures.by("rpt_coverage", "vendor", "chip_id", "basis"),
        key=lambda r: r.period_end,
        reverse=True,
    )
    if not rows:
        return {}
    alone = ("no_disclosure", "no_units")
    both = [r for r in rows if r.reason not in alone]
    return {
        "chips": [r for r in both if r.chip_id != "all"],
        "companies": [r for r in both if r.chip_id == "all"],
        "alone": [r for r in rows if r.reason in alone],
    }


def fee_groups(figures: Figures) -> list[dict[str, Any]]:
    """Instruments by legal standing, in the order of the report."""
    rows = figures.by("rpt_fee", "fee_no", "fee_id", "vendor", "chip_id")
    keys = dict.fromkeys(row.group_key for row in rows)
    return [{"key": key, "rows": [r for r in rows if r.group_key == key]} for key in keys]


def scenarios(figures: Figures, language: Language) -> list[dict[str, Any]]:
    """Scenario rows by chip and price, chips inside a duty band first as the report orders them."""
    rows = figures.by("rpt_scenario", "chip_id", "price_case", "scenario_no")
    made = []
    for _, found in _groups(rows, "chip_id", "price_case"):
        first = found[0]
        made.append(
            {
                "name": first.short_name,
                "price": formats.money(language, first.price_usd),
                "quoted": formats.day(language, first.quoted_on, first.quoted_precision or "day"),
                "is_in_force": any(r.instrument_status == "in_force" for r in found),
                "cases": [case for _, case in _groups(found, "rate_pct", "base")],
            }
        )
    return sorted(made, key=lambda chip: not chip["is_in_force"])


def shares(figures: Figures) -> list[dict[str, Any]]:
    """Share tables by measure; within one, each publisher's table by period, newest first."""
    rows = figures.rows("rpt_share")
    made = []
    for measure in _MEASURES:
        of_measure = [r for r in rows if r.measure == measure]
        found = _groups(of_measure, "period", "scope", "publisher", "kind")
        groups = [
            {
                "publisher": first.publisher,
                "period": first.period,
                "scope": first.scope,
                "measure": measure,
                "kind": first.kind,
                "end": str(first.period_end or ""),
                "rows": sorted(part, key=lambda r: (-(r.share_high_pct or 0), r.vendor)),
            }
            for _, part in found
            for first in [part[0]]
        ]
        groups.sort(key=lambda g: (g["end"], g["period"]), reverse=True)
        if groups:
            made.append({"measure": measure, "groups": groups})
    return made


def buckets(figures: Figures) -> list[dict[str, Any]]:
    """Publications of shares by measure, newest first, each with its four buckets."""
    made = []
    for measure in _MEASURES:
        rows = [r for r in figures.rows("rpt_share_bucket") if r.measure == measure]
        found = _groups(rows, "publisher", "period", "scope", "kind", "source_id")
        ordered = sorted(
            (part for _, part in found),
            key=lambda part: (str(part[0].period_end or ""), str(part[0].period)),
            reverse=True,
        )
        if ordered:
            tables = [
                {"first": part[0], "by": {str(row.bucket): row for row in part}} for part in ordered
            ]
            made.append({"measure": measure, "tables": tables})
    return made


def placements(figures: Figures, language: Language) -> list[dict[str, Any]]:
    """Claimed shares, each with what others published of the same vendor, by basis."""
    made = []
    found = _groups(
        figures.by("rpt_share_placement", "claim_low_pct", "claim_publisher", "claim_period"),
        "claim_low_pct", "claim_publisher", "claim_period", "vendor",
    )  # fmt: skip
    for _, rows in found:
        ordered = sorted(
            rows,
            key=lambda r: (
                _MEASURES.index(str(r.measure)),
                -(r.period_end.toordinal() if r.period_end else 0),
                r.publisher,
            ),
        )
        claimed = formats.span(
            language,
            rows[0].claim_low_pct,
            rows[0].claim_high_pct,
            lambda value: formats.number(language, value),
            "%",
        )
        made.append({"first": rows[0], "claimed": claimed, "rows": ordered})
    return made


_MEASURES = ("units", "usd", "cny", "servers", "unspecified")


def reactions(figures: Figures) -> dict[str, Any]:
    """Events with prices, newest first; for each share its day and its two longer windows."""
    events: list[dict[str, Any]] = []
    for _, rows in _groups(figures.by("rpt_reaction", "event_id", "mic", "symbol"), "event_id"):
        made = []
        for _, windows in _groups(rows, "mic", "symbol"):
            by_name = {row.window_name: row for row in windows}
            if "[0]" in by_name and by_name["[0]"].raw_return_pct is not None:
                made.append(
                    {
                        "day": by_name["[0]"],
                        "around": by_name.get("[-1,+1]"),
                        "after": by_name.get("[0,+5]"),
                    }
                )
        if made:
            events.append({"first": rows[0], "shares": made})
    events.sort(key=lambda e: (e["first"].announced_on, e["first"].event_id), reverse=True)
    if not events:
        return {}
    return {"latest": events[:LATEST_EVENTS], "earlier": events[LATEST_EVENTS:]}


def claims(figures: Figures) -> list[list[Row]]:
    """Claims in the order of the article, each with its definitions."""
    return [
        rows
        for _, rows in _groups(figures.by("rpt_claim", "claim_no", "definition_no"), "claim_no")
    ]


def quality(figures: Figures) -> list[dict[str, Any]]:
    """Checks by kind, what is amiss first; what is fresh or has no schedule is only counted."""
    made = []
    for key, rows in _groups(figures.by("rpt_quality", "check_kind", "quality_no"), "check_kind"):
        amiss = [r for r in rows if r.status not in ("fresh", "not_expected")]
        counts = {s: sum(r.status == s for r in rows) for s in ("fresh", "not_expected")}
        made.append({"key": key, "rows": amiss, **counts})
    return sorted(made, key=lambda g: (not g["rows"], _CHECKS.index(str(g["key"]))))


_CHECKS = ["freshness_price", "freshness_fx", "freshness_filing", "freshness_record",
           "gap_session", "contradiction", "unknown_reference", "disagreement",
           "marked_rows", "held_back"]  # fmt: skip


def sources(figures: Figures, page: Page) -> list[dict[str, Any]]:
    """The sources that the page has cited so far, in the order of their numbers."""
    known = {row.source_key: row for row in figures.rows("rpt_source")}
    listed = []
    for key, number in sorted(page.cited.items(), key=lambda item: item[1]):
        row = known.get(key)
        address = str(row.address or "") if row else ""
        link = address if _LINK.fullmatch(address) else None
        listed.append({"number": number, "key": key, "row": row, "link": link})
    return listed


def _groups(rows: Iterable[Row], *columns: str) -> list[tuple[Any, list[Row]]]:
    """Runs of rows that agree in the columns; the rows come in that order."""
    return [
        (key[0] if len(columns) == 1 else key, list(found))
        for key, found in groupby(rows, key=lambda row: tuple(row[c] for c in columns))
    ]
