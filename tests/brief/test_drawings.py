"""Charts drawn by the other process are those that this one would draw."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from flows.brief import drawings

if TYPE_CHECKING:
    import pytest

    from flows.brief.figures import Figures

PNG = ("china_revenue",)


def test_the_other_process_draws_the_same(real_figures: Figures) -> None:
    here = drawings.draw(real_figures, "zh", PNG)

    with drawings.drawing(real_figures, ["en", "zh"], PNG) as drawn:
        there = drawn("zh")

    assert there == here
    assert there["china_revenue"].png
    assert not there["price_quotes"].png


def test_where_the_other_process_fails_the_charts_are_drawn_here(
    real_figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read(); sys.exit(1)"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    monkeypatch.setattr(drawings, "_helper", broken)

    with drawings.drawing(real_figures, ["en", "zh"], ()) as drawn:
        assert drawn("zh")["claims"].svg
