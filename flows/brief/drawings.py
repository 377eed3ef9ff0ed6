"""All charts of an edition, each drawn once per language; a PNG for those of the mail alone.

One after the other: the converter holds Python's lock, so threads gain nothing, and a process of
its own for the second language gained 12% of an edition where it was measured.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.brief.charts import Drawing
    from flows.brief.figures import Figures


def draw_all(figures: Figures, language: str, with_png: Sequence[str]) -> dict[str, Drawing]:
    """Every chart by its name. `with_png` names those that a mail needs too."""
    from flows.brief import charts

    made = {}
    for name in charts.NAMES:
        drawn = charts.draw_svg(name, figures, language)
        if name in with_png and not drawn.is_empty:
            drawn = replace(drawn, png=charts.draw_png(name, figures, language).png)
        made[name] = drawn
    return made
