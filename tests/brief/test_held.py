"""The page and the mail say what is held back and how far it could move each figure."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from flows.brief import render
from tests.brief.conftest import made

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.brief.figures import Figures
    from flows.brief.render import Material

DAY = dt.date(2026, 8, 25)


@pytest.fixture
def held() -> Figures:
    """Five rows held back: of a close, of a revenue, of a figure not there yet, of none."""
    revenue = {
        "measure": "revenue", "subject": "NVIDIA", "series": "Total|China|billing|<b>x</b>",
        "period_from": dt.date(2026, 1, 26), "period_to": dt.date(2026, 4, 26), "unit": "USD",
    }  # fmt: skip
    return made(
        rpt_quality=[
            {"check_kind": "held_back", "item": "prices:high_is_highest", "quality_no": 1,
             "status": "held_back", "row_count": 5, "total_rows": 9, "reason": "high_is_highest"}
        ],
        rpt_held=[
            {"figure_key": "a", "impact_no": 1, "measure": "close", "subject": "NVDA:XNAS",
             "series": "split", "period_from": DAY, "period_to": DAY, "unit": "USD",
             "with_low": Decimal("190.5"), "with_high": Decimal(215), "row_count": 2},
            {**revenue, "figure_key": "b", "impact_no": 2, "now_low": Decimal(4_550_000_000),
             "now_high": Decimal(4_550_000_000), "with_low": Decimal(4_550_000_000),
             "with_high": Decimal(5_000_000_000), "row_count": 1},
            {"figure_key": "c", "impact_no": 3, "measure": "untold", "subject": "prices",
             "series": "<i>bars.csv", "row_count": 2},
        ],
    )  # fmt: skip


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page))


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (
            "en",
            ["from 190.50 USD to 215.00 USD", "from $4.55 billion to $5 billion", "cannot be told"],
        ),
        ("zh", ["190.50 USD至215.00 USD", "45.5亿美元至50亿美元", "无法判断"]),
    ],
)
def test_each_figure_has_its_range_and_what_cannot_be_told_is_said(
    material: Callable[..., Material], held: Figures, language: str, says: list[str]
) -> None:
    page = render.web(material(held), language)

    shown = _text(page)
    assert [words for words in says if words not in shown] == []
    assert "<b>x</b>" not in page
    assert "<i>bars" not in page


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "5 rows are held back and could move 2 figures"),
        ("zh", "有5条记录被扣留，可能影响2个数字"),
    ],
)
def test_the_mail_says_it_in_a_line(
    material: Callable[..., Material], held: Figures, language: str, says: str
) -> None:
    assert says in render.mail_text(material(held), language)
    assert says in render.mail_html(material(held), language)


def test_nothing_is_said_where_nothing_is_held_back(
    material: Callable[..., Material], real_figures: Figures
) -> None:
    assert "could move" not in render.mail_text(material(real_figures), "en")
    assert "cannot be told" not in render.web(material(real_figures), "en")
