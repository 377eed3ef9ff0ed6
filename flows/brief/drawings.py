"""All charts of an edition, each drawn once per language; a PNG for those of the mail alone.

They are asked of the drawing process (`studio`) and waited for when a page needs them: what a
chart shows is known at once, and most of an edition is written without its lines.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flows.brief.charts import Drawing, Sketch
    from flows.brief.figures import Figures
    from flows.brief.studio import Studio


#: The charts of the mail, each beside a table that says the same.
MAILED = ("tpp_bandwidth", "china_revenue", "fee_scenarios")


class Coming:
    """A drawing that is on its way: read like a `Drawing`, and waited for then."""

    is_empty = False

    def __init__(self, sketch: Sketch, drawing: Callable[[], str], *, has_png: bool) -> None:
        self.alt = sketch.alt
        #: Whether the chart is one of the mail: asked without waiting for the picture.
        self.has_png = has_png
        self._title = sketch.title
        self._drawing = drawing

    @cached_property
    def svg(self) -> str | None:
        """The SVG for the page."""
        from flows.brief.charts.render import to_svg

        return to_svg(self._drawn, self._title, self.alt)

    @cached_property
    def png(self) -> bytes | None:
        """The picture for the mail."""
        from flows.brief.charts.render import to_png

        return to_png(self._drawn) if self.has_png else None

    @cached_property
    def _drawn(self) -> str:
        return self._drawing()


def draw_all(figures: Figures, language: str, studio: Studio) -> Mapping[str, Drawing | Coming]:
    """Every chart by its name."""
    from flows.brief import charts

    made: dict[str, Drawing | Coming] = {}
    for name in charts.NAMES:
        sketch = charts.sketch(name, figures, language)
        made[name] = (
            Coming(sketch, studio.draw(sketch.spec), has_png=name in MAILED)
            if sketch
            else charts.EMPTY
        )
    return made
