"""Words as outlines, for a PNG: shaped by HarfBuzz, with the shipped font read once.

vl-convert's rasterizer opens and maps the font four times for each letter, which was four fifths
of the time of a picture; outlines it only has to fill. Reads the font; writes nothing.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from flows.assets import asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    import uharfbuzz

_SVG = "http://www.w3.org/2000/svg"
#: Of a text's length, what lies left of its anchor.
_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}
#: What a path has of the text in whose place it stands.
_KEPT = ("fill", "opacity", "stroke", "stroke-linejoin", "paint-order")


def outlined(drawing: str) -> str:
    """The drawing with a path in the place of each text; one that the font lacks stays a text."""
    root = ElementTree.fromstring(drawing)  # noqa: S314  our own drawing, not a record
    for text in root.iter(f"{{{_SVG}}}text"):
        face = _face(text.get("font-weight") == "bold")
        size = float(text.attrib["font-size"].removesuffix("px"))
        lines = list(_lines(text))
        if all(face.has(words) for words, _ in lines):
            _into_path(text, face, size / face.units, lines)
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode")


def _lines(text: ElementTree.Element) -> Iterator[tuple[str, float]]:
    """The lines of a text, and how far below its anchor each stands."""
    if text.text:
        yield text.text, 0.0
    down = 0.0
    for line in text:
        down += float(line.get("dy", 0))
        if line.text:
            yield line.text, down


def _into_path(
    text: ElementTree.Element, face: _Face, scale: float, lines: list[tuple[str, float]]
) -> None:
    """Turn the element into a path in the font's own units, y upwards."""
    before = _BEFORE[text.get("text-anchor", "start")]
    path = "".join(face.path(words, before, round(-down / scale)) for words, down in lines)
    attributes = {name: text.attrib[name] for name in _KEPT if name in text.attrib}
    if "stroke-width" in text.attrib:
        attributes["stroke-width"] = f"{float(text.attrib['stroke-width']) / scale:.4f}"
    place = text.get("transform", "")
    text.clear()
    text.tag = f"{{{_SVG}}}path"
    text.attrib |= {**attributes, "transform": f"{place} scale({scale:.7f},-{scale:.7f})"}
    text.set("d", path)


class _Face:
    """One weight of the shipped font: what it has, and its glyphs as they were first drawn."""

    def __init__(self, name: str) -> None:
        import uharfbuzz as hb

        blob = hb.Blob.from_file_path(str(asset("templates") / "charts" / "fonts" / name))
        face = hb.Face(blob)
        self.units: int = face.upem
        self._font = hb.Font(face)
        self._glyphs: dict[int, str] = {}

    def has(self, words: str) -> bool:
        """Whether the font has every character."""
        return all(self._font.get_nominal_glyph(ord(char)) for char in words)

    def path(self, words: str, before: float, y: int) -> str:
        """The outlines of a line whose anchor lies `before` of its length from its start."""
        import uharfbuzz as hb

        buffer = hb.Buffer()
        buffer.add_str(words)
        buffer.guess_segment_properties()
        hb.shape(self._font, buffer)
        x = round(-before * sum(p.x_advance for p in buffer.glyph_positions))
        parts = []
        for glyph, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            drawn = self._drawn(glyph.codepoint)
            if drawn:
                parts.append(f"M{x + at.x_offset} {y + at.y_offset}{drawn}")
            x += at.x_advance
        return "".join(parts)

    def _drawn(self, glyph: int) -> str:
        if glyph not in self._glyphs:
            pen = _Pen()
            self._font.draw_glyph(glyph, self._funcs, pen)
            self._glyphs[glyph] = "".join(pen.said)
        return self._glyphs[glyph]

    @cached_property
    def _funcs(self) -> uharfbuzz.DrawFuncs:
        import uharfbuzz as hb

        funcs = hb.DrawFuncs()
        funcs.set_move_to_func(lambda x, y, pen: pen.go("m", x, y))
        funcs.set_line_to_func(lambda x, y, pen: pen.go("l", x, y))
        funcs.set_quadratic_to_func(lambda a, b, x, y, pen: pen.go("q", a, b, x, y))
        funcs.set_cubic_to_func(lambda a, b, c, d, x, y, pen: pen.go("c", a, b, c, d, x, y))
        funcs.set_close_path_func(lambda pen: pen.close())
        return funcs


class _Pen:
    """Writes an outline relative to where the glyph stands, so that it serves at every place."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._at = self._start = (0.0, 0.0)

    def go(self, command: str, *points: float) -> None:
        x, y = self._at
        steps = (f"{p - (y if n % 2 else x):g}" for n, p in enumerate(points))
        self.said.append(command + " ".join(steps))
        self._at = points[-2], points[-1]
        if command == "m":
            self._start = self._at

    def close(self) -> None:
        self.said.append("z")
        self._at = self._start


@cache
def _face(is_bold: bool) -> _Face:
    return _Face(f"ChipbriefSans-{'Bold' if is_bold else 'Regular'}.otf")
