"""Draws a filled spec: SVG for a page, PNG for a mail, from one compilation.

The only module that loads vl-convert. It gives it the shipped font to measure and draw with, so
a drawing does not depend on the machine's fonts, and allows it no address to fetch from.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from flows.assets import asset
from flows.brief.charts.layout import PAGE
from flows.brief.charts.lettering import lettered
from flows.brief.charts.palette import FONT_STACK, LIGHT, VARIABLES

if TYPE_CHECKING:
    from types import ModuleType

VEGA_LITE = "6.1"
#: Pixels of a PNG for each unit of the drawing.
SCALE = 2

_SVG = "http://www.w3.org/2000/svg"
_WIDE = PAGE + 24
#: Left by Vega for scripts and screen readers; a page has the title and the description instead.
_DROPPED = ("class", "font-family", "role", "pointer-events")


@functools.lru_cache(maxsize=32)
def compiled(spec: str) -> str:
    """The drawing in the light colours and the shipped font: what both forms are made from."""
    svg: str = _converter().vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    svg = lettered(re.sub(r"<svg[^>]*>", _of_page_width, svg, count=1), spec)
    # A text with a stroke is a text with a halo: the stroke goes behind the letters.
    return re.sub(r"<text(?=[^>]* stroke=)", '<text paint-order="stroke"', svg)


def _of_page_width(opening: re.Match[str]) -> str:
    """The opening tag with the width of a page, so that text is of one size in every chart."""
    height = re.search(r'height="(\d+(?:\.\d+)?)"', opening[0])
    high = height[1] if height else "0"
    return f'<svg xmlns="{_SVG}" width="{_WIDE}" height="{high}" viewBox="0 0 {_WIDE} {high}">'


def to_svg(drawing: str, title: str, alt: str) -> str:
    """A drawing as an SVG element of a page.

    It scales with the page, takes its colours and speaks to a screen reader.
    """
    root = ElementTree.fromstring(drawing)  # noqa: S314  our own drawing, not a record
    for node in root.iter():
        for attribute in list(node.attrib):
            if attribute in _DROPPED or attribute.startswith("aria-"):
                del node.attrib[attribute]
            elif node.attrib[attribute] in VARIABLES:
                node.set(attribute, VARIABLES[node.attrib[attribute]])
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.set("width", "100%")
    root.set("role", "img")
    root.set("aria-label", title)
    root.set("font-family", FONT_STACK)
    for place, (tag, text) in enumerate((("title", title), ("desc", alt))):
        node = ElementTree.Element(f"{{{_SVG}}}{tag}")
        node.text = text
        root.insert(place, node)
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode")


def to_png(drawing: str) -> bytes:
    """A drawing as a PNG at twice the size, on a card with round corners that suits a dark mail.

    vl-convert's encoder is fast and its files are large; a mail wants a seventh of that. Rows
    are packed as they are: areas of one colour gain nothing from a filter.
    """
    import oxipng

    from flows.brief.charts.outlines import outlined

    card = f'<rect width="100%" height="100%" rx="8" fill="{LIGHT["paper"]}"/>'
    svg = re.sub(r"(<svg[^>]*>)", lambda found: found[1] + card, outlined(drawing), count=1)
    return oxipng.optimize_from_memory(
        _converter().svg_to_png(svg, scale=SCALE),
        level=0,
        filter=[oxipng.RowFilter.NoOp],
        deflate=oxipng.Deflaters.libdeflater(7),
    )


def warm_up() -> None:
    """Load the converter and what it needs for any drawing: half a second, once a process."""
    _converter().vegalite_to_svg(
        {"data": {"values": []}, "mark": "point"}, vl_version=VEGA_LITE, allowed_base_urls=[]
    )


@functools.cache
def _converter() -> ModuleType:
    import vl_convert

    vl_convert.register_font_directory(str(asset("templates") / "charts" / "fonts"))
    return vl_convert
