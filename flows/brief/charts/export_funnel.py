"""From eligible to revenue: when each chip reached each stage, or that no record says so.

The press calls all six stages approved; each has its own date. A dot is the first record, a line
leads to the latest one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.brief.charts.calendar_axis import day_number, days_axis
from flows.brief.charts.layout import heading, subheading
from flows.brief.charts.plot import Plot, Record, Reports, chip_name, is_doubtful, rows_of

if TYPE_CHECKING:
    import datetime as dt

    from flows.brief.charts.words import Words

LEFT, WIDE, GAP, RIGHT, ROW, HEAD = 122, 146, 12, 216, 20, 24


def plot(figures: Reports, words: Words) -> Plot | None:
    """Nothing to draw where no stage has a date."""
    _ = words.gettext
    stages = rows_of(figures, "rpt_funnel")
    reached = [s for s in stages if _is_reached(s)]
    if not reached:
        return None
    stages.sort(key=lambda s: (_last(s["chip_no"]), s["chip_id"], _last(s["stage_no"])))
    as_of: dt.date = stages[0]["as_of"]
    first = min(s["first_reached_on"] for s in reached).replace(day=1)
    total = LEFT + WIDE + GAP + RIGHT
    texts = {
        "title": heading(_("From eligible to revenue, stage by stage"), total),
        "subtitle": subheading(
            _("First record of each stage; line: to the latest; quantities as last recorded"), total
        ),
    }
    heads: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    y = 0.0
    for place, stage in enumerate(stages):
        if place == 0 or stages[place - 1]["chip_id"] != stage["chip_id"]:
            heads.append({"y": y + 13, "label": chip_name(stage), "top": y})
            y += HEAD
        lines.append(_line(stage, y + ROW / 2, words))
        y += ROW
    values: dict[str, Any] = {
        "width": WIDE,
        "height": y + 2,
        "left": -LEFT,
        "label": WIDE + GAP,
        "right": WIDE + GAP + RIGHT,
        **days_axis(first, as_of, words, 3),
    }
    data = {
        "heads": heads,
        "reached": [line for line in lines if line["is_reached"]],
        "lines": lines,
    }
    return Plot(_alt(stages, words), texts, values, data)


def _last(place: int | None) -> tuple[bool, int]:
    """A place in an order; what has none comes last."""
    return (place is None, place or 0)


def _is_reached(stage: Record) -> bool:
    return bool(stage["is_reached"]) and stage["first_reached_on"] is not None


def _line(stage: Record, y: float, words: Words) -> dict[str, Any]:
    _ = words.gettext
    line = {
        "y": y,
        "stage": f"{stage['stage_no']}  {_stage_name(stage['stage'], words)}",
        "is_reached": _is_reached(stage),
        "label": _("no record"),
    }
    if not _is_reached(stage):
        return line
    day = _first_day(stage, words)
    quantity = _quantity(stage, words)
    return line | {
        "label": f"{day} · {quantity}" if quantity else day,
        "first": day_number(stage["first_reached_on"]),
        "latest": day_number(stage["latest_reached_on"] or stage["first_reached_on"]),
        "is_doubtful": is_doubtful(stage),
    }


def _first_day(stage: Record, words: Words) -> str:
    """A fiscal quarter is known by its last day: a calendar quarter's name would be another one."""
    _ = words.gettext
    day, precision = stage["first_reached_on"], stage["first_reached_precision"]
    if precision == "quarter":
        return _("by {day}").format(day=words.date(day))
    return words.date(day, precision)


def _stage_name(stage: str, words: Words) -> str:
    _ = words.gettext
    return {
        "eligible": _("eligible"),
        "applied": _("applied for"),
        "licensed": _("US licence"),
        "china_permitted": _("allowed by China"),
        "shipped": _("shipped"),
        "revenue": _("revenue"),
    }[stage]


def _quantity(stage: Record, words: Words) -> str:
    """The quantity of the latest record that gives one, a bound where only a bound is known."""
    _ = words.gettext
    low, high, unit = stage["quantity_low"], stage["quantity_high"], stage["quantity_unit"]
    if unit is None or (low is None and high is None):
        return ""

    def said(least: Any, most: Any) -> str:
        if unit == "usd":
            return words.mid_usd(least, most)
        counts = words.count(most) if least == most else f"{words.count(least)}–{words.count(most)}"
        return (_("{count} GPUs") if unit == "gpu" else _("{count} customers")).format(count=counts)

    if high is None:
        return _("at least {amount}").format(amount=said(low, low))
    if low is None or (low < high and low == 0):
        return _("up to {amount}").format(amount=said(high, high))
    return said(low, high)


def _alt(stages: list[Record], words: Words) -> str:
    _ = words.gettext
    chips: dict[str, list[str]] = {}
    for stage in stages:
        own = chips.setdefault(chip_name(stage), [])
        if _is_reached(stage):
            own.append(f"{_stage_name(stage['stage'], words)} {_first_day(stage, words)}")
    parts = [
        words.labelled(chip, words.listed(said) or _("no record")) for chip, said in chips.items()
    ]
    return _("Dates at which chips reached each stage of export: {parts}.").format(
        parts=words.joined(parts)
    )
