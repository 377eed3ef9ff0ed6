"""The words of the terminal's answers: the same catalogue, numbers and dates as on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.brief.figures import Row
    from flows.brief.page import Page
    from flows.settings import Settings


def label(family: str, value: str | None) -> str:
    """The English label of a value; the value itself where it has none, a dash for none."""
    if value is None:
        return "–"
    from flows.brief.words import WORDS

    return WORDS.get(family, {}).get(value, value)


def pen(settings: Settings, language: str | None) -> Page:
    """What writes in one language: the one named, else the first of the settings."""
    from flows.brief.language import language as language_of
    from flows.brief.page import Page

    return Page(language_of(language or settings.languages[0]), "text")


def row(values: Mapping[str, Any]) -> Row:
    """Values of a query as the pen reads them."""
    from flows.brief.figures import Row

    return Row("", (), values)


def headed(page: Page, head: str, text: str) -> str:
    """`head: text`, with the colon of the language."""
    return head + page.say(": ") + text


def listed(page: Page, family: str, values: str | None) -> str:
    """Values parted by semicolons, in words and each once."""
    words = dict.fromkeys(page.word(family, v) for v in (values or "").split(";") if v)
    return page.say(", ").join(words)
