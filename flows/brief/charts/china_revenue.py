"""NVIDIA's revenue from China incl. Hong Kong by fiscal quarter, one panel a basis.

The two bases answer different questions and are never joined (trap 9): each has its own panel,
on one scale, and a rule marks the quarter from which only one of them is published.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.brief.charts.layout import PAGE, heading, subheading, wrapped
from flows.brief.charts.plot import Plot, Record, Reports, is_doubtful, rows_of

if TYPE_CHECKING:
    from flows.brief.charts.words import Words

VENDOR, REGION, SEGMENT = "NVIDIA", "China incl. HK", "Total"
BASES = ("billing", "customer_hq")
WIDE, HIGH = PAGE, 118


def plot(figures: Reports, words: Words) -> Plot | None:
    """Nothing to draw where neither basis has a quarter."""
    _ = words.gettext
    quarters = [r for r in rows_of(figures, "rpt_revenue") if _is_shown(r)]
    if not quarters:
        return None
    quarters.sort(key=lambda r: (r["period_start"], r["basis"]))
    periods = list(dict.fromkeys(_period(r) for r in quarters))
    top = max(r["revenue_usd_high"] for r in quarters) * Decimal("1.2")
    if top <= 0:
        top = Decimal(1)
    breaks = _breaks(quarters, words)
    step = WIDE / len(periods)
    texts: dict[str, str | list[str]] = {
        "title": heading(_("NVIDIA's revenue from China incl. Hong Kong"), WIDE),
        "subtitle": subheading(
            _("US$ billion a fiscal quarter, all products; two bases, never one series"), WIDE
        ),
        "billing": _("By billing location"),
        "customer_hq": _("By the customer's headquarters"),
    }
    values = {
        "width": WIDE,
        "height": HIGH,
        "periods": periods,
        "top": [0, top],
        "period_labels": _period_labels(periods),
        "to_the_gap": round(-WIDE / len(periods) / 2, 2),
    }
    data = {basis: _bars(quarters, basis, words) for basis in BASES}
    data |= {f"{basis}_breaks": breaks if data[basis] else [] for basis in BASES}
    data |= {f"{basis}_blanks": _blanks(quarters, basis, periods, step, words) for basis in BASES}
    return Plot(_alt(quarters, words), texts, values, data)


def _is_shown(row: Record) -> bool:
    return bool(
        row["vendor"] == VENDOR
        and row["region"] == REGION
        and row["segment"] == SEGMENT
        and row["period_kind"] == "quarter"
        and row["basis"] in BASES
        and row["revenue_usd_high"] is not None
    )


def _period(row: Record) -> str:
    """The filer's own name of the quarter, or the day it began."""
    return str(row["fiscal_period"] or row["period_start"])


def _bars(quarters: list[Record], basis: str, words: Words) -> list[dict[str, Any]]:
    """A bar a quarter; of a mere bound, the range up to it."""
    bars = []
    for row in quarters:
        if row["basis"] != basis:
            continue
        amount = row["revenue_usd"]
        bound = amount is None
        shown = row["revenue_usd_high"] if bound else amount
        label = words.big_usd(shown, is_bare=True)
        bars.append(
            {
                "period": _period(row),
                "usd": shown,
                "label": f"<{label}" if bound else label,
                "is_doubtful": bound or is_doubtful(row),
            }
        )
    return bars


def _breaks(quarters: list[Record], words: Words) -> list[dict[str, Any]]:
    """Where the definition changes; nothing while there is one basis only."""
    if len({r["basis"] for r in quarters}) < len(BASES):
        return []
    marked = [r for r in quarters if r["is_break"]]
    if not marked:
        last = max(r["period_start"] for r in quarters if r["basis"] == BASES[0])
        marked = [r for r in quarters if r["basis"] == BASES[1] and r["period_start"] > last][:1]
    _ = words.gettext
    label = _("definition changed")
    return [{"period": _period(r), "label": label} for r in marked]


def _blanks(
    quarters: list[Record], basis: str, periods: list[str], step: float, words: Words
) -> list[dict[str, Any]]:
    """The longest stretch without a figure on a basis, said in words instead of left as zero."""
    known = {_period(r) for r in quarters if r["basis"] == basis}
    runs: list[list[int]] = [[]]
    for place, period in enumerate(periods):
        if period not in known:
            runs[-1].append(place)
        elif runs[-1]:
            runs.append([])
    longest = max(runs, key=len)
    if not known or not longest:
        return []
    _ = words.gettext
    lines = wrapped(_("no figure on this basis"), 12, max(len(longest) * step - 8, 60))
    middle = (longest[0] + longest[-1] + 1) / 2 * step
    return [{"x": round(middle, 2), "y": HIGH / 2, "label": lines}]


def _period_labels(periods: list[str]) -> str:
    """Q1 over its year, then Q2, Q3, Q4: a Vega expression over the filer's own names."""
    cases = []
    for place, period in enumerate(periods):
        found = re.fullmatch(r"(FY\d+)(Q\d)", period)
        lines = [period]
        if found:
            lines = [found[2], found[1]] if found[2] == "Q1" or place == 0 else [found[2], ""]
        cases.append(f"datum.value == '{_quoted(period)}' ? {_listed(lines)} : ")
    return "".join(cases) + "''"


def _quoted(text: str) -> str:
    return text.replace("\\", "").replace("'", "")


def _listed(lines: list[str]) -> str:
    return "[" + ", ".join(f"'{_quoted(line)}'" for line in lines) + "]"


def _alt(quarters: list[Record], words: Words) -> str:
    _ = words.gettext
    names = {"billing": _("billing location"), "customer_hq": _("customer headquarters")}
    parts = []
    for basis in BASES:
        own = [r for r in quarters if r["basis"] == basis]
        if own:
            parts.append(
                _("by {basis} from {first} to {last}, at the end {amount}").format(
                    basis=names[basis],
                    first=_period(own[0]),
                    last=_period(own[-1]),
                    amount=words.big_usd(own[-1]["revenue_usd_high"]),
                )
            )
    return _("Bars of NVIDIA's quarterly revenue from China incl. Hong Kong: {parts}.").format(
        parts=words.joined(parts)
    )
