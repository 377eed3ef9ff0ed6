"""All charts of an edition, each drawn once per language; a PNG for those of the mail alone.

They are asked of the drawing process (`studio`) and waited for when a page needs them: what a
chart shows is known at once, and most of an edition is written without its lines. Pictures are
made by whichever process has the time.
"""

from __future__ import annotations

from base64 import b64decode
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flows.brief.charts import Drawing, Sketch
    from flows.brief.figures import Figures
    from flows.brief.studio import Studio, Wish


#: The charts of the mail, each beside a table that says the same.
MAILED = ("tpp_bandwidth", "china_revenue", "fee_scenarios")


class Coming:
    """A drawing that is on its way: read like a `Drawing`, and waited for then."""

    is_empty = False

    def __init__(self, sketch: Sketch, studio: Studio) -> None:
        self.alt = sketch.alt
        self._sketch = sketch
        self._drawing = studio.draw(sketch.spec)
        self._picture: Wish | None = None

    def has_come(self) -> bool:
        """Whether the drawing is here, so that a page need not wait for it."""
        return self._drawing.has_come()

    @property
    def has_png(self) -> bool:
        """Whether the chart is one of the mail: asked without waiting for the picture."""
        return self._picture is not None

    @cached_property
    def svg(self) -> str | None:
        """The SVG for the page."""
        from flows.brief.charts.render import to_svg

        return to_svg(self._drawing(), self._sketch.title, self.alt)

    @cached_property
    def png(self) -> bytes | None:
        """The picture for the mail."""
        return b64decode(self._picture()) if self._picture else None

    def ask_picture(self, studio: Studio) -> None:
        """Have a picture made as well."""
        self._picture = studio.picture(self._sketch.spec, self._drawing)

    def picture_here(self) -> None:
        """Make the picture now and here, where the process has not been told of it yet."""
        if self._picture and self._picture.take_back():
            _ = self.png


Drawings: TypeAlias = "Mapping[str, Drawing | Coming]"


def draw_all(figures: Figures, languages: Sequence[str], studio: Studio) -> dict[str, Drawings]:
    """Every chart by language and name. The pictures are asked for behind all drawings."""
    from flows.brief import charts

    made: dict[str, Drawings] = {}
    for language in languages:
        # one by one: the first is drawn while the second is laid out
        sketches = ((name, charts.sketch(name, figures, language)) for name in charts.NAMES)
        made[language] = {
            name: Coming(sketch, studio) if sketch else charts.EMPTY for name, sketch in sketches
        }
    # from the end, since this process begins with those at the front
    for picture in reversed(_mailed(made.values())):
        picture.ask_picture(studio)
    return made


def use_the_wait(drawn: Mapping[str, Drawings], language: str) -> None:
    """Make pictures here for as long as a drawing of the language's page is on its way."""
    page = [chart for chart in drawn[language].values() if isinstance(chart, Coming)]
    for picture in _mailed(drawn.values()):
        if all(chart.has_come() for chart in page):
            return
        picture.picture_here()


def share_pictures(drawings: Drawings) -> None:
    """Make here those pictures that the process has not been told of yet."""
    for picture in _mailed([drawings]):
        picture.picture_here()


def _mailed(drawn: Iterable[Drawings]) -> list[Coming]:
    charts = [drawings[name] for drawings in drawn for name in MAILED if name in drawings]
    return [chart for chart in charts if isinstance(chart, Coming)]
