"""The charts of a briefing: `draw` a chart by name from the figures, in a language.

A chart is a Vega-Lite spec in `templates/charts` without figures or words, and a module here that
gives it both. Pure: same figures, same bytes. vl-convert is loaded with the first drawing.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from flows.brief.charts import (
    china_revenue,
    claims,
    event_returns,
    export_funnel,
    fee_scenarios,
    price_history,
    price_quotes,
    tpp_bandwidth,
    vendor_share,
)
from flows.brief.charts.specs import fill
from flows.brief.charts.words import Words, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.brief.charts.plot import Plot, Reports

_PLOTS: MappingProxyType[str, Callable[[Reports, Words], Plot | None]] = MappingProxyType(
    {
        "tpp_bandwidth": tpp_bandwidth.plot,
        "china_revenue": china_revenue.plot,
        "vendor_share": vendor_share.plot,
        "price_quotes": price_quotes.plot,
        "fee_scenarios": fee_scenarios.plot,
        "event_returns": event_returns.plot,
        "price_history": price_history.plot,
        "export_funnel": export_funnel.plot,
        "claims": claims.plot,
    }
)

#: The charts in the order of the briefing's sections.
NAMES: tuple[str, ...] = tuple(_PLOTS)


@dataclass(frozen=True)
class Drawing:
    """A chart as drawn. Empty where the reports hold nothing for it: the page says so in words.

    `svg` scales with the page and takes its CSS variables (see `palette`); `png` is drawn in the
    light colours at twice the size; `alt` says in a sentence what is to be seen.
    """

    svg: str | None
    png: bytes | None
    alt: str
    is_empty: bool


def draw(name: str, figures: Reports, lang: str) -> Drawing:
    """Both forms of a chart. Raises KeyError for a name that is not in `NAMES`."""
    from flows.brief.charts.render import to_png, to_svg

    plot = _plot(name, figures, lang)
    if plot is None:
        return _EMPTY
    spec = fill(name, plot)
    return Drawing(to_svg(spec, plot.title, plot.alt), to_png(spec), plot.alt, is_empty=False)


def draw_svg(name: str, figures: Reports, lang: str) -> Drawing:
    """A chart for a page, without its PNG."""
    from flows.brief.charts.render import to_svg

    plot = _plot(name, figures, lang)
    if plot is None:
        return _EMPTY
    return Drawing(to_svg(fill(name, plot), plot.title, plot.alt), None, plot.alt, is_empty=False)


def draw_png(name: str, figures: Reports, lang: str) -> Drawing:
    """A chart for a mail, without its SVG; cheap after `draw_svg` of the same figures."""
    from flows.brief.charts.render import to_png

    plot = _plot(name, figures, lang)
    if plot is None:
        return _EMPTY
    return Drawing(None, to_png(fill(name, plot)), plot.alt, is_empty=False)


_EMPTY = Drawing(None, None, "", is_empty=True)


def _plot(name: str, figures: Reports, lang: str) -> Plot | None:
    return _PLOTS[name](figures, words_of(lang))
