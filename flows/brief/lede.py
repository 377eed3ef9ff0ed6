"""The one sentence under the title: the two or three figures that a reader would quote.

Made from the headline report in the order of importance stated here. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.brief import formats

if TYPE_CHECKING:
    from flows.brief.figures import Figures, Row
    from flows.brief.page import Page


def sentence(figures: Figures, page: Page) -> str:
    """The sentence, or nothing where the report has none of its figures."""
    rows = {str(row.figure_key): row for row in figures.rows("rpt_headline")}
    parts = [
        made
        for key, make in (
            ("china_revenue", _revenue),
            ("h200_china_revenue", _h200),
            ("duty_in_force", _duty),
        )
        if key in rows and (made := make(rows[key], page))
    ]
    return (" " if page.language.code == "en" else "").join(parts)


def first_figure(figures: Figures, page: Page) -> str:
    """The figure that a subject line ends with; nothing where the report has none."""
    for row in figures.rows("rpt_headline"):
        if row.figure_key == "china_revenue" and row.value is not None:
            amount = formats.money(page.language, row.value)
            return page.language.text(
                "%(who)s China revenue %(amount)s", who=page.name(row.subject), amount=amount
            )
    return ""


def _revenue(row: Row, page: Page) -> str:
    if row.value is None:
        return ""
    return page.language.text(
        "%(who)s booked %(amount)s in China in %(period)s (by %(basis)s).",
        who=page.name(row.subject),
        amount=formats.money(page.language, row.value),
        period=page.period(row.text),
        basis=page.word("basis", row.basis),
    )


def _h200(row: Row, page: Page) -> str:
    if row.value_high is None:
        return ""
    amount = formats.money_span(page.language, row.value_low, row.value_high)
    return page.language.text(
        "The H200 brought %(amount)s in %(period)s.",
        amount=amount,
        period=page.period(row.text),
    )


def _duty(row: Row, page: Page) -> str:
    if row.value is None:
        return ""
    return page.language.text(
        "A %(rate)s import duty on customs value is in force on the %(what)s; no revenue share is.",
        rate=formats.percent(page.language, row.value, 0),
        what=page.name(row.subject),
    )
