"""Axes: which ticks to draw, and their labels in the reader's language.

Vega formats numbers in its own way, so an axis gets its ticks and a lookup of ready labels.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


def axis(
    name: str, ticks: list[Decimal], label: Callable[[Decimal], str | list[str]]
) -> dict[str, Any]:
    """The values NAME_ticks and NAME_labels of a spec: where the ticks are and what they say."""
    return {f"{name}_ticks": ticks, f"{name}_labels": lookup({t: label(t) for t in ticks})}


def lookup(labels: dict[Decimal, str | list[str]]) -> str:
    """A Vega expression that gives the label of a tick."""
    cases = "".join(
        f"abs(datum.value - {float(t)!r}) < {abs(float(t)) * 1e-6 + 1e-9!r} ? "
        f"{json.dumps(text, ensure_ascii=False)} : "
        for t, text in labels.items()
    )
    return f"{cases}''"


def even(low: Decimal, high: Decimal, about: int = 5) -> list[Decimal]:
    """Round ticks from at or below `low` to at or above `high`, about so many of them."""
    if high <= low:
        high = low + 1
    raw = (high - low) / about
    unit = Decimal(10) ** raw.adjusted()
    step = next(s * unit for s in _STEPS if s * unit >= raw)
    first = (low / step).to_integral_value("ROUND_FLOOR")
    last = (high / step).to_integral_value("ROUND_CEILING")
    return [step * n for n in range(int(first), int(last) + 1)]


def logarithmic(low: Decimal, high: Decimal, digits: Iterable[int] = (1, 2, 5)) -> list[Decimal]:
    """The ticks 1, 2, 5 × 10ⁿ within the bounds, both included; even ones where none is.

    The bounds are above zero, as those of a `LogScale` are.
    """
    ticks = [
        Decimal(digit) * Decimal(10) ** power
        for power in range(low.adjusted() - 1, high.adjusted() + 1)
        for digit in digits
    ]
    within = [tick for tick in ticks if low <= tick <= high]
    return within or [tick for tick in even(low, high) if low <= tick <= high]


class LogScale:
    """A logarithmic axis: bounds a little outside what it must show, and pixels from values.

    Zero and less have no place on it: they neither move a bound nor lie beyond the low end.
    """

    def __init__(self, seen: Iterable[Decimal], pixels: int) -> None:
        values = [value for value in seen if value > 0] or [Decimal(1)]
        self.low = min(values) * Decimal("0.8")
        self.high = max(values) * Decimal("1.3")
        self.pixels = pixels

    def pixel(self, value: Decimal) -> float:
        """The distance from the low end; a value beyond an end lies on it."""
        value = min(max(value, self.low), self.high)
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return round(share * self.pixels, 2)
