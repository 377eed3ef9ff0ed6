"""Prices seen for a chip, per GPU in dollars, each with its date, as ranges.

Only prices of a sold GPU stand here; what a module or a server costs per GPU is marked apart, and
rental and build cost are no prices of a GPU (trap 16).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.brief.charts import axes
from flows.brief.charts.layout import PAGE, heading, key_row, subheading
from flows.brief.charts.plot import Plot, Record, Reports, chip_name, is_doubtful, rows_of

if TYPE_CHECKING:
    from flows.brief.charts.words import Words

LEFT, WIDE, RIGHT, ROW = 172, 196, 116, 18
_GROUPS = ("gpu", "module_8", "server_8", "landed")


def plot(figures: Reports, words: Words) -> Plot | None:
    """Nothing to draw where no quote says what a GPU costs."""
    _ = words.gettext
    quotes = [
        q
        for q in rows_of(figures, "rpt_price_quote")
        if q["price_per_gpu_usd_high"] is not None
        and q["price_kind"] in ("sale", "system", "landed")
    ]
    if not quotes:
        return None
    lines = _lines(quotes)
    ticks = axes.even(Decimal(0), max(q["price_per_gpu_usd_high"] for q in quotes), 4)
    shown = [g for g in _GROUPS if any(_group(q) == g for q in quotes)]
    height = len(lines) * ROW
    texts = {
        "title": heading(_("Prices seen, per GPU"), PAGE),
        "subtitle": subheading(
            _("US$ thousand, yuan at the period's average rate; pale: contested or unverified"),
            PAGE,
        ),
    }
    values: dict[str, Any] = {
        "width": WIDE,
        "height": height,
        "left": -LEFT,
        "date": -LEFT + 84,
        "right": WIDE + RIGHT,
        "x_domain": [ticks[0], ticks[-1]],
        **axes.axis("x", ticks, words.price_tick),
    }
    data = {
        "quotes": [
            _drawn(place, quote, is_first, words) for place, (quote, is_first) in enumerate(lines)
        ],
        "key": key_row(
            [(_SHAPES[g], _group_name(g, words)) for g in shown], -LEFT, height + 16, PAGE
        ),
        "lines": [{"y": place * ROW} for place, (_q, is_first) in enumerate(lines) if is_first],
    }
    return Plot(_alt(quotes, words), texts, values, data)


_SHAPES = {"gpu": "circle", "module_8": "square", "server_8": "triangle-up", "landed": "diamond"}


def _lines(quotes: list[Record]) -> list[tuple[Record, bool]]:
    """A line a quote: chips with the newest quote first, within a chip the newest first."""
    newest: dict[str, Any] = {}
    for quote in quotes:
        newest[quote["chip_id"]] = max(
            quote["quoted_on"], newest.get(quote["chip_id"], quote["quoted_on"])
        )
    ordered = sorted(
        quotes,
        key=lambda q: (
            -newest[q["chip_id"]].toordinal(),
            q["chip_id"],
            -q["quoted_on"].toordinal(),
            *_tie(q),
        ),
    )
    return [
        (quote, place == 0 or ordered[place - 1]["chip_id"] != quote["chip_id"])
        for place, quote in enumerate(ordered)
    ]


def _span(quote: Record) -> tuple[Decimal, Decimal]:
    """Both ends of a price; a low end that is not known is the high one."""
    low, high = quote["price_per_gpu_usd_low"], quote["price_per_gpu_usd_high"]
    return (high if low is None else low, high)


def _tie(quote: Record) -> tuple[str, ...]:
    return tuple(str(quote[c] or "") for c in ("chip_id", "quote_unit", "channel", "currency"))


def _group(quote: Record) -> str:
    if quote["price_kind"] == "landed":
        return "landed"
    return str(quote["quote_unit"]) if quote["quote_unit"] in ("module_8", "server_8") else "gpu"


def _group_name(group: str, words: Words) -> str:
    _ = words.gettext
    return {
        "gpu": _("a GPU or card"),
        "module_8": _("1/8 of a module"),
        "server_8": _("1/8 of a server"),
        "landed": _("landed"),
    }[group]


def _drawn(place: int, quote: Record, is_first: bool, words: Words) -> dict[str, Any]:
    low, high = _span(quote)
    return {
        "y": place * ROW + ROW / 2,
        "low": low,
        "high": high,
        "chip": chip_name(quote) if is_first else "",
        "date": words.date(quote["quoted_on"], quote["quoted_precision"]),
        "label": words.usd_range(low, high),
        "shape": _SHAPES[_group(quote)],
        "is_doubtful": is_doubtful(quote),
    }


def _alt(quotes: list[Record], words: Words) -> str:
    _ = words.gettext
    newest: dict[str, Record] = {}
    for quote in sorted(quotes, key=lambda q: (q["quoted_on"], *_tie(q))):
        newest[chip_name(quote)] = quote
    said = [f"{name} {words.usd_range(*_span(quote))}" for name, quote in sorted(newest.items())]
    return _(
        "Dots and ranges of {count} prices per GPU; the latest of each chip: {prices}."
    ).format(count=len(quotes), prices=words.joined(said))
