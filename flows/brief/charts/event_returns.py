"""Abnormal returns of listed vendors on policy events, with their standard errors.

A panel an event, a line a listing, a mark a window. Shown are the latest events that no other
event overlaps, for the return of an overlapped one belongs to both.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.brief.charts import axes
from flows.brief.charts.layout import PAGE, heading, key_row, subheading, wrapped
from flows.brief.charts.plot import Plot, Record, Reports, rows_of

if TYPE_CHECKING:
    from flows.brief.charts.words import Words

LEFT, WIDE, RIGHT, ROW, HEAD = 124, 300, 60, 28, 20
EVENTS = 3
#: Window → its mark, and how far above or below the middle of the line it stands.
_WINDOWS = {"[0]": ("circle", -8), "[-1,+1]": ("square", 0), "[0,+5]": ("triangle-up", 8)}


def plot(figures: Reports, words: Words) -> Plot | None:
    """Nothing to draw where no event has an abnormal return."""
    _ = words.gettext
    chosen = _chosen(rows_of(figures, "rpt_reaction"))
    if not chosen:
        return None
    returns = [r for rows in chosen for r in rows]
    ticks = axes.even(
        min(Decimal(0), *(_reach(r, -1) for r in returns)),
        max(Decimal(0), *(_reach(r, +1) for r in returns)),
        4,
    )
    total = PAGE
    texts = {
        "title": heading(_("Abnormal returns on policy events"), total),
        "subtitle": subheading(
            _("Against a market model, by sessions around the event; line: one standard error; "
              "hollow: against the index only, no error known"),
            total,
        ),
        "day": _("day 0"),
    }  # fmt: skip
    marks, lines, heads, height = _placed(chosen, words)
    values: dict[str, Any] = {
        "width": WIDE,
        "height": height,
        "left": -LEFT,
        "right": WIDE + RIGHT,
        "x_domain": [ticks[0], ticks[-1]],
        **axes.axis("x", ticks, lambda tick: words.signed_percent(tick, 0)),
    }
    key = key_row(
        [(mark, _window_name(name, words)) for name, (mark, _shift) in _WINDOWS.items()],
        -LEFT,
        height + 16,
        total,
    )
    data = {"marks": marks, "lines": lines, "heads": heads, "key": key}
    return Plot(_alt(chosen, words), texts, values, data)


def _chosen(rows: list[Record]) -> list[list[Record]]:
    """The latest events with returns, oldest first, clear of others where there are enough."""
    events: dict[str, list[Record]] = {}
    for row in rows:
        if (
            row["abnormal_return_pct"] is not None
            and row["window_name"] in _WINDOWS
            and row["announced_on"]
        ):
            events.setdefault(row["event_id"], []).append(row)
    ordered = sorted(
        events.values(),
        key=lambda own: (
            any(r["confounded_by"] for r in own),
            -own[0]["announced_on"].toordinal(),
            own[0]["event_id"],
        ),
    )
    return sorted(ordered[:EVENTS], key=lambda own: (own[0]["announced_on"], own[0]["event_id"]))


def _reach(row: Record, side: int) -> Decimal:
    return Decimal(row["abnormal_return_pct"] + side * (row["standard_error_pct"] or 0))


def _placed(
    chosen: list[list[Record]], words: Words
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]], float]:
    marks: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    y = 0.0
    for own in chosen:
        first = own[0]
        title = f"{words.date(first['announced_on'])} · {words.named(first, 'event_title')}"
        label = wrapped(title, 12.5 * 1.2, PAGE)
        heads.append({"y": y + 6, "label": label})
        y += HEAD + 16 * (len(label) - 1)
        for symbol in sorted({r["symbol"] for r in own}, key=lambda s: (s[0].isdigit(), s)):
            rows = [r for r in own if r["symbol"] == symbol]
            lines.append(
                {
                    "y": y + ROW / 2,
                    "label": _vendor(rows[0], words),
                    "value": next(
                        (
                            words.signed_percent(r["abnormal_return_pct"])
                            for r in rows
                            if r["window_name"] == "[0]"
                        ),
                        "",
                    ),
                }
            )
            marks += [_mark(r, y + ROW / 2) for r in rows]
            y += ROW
        y += 10
    marks.sort(key=lambda m: (m["y"], m["shape"]))
    return marks, lines, heads, y


def _vendor(row: Record, words: Words) -> str:
    """Whose listing it is; the symbol where nobody is on record."""
    return words.named(row, "vendor") or str(row["symbol"])


def _mark(row: Record, middle: float) -> dict[str, Any]:
    shape, shift = _WINDOWS[row["window_name"]]
    error = row["standard_error_pct"]
    return {
        "y": middle + shift,
        "shape": shape,
        "pct": row["abnormal_return_pct"],
        "error": Decimal(0) if error is None else error,
        "has_error": error is not None,
    }


def _window_name(window: str, words: Words) -> str:
    _ = words.gettext
    return {
        "[0]": _("day 0"),
        "[-1,+1]": _("days −1 to +1"),
        "[0,+5]": _("days 0 to +5"),
    }[window]


def _alt(chosen: list[list[Record]], words: Words) -> str:
    _ = words.gettext
    parts = []
    for own in chosen:
        said = words.listed(
            [
                f"{_vendor(r, words)} {words.signed_percent(r['abnormal_return_pct'])}"
                for r in sorted(own, key=lambda r: (r["symbol"][0].isdigit(), r["symbol"]))
                if r["window_name"] == "[0]"
            ]
        )
        title = f"{words.date(own[0]['announced_on'])} {words.named(own[0], 'event_title')}"
        parts.append(words.labelled(title, said))
    return _("Abnormal returns on the event day: {parts}.").format(parts=words.joined(parts))
