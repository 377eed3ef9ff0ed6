"""Headline figures in words: the sentence under the title, and each figure's label and basis.

One wording for the page, the mail and the text. Pure.
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


def label(row: Row, page: Page) -> str:
    """What a headline figure is of."""
    who, period = page.name(row.subject), page.period(row.text)
    match row.figure_key:
        case "china_revenue":
            return page.say("%(who)s: revenue from China in %(period)s", who=who, period=period)
        case "h200_china_revenue":
            return page.say("H200 revenue from China in %(period)s", period=period)
        case "duty_in_force":
            return page.say("Import duty in force on %(what)s", what=who)
        case "h200_tpp":
            return page.say("%(what)s: total processing performance", what=who)
        case "share_units":
            return page.say("%(who)s: share of China by units, %(period)s", who=who, period=period)
        case "share_usd":
            return page.say(
                "%(who)s: share of China by dollars, %(period)s", who=who, period=period
            )
        case "market_move_us" | "market_move_cn":
            event = page.text(row, "text")
            return page.say("%(who)s after: %(event)s", who=page.listed(row.subject), event=event)
        case "next_event":
            return page.say("Next on the calendar")
        case _:
            return page.word("headline", row.figure_key)


def value(row: Row, page: Page) -> str:
    """The figure: a number, a range, or the words that stand for it."""
    if row.unit != "date":
        if row.value is not None:
            if row.figure_key in _MOVES:
                return page.pct(row, "value", 2, sign=True)
            if row.unit == "TPP":
                return page.n(row, "value", 0)
            return page.by_unit(row, "value", str(row.unit))
        if row.value_low is not None or row.value_high is not None:
            return page.span_by_unit(row, "value_low", "value_high", str(row.unit))
    return page.text(row, "text") or formats.NULL


def basis(row: Row, page: Page) -> list[str]:
    """Who says so, on which basis, of which days: the parts of the line below a figure."""
    word = page.word("basis", row.basis)
    if row.figure_key in ("china_revenue", "share_units", "share_usd"):
        word = page.say("basis: %(what)s", what=word)
    parts = [page.record(row.publisher)] if row.publisher else []
    if row.figure_key == "h200_tpp":
        bandwidth = page.n(row, "other_value", 0)
        return [*parts, page.say("memory bandwidth %(n)s GB/s", n=bandwidth), word]
    if row.figure_key in _MOVES:
        move = page.pct(row, "other_value", 2, sign=True)
        parts.append(
            page.say("%(index)s %(move)s", index=page.listed(row.other_subject), move=move)
        )
    parts.append(word)
    if row.values.get("scope"):
        parts.append(page.word("scope", row.scope))
    if row.figure_key in _MOVES and row.status == "assumed_midday":
        parts.append(page.word("timing", row.status))
    if row.period_from and not row.period_to:
        parts.append(page.say("since %(day)s", day=page.day(row, "period_from")))
    elif row.period_from:
        parts.append(page.days(row, "period_from", "period_to"))
    elif row.period_to:
        parts.append(page.day(row, "period_to"))
    return parts


_MOVES = ("market_move_us", "market_move_cn")


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
    message = page.language.gettext("The H200 brought %(amount)s in %(period)s.")
    amount = formats.money_span(page.language, row.value_low, row.value_high)
    if not row.value_low and row.value_high:
        amount = formats.money_span(page.language, None, row.value_high)
        message = page.language.gettext(
            "The H200 brought %(amount)s in %(period)s: only a bound was disclosed."
        )
    return message % {"amount": amount, "period": page.period(row.text)}


def _duty(row: Row, page: Page) -> str:
    if row.value is None:
        return ""
    return page.language.text(
        "A %(rate)s import duty on customs value is in force on the %(what)s; no revenue share is.",
        rate=formats.percent(page.language, row.value, 0),
        what=page.name(row.subject),
    )
