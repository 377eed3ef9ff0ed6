"""Where text goes: its width, line breaks, and labels that keep out of each other's way.

Widths are those of the shipped font, near enough: a Chinese character is one em, a Latin one
about half. All of it is deterministic; nothing here knows what a chart is about.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NARROW = set("iljtfrI.,:;|'!()[] ·")
_WIDE = set("mwMW@%—")

#: What a chart is wide, its margins besides.
PAGE = 484

#: A label may stand to the right, left, above or below its point, or at a corner.
_SPOTS = (
    ("left", "middle", 8, 0),
    ("right", "middle", -8, 0),
    ("center", "bottom", 0, -7),
    ("center", "top", 0, 8),
    ("left", "bottom", 6, -5),
    ("left", "top", 6, 6),
    ("right", "bottom", -6, -5),
    ("right", "top", -6, 6),
)


def width(text: str, size: float) -> float:
    """Pixels that the text takes at this size, slightly on the safe side."""
    ems = 0.0
    for char in text:
        if unicodedata.east_asian_width(char) in "WF":
            ems += 1.0
        elif char in _NARROW:
            ems += 0.33
        elif char in _WIDE or char.isupper():
            ems += 0.72
        else:
            ems += 0.57
    return ems * size


def wrapped(text: str, size: float, limit: float) -> list[str]:
    """The text in lines no wider than `limit` pixels, broken at spaces or between Chinese."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and width((line + piece).rstrip(), size) > limit:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterable[str]:
    word = ""
    for char in text:
        closes = char in "，。；：、）》”"
        if unicodedata.east_asian_width(char) == "W" and not closes:
            if word:
                yield word
            word = char
        else:
            word += char
            if char == " " or (closes and word):
                yield word
                word = ""
    if word:
        yield word


def heading(text: str, limit: float) -> list[str]:
    """A chart's title in lines: bold and 16 pixels, with room for a reader's wider font."""
    return wrapped(text, 16 * 1.2, limit)


def subheading(text: str, limit: float) -> list[str]:
    """The line under a title."""
    return wrapped(text, 13 * 1.08, limit)


def key_row(
    entries: Sequence[tuple[str, str]], left: float, top: float, limit: float, size: float = 12.5
) -> list[dict[str, str | float]]:
    """A key of marks: where each (name, label) stands, in as many rows as it needs."""
    placed: list[dict[str, str | float]] = []
    x, y = left, top
    for name, label in entries:
        wide = 14 + width(label, size) * 1.05 + 14
        if placed and x + wide - 14 > left + limit:
            x, y = left, y + 19
        placed.append({"name": name, "label": label, "x": x + 6, "text_x": x + 15, "y": y})
        x += wide
    return placed


@dataclass(frozen=True)
class Box:
    """A rectangle on the paper, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """The shared area."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across * down if across > 0 and down > 0 else 0.0

    def outside(self, frame: Box) -> float:
        """The area that sticks out of the frame."""
        whole = (self.right - self.left) * (self.bottom - self.top)
        return whole - self.overlap(frame)


@dataclass(frozen=True)
class Placed:
    """Where a label stands: its anchor, and which of its sides the anchor is."""

    x: float
    y: float
    align: str
    baseline: str


def place_labels(
    points: Sequence[tuple[float, float, str]],
    obstacles: Sequence[Box],
    frame: Box,
    size: float,
) -> list[Placed]:
    """A spot for each label so that labels, points and obstacles overlap least, first come first.

    Points are (x, y, text) in pixels; y grows downwards.
    """
    taken = [*obstacles, *(Box(x - 5, y - 5, x + 5, y + 5) for x, y, _ in points)]
    placed = []
    for x, y, text in points:
        own = Box(x - 5, y - 5, x + 5, y + 5)
        spots = []
        for rank, (align, baseline, dx, dy) in enumerate(_SPOTS):
            box = _box(x + dx, y + dy, align, baseline, width(text, size), size)
            cost = sum(box.overlap(t) for t in taken if t != own) + 3 * box.outside(frame)
            spots.append((round(cost, 3), rank, box))
        _, rank, box = min(spots, key=lambda spot: spot[:2])
        align, baseline, dx, dy = _SPOTS[rank]
        placed.append(Placed(x + dx, y + dy, align, baseline))
        taken.append(box)
    return placed


def _box(x: float, y: float, align: str, baseline: str, wide: float, size: float) -> Box:
    high = size * 1.15
    left = {"left": x, "right": x - wide, "center": x - wide / 2}[align]
    top = {"top": y, "bottom": y - high, "middle": y - high / 2}[baseline]
    return Box(left, top, left + wide, top + high)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places at least `gap` apart and within bounds, in the order of and near to those wanted."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    placed = [0.0] * len(wanted)
    previous = low - gap
    for i in order:
        previous = placed[i] = max(wanted[i], previous + gap)
    ceiling = high + gap
    for i in reversed(order):
        ceiling = placed[i] = min(placed[i], ceiling - gap)
    return placed
