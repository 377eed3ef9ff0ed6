"""All charts of an edition, each drawn once per language; a PNG for those of the mail alone.

They are asked of the drawing process (`studio`) and waited for when a page needs them: what a
chart shows is known at once, and most of an edition is written without its lines. Pictures are
made by whichever process has the time. A chart that cannot be drawn stops no edition: it goes out
with a plain line in the chart's place.
"""

from __future__ import annotations

from base64 import b64decode
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from flows.brief.charts import Drawing, Sketch
    from flows.brief.figures import Figures
    from flows.brief.studio import Studio, Wish


#: The charts of the mail, each beside a table that says the same.
MAILED = ("tpp_bandwidth", "china_revenue", "fee_scenarios")


#: No fault of a chart: of the machine or of the installation, so the run has to say so.
_NOT_THE_CHARTS = (OSError, MemoryError, ImportError)
_WHY_AT_MOST = 200


class ChartFailed(Exception):
    """A chart that cannot be drawn: in which language, its name, and the error in a line."""

    def __init__(self, language: str, name: str, error: Exception) -> None:
        said = (str(error).strip().splitlines() or [""])[0]
        self.language, self.name = language, name
        self.why = f"{type(error).__name__}: {said}"[:_WHY_AT_MOST]
        super().__init__(f"chart {name} ({language}): {self.why}")


@contextmanager
def _of_the_chart(language: str, name: str) -> Iterator[None]:
    """Name the chart of what goes wrong in laying it out or drawing it. Raises ChartFailed."""
    try:
        yield
    except _NOT_THE_CHARTS:
        raise
    except Exception as error:
        raise ChartFailed(language, name, error) from error


class Coming:
    """A drawing that is on its way: read like a `Drawing`, and waited for then.

    Reading it raises ChartFailed where it cannot be drawn.
    """

    is_empty = False
    why_lost = ""

    def __init__(self, language: str, name: str, sketch: Sketch, studio: Studio) -> None:
        self.alt = sketch.alt
        self._language, self._name = language, name
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

        with _of_the_chart(self._language, self._name):
            return to_svg(self._drawing(), self._sketch.title, self.alt)

    @cached_property
    def png(self) -> bytes | None:
        """The picture for the mail."""
        with _of_the_chart(self._language, self._name):
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
        made[language] = {name: _begun(name, figures, language, studio) for name in charts.NAMES}
    # from the end, since this process begins with those at the front
    for picture in reversed(_mailed(made.values())):
        picture.ask_picture(studio)
    return made


def _begun(name: str, figures: Figures, language: str, studio: Studio) -> Drawing | Coming:
    from flows.brief import charts

    try:
        with _of_the_chart(language, name):
            sketch = charts.sketch(name, figures, language)
    except ChartFailed as failed:
        return charts.lost(failed.why)
    return Coming(language, name, sketch, studio) if sketch else charts.EMPTY


def without(drawn: Mapping[str, Drawings], failed: ChartFailed) -> dict[str, Drawings]:
    """The same charts, and a plain line in the place of the one that failed."""
    from flows.brief import charts

    own = {**drawn[failed.language], failed.name: charts.lost(failed.why)}
    return {**drawn, failed.language: own}


def lost(drawn: Mapping[str, Drawings]) -> dict[str, dict[str, str]]:
    """Language → chart → why it is not in the edition; only where one is lost."""
    found = {
        language: {name: chart.why_lost for name, chart in own.items() if chart.why_lost}
        for language, own in drawn.items()
    }
    return {language: own for language, own in found.items() if own}


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
