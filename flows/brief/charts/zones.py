"""The lines of the rules on the scatter: the review zone, the duty bands, the class threshold.

All are drawn from the thresholds in force (`rpt_rule`), in pixels, y downwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from flows.brief.charts.axes import LogScale
    from flows.brief.charts.plot import Record, Rows
    from flows.brief.charts.words import Words

#: A zone thinner than this on paper would not be seen.
THIN = 5.0

#: What a rule's role begins with; the bands lie on the zone, the last one lowest.
_ZONE, _BAND = "review_zone", "duty_band"


def thresholds(rules: list[Record], parameter: str) -> list[Decimal]:
    """The bounds of the zones on one axis, so that the axis reaches them."""
    return [
        r["threshold"]
        for r in rules
        if r["rule_role"] in _roles(rules)
        and r["parameter"] == parameter
        and r["threshold"] is not None
    ]


def rectangles(rules: list[Record], across: LogScale, up: LogScale, words: Words) -> Rows:
    """The review zone, then the duty bands upon it; an open side ends at the axis."""
    _ = words.gettext
    drawn = []
    for role in _roles(rules):
        tests = [r for r in rules if r["rule_role"] == role]
        if not tests or any("<" in t["operator"] and _is_never(t["threshold"]) for t in tests):
            continue
        left, right = _side(tests, "memory_bandwidth_gbs", across)
        low, high = _side(tests, "tpp", up)
        is_zone = role == _ZONE
        drawn.append(
            {
                "kind": "zone" if is_zone else "band",
                "role": role,
                "x": left,
                "x2": right,
                "y": round(up.pixels - high, 2),
                "y2": round(up.pixels - low, 2),
                "label": _("review zone") if is_zone else "",
            }
        )
    return drawn


def _roles(rules: list[Record]) -> list[str]:
    """The zone and every band in force, in the order in which they are drawn."""
    roles = {str(r["rule_role"]) for r in rules}
    bands = sorted((role for role in roles if role.startswith(_BAND)), reverse=True)
    return [role for role in (_ZONE,) if role in roles] + bands


def class_lines(rules: list[Record], up: LogScale, words: Words) -> Rows:
    """Where a class begins by performance alone, whatever the die area."""
    _ = words.gettext
    alternatives: dict[tuple[str, int], list[Record]] = {}
    for rule in rules:
        if rule["rule_role"] == "class_a":
            alternatives.setdefault((rule["rule_id"], rule["alternative"]), []).append(rule)
    return [
        {
            "y": round(up.pixels - up.pixel(tests[0]["threshold"]), 2),
            "label": _("{rule} from TPP {threshold}").format(
                rule=rule_id, threshold=words.number(tests[0]["threshold"])
            ),
        }
        for (rule_id, _alternative), tests in sorted(alternatives.items())
        if [t["parameter"] for t in tests] == ["tpp"]
        and tests[0]["threshold"] is not None
        and up.low <= tests[0]["threshold"] <= up.high
    ]


def _is_never(bound: Decimal | None) -> bool:
    """Whether nothing on a logarithmic axis lies below the bound."""
    return bound is not None and bound <= 0


def _side(tests: list[Record], parameter: str, scale: LogScale) -> tuple[float, float]:
    low, high = 0.0, float(scale.pixels)
    for test in tests:
        if test["threshold"] is None:
            continue
        if test["parameter"] == parameter and "<" in test["operator"]:
            high = scale.pixel(test["threshold"])
        elif test["parameter"] == parameter:
            low = scale.pixel(test["threshold"])
    lack = max(0.0, THIN - (high - low)) / 2
    return round(low - lack, 2), round(high + lack, 2)
