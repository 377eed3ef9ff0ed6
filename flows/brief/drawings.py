"""All charts of an edition, each drawn once per language; a PNG for those of the mail alone.

Where there is a drawing process (`studio`) they are asked of it and waited for when a page needs
them: what a chart shows is known at once, and most of an edition is written without its lines.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    from flows.brief.charts import Drawing, Sketch
    from flows.brief.figures import Figures
    from flows.brief.studio import Drawn, Studio


class Coming:
    """A drawing that another process makes; read like a `Drawing`, and waited for then."""

    is_empty = False

    def __init__(self, sketch: Sketch, coming: Future[Drawn], *, with_png: bool) -> None:
        self.alt = sketch.alt
        self._sketch = sketch
        self._coming = coming
        self._with_png = with_png

    @property
    def svg(self) -> str | None:
        """The SVG for the page."""
        return self._drawn[0]

    @property
    def png(self) -> bytes | None:
        """The picture for the mail, where it was asked for."""
        return self._drawn[1] if self._with_png else None

    @cached_property
    def _drawn(self) -> Drawn:
        try:
            return self._coming.result()
        except OSError:  # whatever befell that process, this one can draw
            return drawn(self._sketch, with_png=self._with_png)


def draw_all(
    figures: Figures, language: str, with_png: Sequence[str], studio: Studio | None = None
) -> Mapping[str, Drawing | Coming]:
    """Every chart by its name. `with_png` names those that a mail needs too."""
    from flows.brief import charts

    made: dict[str, Drawing | Coming] = {}
    for name in charts.NAMES:
        sketch, pictured = charts.sketch(name, figures, language), name in with_png
        if sketch is None:
            made[name] = charts.EMPTY
        elif studio is None or not studio.is_open:
            svg, png = drawn(sketch, with_png=pictured)
            made[name] = charts.Drawing(svg, png, sketch.alt, is_empty=False)
        else:
            coming = studio.draw(sketch, with_png=pictured)
            made[name] = Coming(sketch, coming, with_png=pictured)
    return made


def drawn(sketch: Sketch, *, with_png: bool) -> Drawn:
    """The SVG of a chart, and its PNG where it is asked for."""
    from flows.brief.charts.render import to_png, to_svg

    svg = to_svg(sketch.spec, sketch.title, sketch.alt)
    return svg, to_png(sketch.spec) if with_png else None
