"""All charts of an edition, drawn once per language, two at a time.

The converter works outside Python's lock, so two threads draw on two cores. A PNG is made for
the charts of the mail alone. Pure: same figures, same drawings.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flows.brief.charts import Drawing
    from flows.brief.figures import Figures

THREADS = 2


def draw_all(
    figures: Figures,
    languages: Sequence[str],
    with_png: Sequence[str],
    on_drawn: Callable[[str], None] | None = None,
) -> dict[str, dict[str, Drawing]]:
    """Language → chart name → drawing; `with_png` names those that a mail needs too."""
    from flows.brief import charts

    def draw(job: tuple[str, str]) -> Drawing:
        language, name = job
        drawing = charts.draw_svg(name, figures, language)
        if name in with_png and not drawing.is_empty:
            drawing = replace(drawing, png=charts.draw_png(name, figures, language).png)
        if on_drawn:
            on_drawn(f"{name} {language}")
        return drawing

    jobs = [(language, name) for language in languages for name in charts.NAMES]
    with ThreadPoolExecutor(THREADS) as threads:
        drawn = list(threads.map(draw, jobs))
    made: dict[str, dict[str, Drawing]] = {language: {} for language in languages}
    for (language, name), drawing in zip(jobs, drawn, strict=True):
        made[language][name] = drawing
    return made
