"""Who says what of shares in the Chinese market: a line a statement, a panel a measure.

Units and dollars never share an axis (trap 13): each measure has a panel of its own. The shape
says what kind of number it is; nothing is averaged across publishers, and who only
repeats another has no line.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.brief.charts import axes
from flows.brief.charts.layout import PAGE, heading, key_row, subheading
from flows.brief.charts.plot import Plot, Record, Reports, is_doubtful, rows_of

if TYPE_CHECKING:
    from flows.brief.charts.words import Words

LEFT, WIDE, RIGHT, ROW = 226, 184, 74, 18
MEASURES = ("units", "usd", "cny", "servers", "unspecified")
#: A vendor that no publisher gives more than this is left to the table.
SMALL_PCT = Decimal(10)
_SHAPES = {
    "actual": "circle",
    "estimate": "square",
    "forecast": "triangle-up",
    "statement": "diamond",
    "claim": "cross",
}


def plot(figures: Reports, words: Words) -> Plot | None:
    """Nothing to draw where no row states a share of a part of a market."""
    _ = words.gettext
    known = [
        r
        for r in rows_of(figures, "rpt_share")
        if r["share_low_pct"] is not None
        and r["bucket"] != "total"
        and r["measure"] in MEASURES
        and not r["is_copy"]
    ]
    large = {r["vendor"] for r in known if _end(r) >= SMALL_PCT}
    shares = [r for r in known if r["vendor"] in large]
    if not shares:
        return None
    panels = {m: [r for r in shares if r["measure"] == m] for m in MEASURES}
    kinds = [k for k in _SHAPES if any(r["kind"] == k for r in shares)]
    ticks = [Decimal(t) for t in (0, 25, 50, 75, 100)]
    texts: dict[str, str | list[str]] = {
        "title": heading(_("Shares of the Chinese market, as published"), PAGE),
        "subtitle": subheading(
            _("Percent, by what is counted; one line a publisher's figure, with its period"),
            PAGE,
        ),
        **{measure: _measure_name(measure, words) for measure in MEASURES},
    }
    values: dict[str, Any] = {
        "width": WIDE,
        "left": -LEFT,
        "detail": -LEFT + 92,
        "right": WIDE + RIGHT,
        "x_domain": [0, 100],
        **axes.axis("x", ticks, lambda tick: words.percent(tick) if tick % 50 == 0 else ""),
        **{f"{m}_height": len(rows) * ROW for m, rows in panels.items()},
    }
    key = key_row([(_SHAPES[k], _kind_name(k, words)) for k in kinds], -LEFT, 8, PAGE)
    values["key_height"] = key[-1]["y"]
    data: dict[str, list[dict[str, Any]]] = {m: _lines(rows, words) for m, rows in panels.items()}
    data["key"] = key
    views = frozenset(m for m in MEASURES if panels[m]) | {"key"}
    return Plot(_alt(panels, words), texts, values, data, views)


def _end(row: Record) -> Decimal:
    high = row["share_high_pct"]
    return Decimal(row["share_low_pct"] if high is None else high)


def _lines(rows: list[Record], words: Words) -> list[dict[str, Any]]:
    """Subjects with the largest share first; within one, the oldest period first."""
    top: dict[str, Decimal] = {}
    for row in rows:
        top[row["vendor"]] = max(_end(row), top.get(row["vendor"], Decimal(0)))
    ordered = sorted(
        rows,
        key=lambda r: (
            -top[r["vendor"]],
            r["vendor"],
            _order(r),
            r["publisher"],
            r["kind"],
            r["scope"],
        ),
    )
    return [
        {
            "y": place * ROW + ROW / 2,
            "low": row["share_low_pct"],
            "high": _end(row),
            "subject": _subject(row, words)
            if place == 0 or ordered[place - 1]["vendor"] != row["vendor"]
            else "",
            "detail": f"{_period(row, words)} · {_publisher(row, words)}",
            "label": _label(row, words),
            "shape": _SHAPES[row["kind"]],
            "is_firm": row["kind"] in ("actual", "estimate") and not is_doubtful(row),
        }
        for place, row in enumerate(ordered)
    ]


def _order(row: Record) -> tuple[str | int, ...]:
    start = row["period_start"]
    began = start.toordinal() if start else 0
    rest = (row[c] for c in ("period", "publisher", "kind", "scope"))
    return (row["vendor"], began, *rest)


def _period(row: Record, words: Words) -> str:
    _ = words.gettext
    said = {"before": _("before"), "after H200": _("after H200")}
    return said.get(row["period"], str(row["period"]))


def _subject(row: Record, words: Words) -> str:
    _ = words.gettext
    said = {"domestic": _("domestic"), "imported": _("imported")}
    return said.get(row["vendor"]) or words.named(row, "vendor")


def _publisher(row: Record, words: Words) -> str:
    """Who says so; the name as it stands where Chinese readers know it so."""
    _ = words.gettext
    said = {
        "AI geopolitics digest": _("AI geopolitics digest"),
        "Bernstein": _("Bernstein"),
        "Frost & Sullivan": _("Frost & Sullivan"),
        "Jensen Huang": _("Jensen Huang"),
        "Morgan Stanley": _("Morgan Stanley"),
        "Seed article": _("Seed article"),
    }
    return said.get(row["publisher"], str(row["publisher"]))


def _label(row: Record, words: Words) -> str:
    low, high = row["share_low_pct"], row["share_high_pct"]
    places = 0 if low == low.to_integral_value() else 1
    _ = words.gettext
    if high is None:
        return _("{share}+").format(share=words.percent(low, places))
    if low == high:
        return words.percent(low, places)
    return f"{words.number(low, places)}–{words.percent(high, places)}"


def _measure_name(measure: str, words: Words) -> str:
    _ = words.gettext
    return {
        "units": _("Of units"),
        "usd": _("Of US dollars"),
        "cny": _("Of yuan"),
        "servers": _("Of servers"),
        "unspecified": _("Measure not stated"),
    }[measure]


def _kind_name(kind: str, words: Words) -> str:
    _ = words.gettext
    return {
        "actual": _("actual"),
        "estimate": _("estimate"),
        "forecast": _("forecast"),
        "statement": _("statement"),
        "claim": _("the article's claim"),
    }[kind]


def _alt(panels: dict[str, list[Record]], words: Words) -> str:
    _ = words.gettext
    parts = []
    for measure, rows in panels.items():
        if not rows:
            continue
        said = words.listed(
            [
                " ".join(say(r, words) for say in (_subject, _period, _publisher, _label))
                for r in sorted(
                    rows,
                    key=lambda r: (-_end(r), r["vendor"], _order(r), r["publisher"], r["scope"]),
                )[:4]
            ]
        )
        parts.append(words.labelled(_measure_name(measure, words), said))
    return _("Published shares of the Chinese market in separate panels: {parts}.").format(
        parts=words.joined(parts)
    )
