"""TPP against memory bandwidth: every chip with both figures, the review zone, the duty bands.

The lines come from the thresholds in force (`rpt_rule`), the chips from `rpt_chip`.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.brief.charts import axes
from flows.brief.charts.layout import PAGE, Box, heading, place_labels, subheading, width
from flows.brief.charts.plot import Plot, Record, Reports, rows_of

if TYPE_CHECKING:
    from flows.brief.charts.words import Words

WIDE, HIGH, SIZE = 428, 430, 12.5
#: A zone thinner than this on paper would not be seen.
THIN = 5.0

_GROUPS = ("duty", "reviewable", "outside", "foreign")


def plot(figures: Reports, words: Words) -> Plot | None:
    """Nothing to draw where no chip has both a TPP and a bandwidth."""
    _ = words.gettext
    chips = [c for c in rows_of(figures, "rpt_chip") if c["tpp"] and c["memory_bandwidth_gbs"]]
    if not chips:
        return None
    chips.sort(key=lambda c: (not c["is_main"], -c["tpp"], c["chip_id"]))
    across = _Scale([c["memory_bandwidth_gbs"] for c in chips], WIDE)
    up = _Scale([c["tpp"] for c in chips], HIGH)
    zones = [z for z in map(_zone, _rules(figures)) if z]
    points = _points(chips, across, up)
    texts = {
        "title": heading(_("Computing power against memory bandwidth"), PAGE),
        "subtitle": subheading(
            _("Dense figures, logarithmic axes; hollow: sources disagree on the chip"), PAGE
        ),
        "x": _("Memory bandwidth, GB/s"),
    }
    values: dict[str, Any] = {
        "width": WIDE,
        "height": HIGH,
        "x_domain": [across.low, across.high],
        "y_domain": [up.low, up.high],
        "groups": [_group_name(g, words) for g in _GROUPS],
        **axes.axis("x", axes.logarithmic(across.low, across.high), words.number),
        **axes.axis("y", axes.logarithmic(up.low, up.high), words.number),
    }
    data = {
        "zones": [_drawn(z, across, up, words) for z in zones],
        "chips": [p | {"group": _group_name(p["group"], words)} for p in points],
        "labels": _labels(points, zones, across, up, words),
    }
    return Plot(_alt(chips, zones, words), texts, values, data)


class _Scale:
    """A logarithmic axis: bounds a little outside the data, and pixels from values."""

    def __init__(self, seen: list[Decimal], pixels: int) -> None:
        self.low = min(seen) * Decimal("0.8")
        self.high = max(seen) * Decimal("1.3")
        self._pixels = pixels

    def pixel(self, value: Decimal) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return round(share * self._pixels, 2)


def _rules(figures: Reports) -> list[tuple[str, list[Record]]]:
    kept: dict[str, list[Record]] = {}
    for row in rows_of(figures, "rpt_rule"):
        if row["rule_role"] in ("review_zone", "duty_band_1", "duty_band_2"):
            kept.setdefault(row["rule_role"], []).append(row)
    return sorted(kept.items(), reverse=True)


def _zone(rule: tuple[str, list[Record]]) -> dict[str, Any] | None:
    """The rectangle of a rule; an open side is None. None where a test is of something else."""
    role, tests = rule
    zone: dict[str, Any] = {"role": role, "tpp": [None, None], "memory_bandwidth_gbs": [None, None]}
    for test in tests:
        if test["parameter"] not in zone:
            return None
        zone[test["parameter"]]["<" in test["operator"]] = test["threshold"]
    return zone


def _drawn(zone: dict[str, Any], across: _Scale, up: _Scale, words: Words) -> dict[str, Any]:
    """The zone in pixels, y downwards, never thinner than can be seen."""
    left, right = _side(zone["memory_bandwidth_gbs"], across, WIDE)
    low, high = _side(zone["tpp"], up, HIGH)
    _ = words.gettext
    kind = "zone" if zone["role"] == "review_zone" else "band"
    return {
        "kind": kind, "role": zone["role"],
        "x": left, "x2": right, "y": HIGH - high, "y2": HIGH - low,
        "label": _("review zone") if kind == "zone" else "",
    }  # fmt: skip


def _side(bounds: list[Decimal | None], scale: _Scale, pixels: int) -> tuple[float, float]:
    low = 0.0 if bounds[0] is None else max(0.0, scale.pixel(bounds[0]))
    high = float(pixels) if bounds[1] is None else min(float(pixels), scale.pixel(bounds[1]))
    lack = max(0.0, THIN - (high - low)) / 2
    return round(low - lack, 2), round(high + lack, 2)


def _points(chips: list[Record], across: _Scale, up: _Scale) -> list[dict[str, Any]]:
    """A point for each place: chips with the same figures share one point and one label."""
    places: dict[tuple[Decimal, Decimal], dict[str, Any]] = {}
    for chip in chips:
        place = (chip["memory_bandwidth_gbs"], chip["tpp"])
        point = places.setdefault(
            place,
            {
                "x": place[0], "y": place[1], "names": [], "is_main": False,
                "px": across.pixel(place[0]), "py": round(HIGH - up.pixel(place[1]), 2),
                "group": _group(chip), "is_contested": bool(chip["is_contested"]),
            },
        )  # fmt: skip
        point["is_main"] |= bool(chip["is_main"])
        if chip["short_name"] not in point["names"]:
            point["names"].append(chip["short_name"])
    return list(places.values())


def _group(chip: Record) -> str:
    if not chip["is_us_origin"]:
        return "foreign"
    if chip["duty_band"] in ("band_1", "band_2"):
        return "duty"
    return "reviewable" if chip["is_review_eligible"] else "outside"


def _group_name(group: str, words: Words) -> str:
    _ = words.gettext
    return {
        "duty": _("in a duty band"),
        "reviewable": _("reviewed case by case, no duty"),
        "outside": _("other chips of US origin"),
        "foreign": _("not of US origin"),
    }[group]


def _labels(
    points: list[dict[str, Any]],
    zones: list[dict[str, Any]],
    across: _Scale,
    up: _Scale,
    words: Words,
) -> list[dict[str, Any]]:
    """Main chips are always named; the others where there is room."""
    frame = Box(0, 0, WIDE + 40, HIGH)
    dots = [Box(p["px"] - 5, p["py"] - 5, p["px"] + 5, p["py"] + 5) for p in points]
    named = [(p["px"], p["py"], ", ".join(p["names"]), p) for p in points]
    main = [n for n in named if n[3]["is_main"]]
    spots = place_labels([n[:3] for n in main], dots, frame, SIZE)
    taken = list(dots)
    labels = []
    for (_x, _y, text, point), spot in zip(main, spots, strict=True):
        labels.append(_label(text, spot.x, spot.y, spot.align, spot.baseline, point))
        taken.append(_box_of(labels[-1]))
    for x, y, text, point in named:
        if point["is_main"]:
            continue
        spot = place_labels([(x, y, text)], taken, frame, SIZE - 1)[0]
        label = _label(text, spot.x, spot.y, spot.align, spot.baseline, point)
        box = _box_of(label)
        own = Box(x - 5, y - 5, x + 5, y + 5)
        if box.outside(frame) < 1 and all(box.overlap(t) < 1 for t in taken if t != own):
            labels.append(label)
            taken.append(box)
    return labels


def _label(
    text: str, x: float, y: float, align: str, baseline: str, point: dict[str, Any]
) -> dict[str, Any]:
    return {
        "text": text, "x": x, "y": y,
        "is_main": point["is_main"], "align": align, "baseline": baseline,
    }  # fmt: skip


def _box_of(label: dict[str, Any]) -> Box:
    wide = width(label["text"], SIZE)
    left = {"left": 0.0, "right": -wide, "center": -wide / 2}[label["align"]] + label["x"]
    top = {"top": 0.0, "bottom": -SIZE, "middle": -SIZE / 2}[label["baseline"]] + label["y"]
    return Box(left, top, left + wide, top + SIZE)


def _alt(chips: list[Record], zones: list[dict[str, Any]], words: Words) -> str:
    _ = words.gettext
    said = [
        _("{chip}: TPP {tpp}, {bandwidth} GB/s").format(
            chip=c["short_name"], tpp=words.number(c["tpp"]),
            bandwidth=words.number(c["memory_bandwidth_gbs"]),
        )
        for c in chips if c["is_main"]
    ]  # fmt: skip
    return _("Scatter of {count} chips by dense TPP and memory bandwidth; {chips}.").format(
        count=len(chips), chips=words.joined(said)
    )
