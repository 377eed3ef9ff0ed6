"""Rows of the reports arranged as the sections place them: grouped, split, in reading order.

Nothing is computed here: every figure is a column of a report. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
#: Events with prices that stand open on the page.
LATEST_EVENTS = 5
_LINK = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&()*+,;=%\[\]-]+", re.ASCII)


@dataclass(frozen=True)
class Series:
    """One line of revenue: a vendor, region, basis and segment, newest period first."""

    key: str
    name: str
    is_main: bool
    rows: list[Row]

    @property
    def latest(self) -> list[Row]:
        """The periods that stand open."""
        return self.rows[:LATEST_PERIODS]

    @property
    def earlier(self) -> list[Row]:
        """The periods that fold away."""
        return self.rows[LATEST_PERIODS:]


def revenue(figures: Figures, language: Language) -> list[Series]:
    """The revenue series: sales in China on a stated basis first, then the rest."""
    series = []
    for key, rows in _groups(figures.by("rpt_revenue", "series_key"), "series_key"):
        newest = sorted(rows, key=lambda r: (r.period_end, r.period_start), reverse=True)
        first = newest[0]
        is_main = first.region.startswith("China") and first.vendor in ("NVIDIA", "AMD")
        series.append(Series(str(key), _series_name(first, language), is_main, newest))
    return sorted(series, key=lambda s: (not s.is_main, s.rows[0].vendor != "NVIDIA", s.key))


def _series_name(row: Row, language: Language) -> str:
    vendor = row.vendor_zh if language.code == "zh" and row.vendor_zh else row.vendor
    parts = [
        vendor,
        language.gettext(label("region", row.region)),
        language.gettext(label("segment", row.segment)),
    ]
    if row.basis != "unspecified":
        parts.append(language.gettext(label("basis", row.basis)))
    return " · ".join(dict.fromkeys(parts))


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
        shown, last = [], None
        for row in found:
            now = (row.rate_pct, row.base)
            shown.append({"row": row, "is_first": now != last})
            last = now
        first = found[0]
        made.append(
            {
                "name": first.short_name,
                "price": formats.money(language, first.price_usd),
                "quoted": formats.day(language, first.quoted_on),
                "is_in_force": any(r.instrument_status == "in_force" for r in found),
                "rows": shown,
            }
        )
    return sorted(made, key=lambda chip: not chip["is_in_force"])


def shares(figures: Figures) -> list[dict[str, Any]]:
    """Share tables by measure; within one, each publisher's table by period, newest first."""
    rows = figures.rows("rpt_share")
    made = []
    for measure in ("units", "usd", "cny", "servers", "unspecified"):
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
    """Checks by kind, what is amiss first; fresh series are counted and not listed."""
    made = []
    for key, rows in _groups(figures.by("rpt_quality", "check_kind", "quality_no"), "check_kind"):
        amiss = [r for r in rows if r.status not in ("fresh", "not_expected")]
        made.append({"key": key, "rows": amiss, "fresh": len(rows) - len(amiss)})
    return sorted(made, key=lambda g: (not g["rows"], _CHECKS.index(str(g["key"]))))


_CHECKS = ["freshness_price", "freshness_fx", "freshness_filing", "freshness_record",
           "gap_session", "marked_rows", "held_back"]  # fmt: skip


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
