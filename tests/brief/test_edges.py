"""The page says which bounds a chip is near and which other figure would turn an answer."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from flows.brief import render
from flows.brief.charts.axes import LogScale
from flows.brief.charts.words import words_of
from flows.brief.charts.zones import rectangles

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.brief.figures import Figures
    from flows.brief.render import Material


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page))


def test_trap_5_the_page_lists_every_near_bound_and_every_figure_that_turns_it(
    real_figures: Figures, material: Callable[..., Material]
) -> None:
    told = _text(render.web(material(real_figures), "en"))

    near = told.split("Within 1% of a bound")[1].split("Other figures in print")[0]
    assert near.count("MI325X") == 3
    assert all(bound in near for bound in ("TPP &lt; 21,000", "TPP &gt; 20,800", "TPP &lt; 21,100"))
    turned = told.split("Other figures in print that turn an answer")[1]
    assert re.search(r"TPP 20,919\.2 → inside\s+TPP 20,800 → outside", turned)
    assert "dense rates rounded to 2 figures" in turned


def test_trap_6_the_page_says_by_which_letter_h20_needs_a_licence(
    real_figures: Figures, material: Callable[..., Material]
) -> None:
    english, chinese = (_text(render.web(material(real_figures), code)) for code in ("en", "zh"))

    assert "a US licence is needed all the same: by the letter of 9 Apr 2025" in english
    assert "仍须美国许可：依据2025年4月9日的函件" in chinese


def test_a_claim_in_parts_says_on_the_page_which_hold_and_what_is_our_reading(
    real_figures: Figures, material: Callable[..., Material]
) -> None:
    page = render.web(material(real_figures), "en")
    claim = _text(page.split('id="claim-C10"')[1].split("</tbody>")[0])

    assert "Partly true" in claim
    assert "this part holds: Moore Threads rose on 9 December" in claim
    assert "this part fails: Moore Threads did not move much on 9 December" in claim
    assert "“Not much” is our reading: within 3% either way." in claim


def test_a_third_band_is_drawn_like_the_first_two() -> None:
    def test(rule: str, operator: str, threshold: int) -> dict[str, object]:
        return {"rule_id": rule, "rule_role": rule, "parameter": "tpp", "operator": operator,
                "threshold": Decimal(threshold)}  # fmt: skip

    rules = [test("duty_band_1", "<", 17500), test("duty_band_9", "<", 2000),
             test("review_zone", "<", 21000), test("3A090.a", ">=", 4800)]  # fmt: skip

    across = LogScale([Decimal(500), Decimal(8000)], 400)
    up = LogScale([Decimal(500), Decimal(60000)], 300)

    drawn = rectangles(rules, across, up, words_of("en"))

    assert [zone["role"] for zone in drawn] == ["review_zone", "duty_band_9", "duty_band_1"]
