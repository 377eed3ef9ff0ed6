"""Weekly closes of the watched listings, rebased to 100, with the policy events ruled in.

Two panels by quote currency; the scale is logarithmic, so equal moves look equal. A line ends in
its own name; it breaks where there were no bars.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.brief.charts import axes
from flows.brief.charts.calendar_axis import day_number, days_axis
from flows.brief.charts.layout import heading, spread, subheading, wrapped
from flows.brief.charts.plot import Plot, Record, Reports, rows_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from flows.brief.charts.words import Words

WIDE, HIGH, RIGHT, SIZE = 336, 184, 112, 12.5
PANELS = ("USD", "CNY")
_LINES = 6


def plot(figures: Reports, words: Words) -> Plot | None:
    """Nothing to draw where no listing has a price."""
    _ = words.gettext
    bars = [r for r in rows_of(figures, "rpt_price_history") if (r["index_100"] or 0) > 0]
    bars = [r for r in bars if r["currency"] in PANELS]
    if not bars:
        return None
    bars.sort(key=lambda r: (r["currency"], r["symbol"], r["mic"], r["traded_on"]))
    first, last = min(r["traded_on"] for r in bars), max(r["traded_on"] for r in bars)
    events = _events(rows_of(figures, "rpt_reaction"), first, last)
    low = min(r["index_100"] for r in bars) * Decimal("0.9")
    high = max(r["index_100"] for r in bars) * Decimal("1.1")
    total = WIDE + RIGHT + 36
    texts = {
        "title": heading(_("Share prices, rebased to 100"), total),
        "subtitle": subheading(
            _("Weekly closes restated for splits, first week shown or first after listing = 100; "
              "logarithmic scale; rules: policy events"),
            total,
        ),
        "USD": _("Quoted in US dollars"),
        "CNY": _("Quoted in yuan"),
    }  # fmt: skip
    key = _key(events, total, words)
    values: dict[str, Any] = {
        "width": WIDE,
        "height": HIGH,
        "right": WIDE + 6,
        "left": -36,
        "key_height": key[-1]["y"] + 8 if key else 1,
        "domain": [low, high],
        "names": [f"line-{n}" for n in range(_LINES)] + ["index"],
        **days_axis(first, last, words),
        **axes.axis("y", axes.logarithmic(low, high), words.number),
    }
    data: dict[str, Any] = {"key": key}
    for panel in PANELS:
        own = [r for r in bars if r["currency"] == panel]
        data[f"{panel}_lines"], data[f"{panel}_ends"] = _lines(own, low, high, words)
        data[f"{panel}_events"] = _rules(events, first, last) if own else []
    views = {p for p in PANELS if data[f"{p}_lines"]} | ({"key"} if key else set())
    return Plot(_alt(bars, words), texts, values, data, frozenset(views))


def _events(rows: Sequence[Record], first: dt.date, last: dt.date) -> list[Record]:
    kept = {
        r["event_id"]: r for r in rows if r["announced_on"] and first <= r["announced_on"] <= last
    }
    return sorted(kept.values(), key=lambda r: (r["announced_on"], r["event_id"]))


def _rules(events: list[Record], first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """A rule a policy event, its number above, numbers kept apart."""
    span = max(1, day_number(last) - day_number(first))
    pixels = [(day_number(e["announced_on"]) - day_number(first)) / span * WIDE for e in events]
    return [
        {"day": day_number(e["announced_on"]), "number": str(n), "x": round(x, 2)}
        for n, (e, x) in enumerate(zip(events, spread(pixels, 13, 0, WIDE), strict=True), 1)
    ]


def _key(events: list[Record], total: float, words: Words) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    y = 8.0
    for number, event in enumerate(events, 1):
        text = f"{words.date(event['announced_on'])} · {words.named(event, 'event_title')}"
        lines = wrapped(text, 12 * 1.06, total - 18)
        rows.append({"y": y, "number": str(number), "label": lines})
        y += 16 * len(lines)
    if rows:
        rows[-1]["end"] = y
    return rows


def _lines(
    bars: list[Record], low: Decimal, high: Decimal, words: Words
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The points of every line, and the name at the end of each."""
    lines: list[dict[str, Any]] = []
    last: dict[tuple[str, str], Record] = {}
    names: dict[tuple[str, str], str] = {}
    run = 0
    companies = 0
    for bar in bars:
        listing = (bar["symbol"], bar["mic"])
        if listing not in names:
            is_index = bar["security_type"] == "index"
            names[listing] = "index" if is_index else f"line-{companies % _LINES}"
            companies += not is_index
            run += 1
        elif bar["is_gap_before"]:
            run += 1
        last[listing] = bar
        lines.append(
            {
                "day": day_number(bar["traded_on"]),
                "index": bar["index_100"],
                "name": names[listing],
                "run": run,
            }
        )
    span = (high / low).ln()
    wanted = [float((high / b["index_100"]).ln() / span) * HIGH for b in last.values()]
    places = spread(wanted, SIZE + 2, 4, HIGH - 4)
    ends = [
        {
            "y": round(y, 2),
            "name": names[listing],
            "label": f"{_name(bar, words)} {words.number(bar['index_100'])}",
        }
        for (listing, bar), y in zip(last.items(), places, strict=True)
    ]
    return lines, ends


def _name(bar: Record, words: Words) -> str:
    """The company; of an index in English its symbol, for its title is long."""
    if words.is_chinese and bar["title_zh"]:
        return str(bar["title_zh"]).split("(")[0]
    return str(bar["vendor"] or bar["symbol"])


def _alt(bars: list[Record], words: Words) -> str:
    _ = words.gettext
    last = {(r["symbol"], r["mic"]): r for r in bars}
    said = [f"{_name(r, words)} {words.number(r['index_100'])}" for r in last.values()]
    return _(
        "Lines of share prices rebased to 100, from {first} to {last}, ending at {ends}."
    ).format(
        first=words.date(min(r["traded_on"] for r in bars)),
        last=words.date(max(r["traded_on"] for r in bars)),
        ends=words.joined(said),
    )
