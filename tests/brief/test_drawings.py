"""Every chart is drawn for the page, and those of the mail as pictures too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.brief import charts, drawings
from flows.brief.studio import Studio

if TYPE_CHECKING:
    from flows.brief.figures import Figures


def test_pictures_are_drawn_for_the_mail_alone(real_figures: Figures) -> None:
    with Studio() as studio:
        drawn = drawings.draw_all(real_figures, ["zh"], studio)["zh"]

        assert list(drawn) == list(charts.NAMES)
        assert all(d.svg for d in drawn.values())
        assert {n for n, d in drawn.items() if d.png} == set(drawings.MAILED)
        assert {n for n, d in drawn.items() if d.has_png} == set(drawings.MAILED)
