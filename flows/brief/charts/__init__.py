"""The charts of a briefing: `sketch` a chart by name from the figures, in a language, and draw it.

A chart is a Vega-Lite spec in `templates/charts` without figures or words, and a module here that
gives it both. Pure: same figures, same bytes. vl-convert is loaded with the first drawing, and
the modules of the charts with the first sketch: the process that draws needs none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.brief.charts.plot import Plot, Reports

#: The charts in the order of the briefing's sections; each is a module here.
NAMES: tuple[str, ...] = (
    "tpp_bandwidth",
    "china_revenue",
    "vendor_share",
    "price_quotes",
    "fee_scenarios",
    "event_returns",
    "price_history",
    "export_funnel",
    "claims",
)


@dataclass(frozen=True)
class Sketch:
    """A chart laid out and not yet drawn: its filled spec, its title and what it shows."""

    spec: str
    title: str
    alt: str


@dataclass(frozen=True)
class Drawing:
    """A chart as drawn. Empty where the reports hold nothing for it: the page says so in words.

    `svg` scales with the page and takes its CSS variables (see `palette`); `png` is drawn in the
    light colours at twice the size; `alt` says in a sentence what is to be seen. `why_lost`: the
    error for which there is no drawing, though the reports have something to draw.
    """

    svg: str | None
    png: bytes | None
    alt: str
    is_empty: bool
    why_lost: str = ""

    @property
    def has_png(self) -> bool:
        """Whether there is a picture for a mail."""
        return self.png is not None


EMPTY = Drawing(None, None, "", is_empty=True)


def lost(why: str) -> Drawing:
    """In the place of a chart that cannot be drawn: a page has a plain line there."""
    return Drawing(None, None, "", is_empty=True, why_lost=why)


def sketch(name: str, figures: Reports, lang: str) -> Sketch | None:
    """A chart before it is drawn; None where the reports hold nothing for it.

    Raises KeyError for a name that is not in `NAMES`.
    """
    from flows.brief.charts.specs import fill

    plot = _plot(name, figures, lang)
    return None if plot is None else Sketch(fill(name, plot), plot.title, plot.alt)


def draw(name: str, figures: Reports, lang: str) -> Drawing:
    """Both forms of a chart. Raises KeyError for a name that is not in `NAMES`."""
    from flows.brief.charts.render import compiled, to_png, to_svg

    made = sketch(name, figures, lang)
    if made is None:
        return EMPTY
    drawing = compiled(made.spec)
    svg = to_svg(drawing, made.title, made.alt)
    return Drawing(svg, to_png(drawing), made.alt, is_empty=False)


def draw_svg(name: str, figures: Reports, lang: str) -> Drawing:
    """A chart for a page, without its PNG."""
    from flows.brief.charts.render import compiled, to_svg

    made = sketch(name, figures, lang)
    if made is None:
        return EMPTY
    svg = to_svg(compiled(made.spec), made.title, made.alt)
    return Drawing(svg, None, made.alt, is_empty=False)


def draw_png(name: str, figures: Reports, lang: str) -> Drawing:
    """A chart for a mail, without its SVG; cheap after `draw_svg` of the same figures."""
    from flows.brief.charts.render import compiled, to_png

    made = sketch(name, figures, lang)
    if made is None:
        return EMPTY
    return Drawing(None, to_png(compiled(made.spec)), made.alt, is_empty=False)


def _plot(name: str, figures: Reports, lang: str) -> Plot | None:
    from flows.brief.charts.words import words_of

    if name not in NAMES:
        raise KeyError(name)
    plot: Plot | None = import_module(f"{__name__}.{name}").plot(figures, words_of(lang))
    return plot
