"""TPP against memory bandwidth: every chip with both figures, the review zone, the duty bands.

The lines come from the thresholds in force (`rpt_rule`), the chips from `rpt_chip`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.brief.charts import axes
from flows.brief.charts.layout import PAGE, Box, heading, place_labels, subheading, width
from flows.brief.charts.plot import Plot, Record, Reports, chip_name, rows_of
from flows.brief.charts.zones import class_lines, rectangles, thresholds

if TYPE_CHECKING:
    from decimal import Decimal

    from flows.brief.charts.words import Words

WIDE, HIGH, SIZE = 428, 430, 12.5
_GROUPS = ("duty", "reviewable", "outside", "foreign")


def plot(figures: Reports, words: Words) -> Plot | None:
    """Nothing to draw where no chip has both a TPP and a bandwidth."""
    _ = words.gettext
    chips = [
        c
        for c in rows_of(figures, "rpt_chip")
        if (c["tpp"] or 0) > 0 and (c["memory_bandwidth_gbs"] or 0) > 0
    ]
    if not chips:
        return None
    chips.sort(key=lambda c: (not c["is_main"], -c["tpp"], c["chip_id"]))
    rules = rows_of(figures, "rpt_rule")
    across, up = (
        axes.LogScale([c[column] for c in chips] + thresholds(rules, column), pixels)
        for column, pixels in (("memory_bandwidth_gbs", WIDE), ("tpp", HIGH))
    )
    points = _points(chips, across, up)
    classes = class_lines(rules, up, words)
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
        "zones": rectangles(rules, across, up, words),
        "classes": classes,
        "chips": [p | {"group": _group_name(p["group"], words)} for p in points],
        "labels": _labels(points, [_under(c) for c in classes]),
    }
    return Plot(_alt(chips, words), texts, values, data)


def _points(chips: list[Record], across: axes.LogScale, up: axes.LogScale) -> list[dict[str, Any]]:
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
        if chip_name(chip) not in point["names"]:
            point["names"].append(chip_name(chip))
    return list(places.values())


def _group(chip: Record) -> str:
    if not chip["is_us_origin"]:
        return "foreign"
    if chip["duty_band"] not in ("none", "not_applicable", "unknown"):
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


def _under(line: dict[str, Any]) -> Box:
    """The place of a class line's own label, which chips keep out of."""
    return Box(6, line["y"] - 17, 6 + width(line["label"], SIZE), line["y"])


def _labels(points: list[dict[str, Any]], kept_free: list[Box]) -> list[dict[str, Any]]:
    """Main chips are always named; the others where there is room."""
    frame = Box(0, 0, WIDE + 40, HIGH)
    dots = [Box(p["px"] - 5, p["py"] - 5, p["px"] + 5, p["py"] + 5) for p in points]
    dots += kept_free
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


def _alt(chips: list[Record], words: Words) -> str:
    _ = words.gettext
    said = [
        _("{chip}: TPP {tpp}, {bandwidth} GB/s").format(
            chip=chip_name(c), tpp=words.number(c["tpp"]),
            bandwidth=words.number(c["memory_bandwidth_gbs"]),
        )
        for c in chips if c["is_main"]
    ]  # fmt: skip
    return _("Scatter of {count} chips by dense TPP and memory bandwidth; {chips}.").format(
        count=len(chips), chips=words.joined(said)
    )
