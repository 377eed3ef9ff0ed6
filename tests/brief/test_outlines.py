"""Words as outlines look as the rasterizer's own letters do, at the same places."""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import oxipng
import pytest

from flows.brief import charts
from flows.brief.charts import render
from flows.brief.charts.outlines import outlined

if TYPE_CHECKING:
    from flows.brief.figures import Figures

SVG = "{http://www.w3.org/2000/svg}"
PAGE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="40" viewBox="0 0 100 40">{}</svg>'
)
TEXT = (
    '<text text-anchor="{}" transform="translate(50,20)" font-family="Chipbrief Sans"'
    ' font-size="10px" fill="#1b2430">{}</text>'
)


def pixels(svg: str) -> bytes:
    """The drawing as red, green and blue of each pixel."""
    card = re.sub(
        r"(<svg[^>]*>)", r'\1<rect width="100%" height="100%" fill="#fff"/>', svg, count=1
    )
    plain = oxipng.optimize_from_memory(
        render._converter().svg_to_png(card, scale=1),
        level=0,
        filter=[oxipng.RowFilter.NoOp],
        bit_depth_reduction=False,
        color_type_reduction=False,
        palette_reduction=False,
        grayscale_reduction=False,
        force=True,
    )
    packed, at = b"", 8
    while at < len(plain):
        (size,) = struct.unpack(">I", plain[at : at + 4])
        if plain[at + 4 : at + 8] == b"IDAT":
            packed += plain[at + 8 : at + 8 + size]
        at += size + 12
    rows, (high,) = zlib.decompress(packed), struct.unpack(">I", plain[20:24])
    step = len(rows) // high
    assert all(rows[n * step] == 0 for n in range(high)), "a row is filtered"
    return b"".join(rows[n * step + 1 : (n + 1) * step] for n in range(high))


def apart(one: bytes, other: bytes) -> float:
    """How far two pictures are from each other, 0 to 255, on average over all pixels."""
    assert len(one) == len(other)
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_chart_of_outlines_looks_as_the_one_of_letters(real_figures: Figures, lang: str) -> None:
    sketch = charts.sketch("fee_scenarios", real_figures, lang)
    assert sketch is not None
    drawing = render.compiled(sketch.spec)
    wordless = re.sub(r"<text.*?</text>", "", drawing, flags=re.DOTALL)

    letters, outlines = pixels(drawing), pixels(outlined(drawing))

    assert "<text" not in outlined(drawing)
    assert apart(letters, outlines) < 0.02 * apart(letters, pixels(wordless))


@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
def test_a_line_stands_on_its_anchor(anchor: str) -> None:
    drawing = PAGE.format(TEXT.format(anchor, "AVA 25%"))

    assert apart(pixels(drawing), pixels(outlined(drawing))) < 0.1


def test_a_text_with_a_letter_that_the_font_lacks_stays_a_text() -> None:
    drawing = PAGE.format(TEXT.format("start", "H200 \U0001f600") + TEXT.format("start", "H20"))

    root = ElementTree.fromstring(outlined(drawing))  # noqa: S314  made above

    assert [node.text for node in root.iter(f"{SVG}text")] == ["H200 \U0001f600"]
    assert len(list(root.iter(f"{SVG}path"))) == 1


def test_text_of_a_record_brings_no_markup() -> None:
    drawing = PAGE.format(TEXT.format("start", "&lt;script&gt; &amp; &quot;"))

    written = outlined(drawing)

    assert "script" not in written
    assert written.count("<path") == 1
