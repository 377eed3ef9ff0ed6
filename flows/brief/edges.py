"""How near a chip stands to a bound, and which other figure would turn the answer, in words.

One wording for the page and the terminal. Pure; the figures come from the models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.brief import formats

if TYPE_CHECKING:
    from flows.brief.figures import Row
    from flows.brief.page import Page


def standing(row: Row, page: Page) -> str:
    """What the law says of a chip, in one sentence."""
    language = page.language
    since = formats.day(language, row.us_status_from, row.us_status_precision)
    return page.say(
        page.label("standing", row.standing),
        as_of=formats.day(language, row.as_of),
        since=since,
        letter=formats.day(language, row.letter_on),
        public=formats.day(language, row.letter_announced_on),
        rate=formats.percent(language, row.duty_rate_pct, 0),
    )


def bound(row: Row, page: Page) -> str:
    """A test as printed in law: `TPP > 20,800`."""
    return (
        f"{page.word('parameter', row.parameter)} {page.operator(row.operator)}"
        f" {formats.number(page.language, row.threshold)}{page.unit(row.parameter)}"
    )


def outcome(row: Row, column: str, page: Page) -> str:
    """Inside or outside a zone, or whether a class's tests are met."""
    is_class = str(row.rule_role).startswith("class_")
    return page.word("outcome_of_class" if is_class else "outcome_of_zone", row[column])


def recorded(row: Row, page: Page) -> str:
    """`TPP 20,919.2 → inside`: the recorded figure and what follows from it."""
    return _follows(row, "recorded_value", "recorded_reason", page)


def otherwise(row: Row, page: Page) -> str:
    """`TPP 20,800 → outside`: the other figure and what would follow from it."""
    return _follows(row, "value", "reason", page)


def origin(row: Row, page: Page) -> str:
    """Where the other figure comes from: a source that differs, or a rounding."""
    if row.variant_kind == "contested":
        verdict = page.record(row.verdict) if row.verdict else ""
        return (
            page.say("contested: %(verdict)s", verdict=verdict)
            if verdict
            else page.word("reason", "contested")
        )
    what = page.word("column", row.field)
    return page.say("%(what)s rounded to %(n)s figures", what=what, n=str(row.figures))


def _follows(row: Row, column: str, reason: str, page: Page) -> str:
    field = "tpp" if row.field == "dense_rates" else row.field
    unit = page.unit(field)
    if row.variant_kind == "contested" and field.endswith("_tflops"):
        unit = " TFLOPS"
    value = page.say("not on record") if row[column] is None else page.n(row, column) + unit
    word = page.word("column", field)
    return page.say(
        "%(what)s %(value)s → %(outcome)s",
        what=word,
        value=value,
        outcome=outcome(row, reason, page),
    )
