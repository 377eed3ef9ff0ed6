"""Every message has its Chinese, and every fixed value of the reports has a word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from flows.assets import asset
from flows.brief import catalogue, render, words
from flows.brief.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.brief.figures import Figures
    from flows.brief.render import Material

LOCALE = asset("templates") / "locale"
_PLACEHOLDER = re.compile(r"%\((\w+)\)s|</?b>")


def chinese() -> dict[str, str]:
    with (LOCALE / "zh" / "LC_MESSAGES" / "chipbrief.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="zh") if m.id}


def used() -> list[str]:
    return [str(m.id) for m in catalogue.template() if m.id]


def test_the_template_of_the_catalogues_lists_what_is_used() -> None:
    listed = (LOCALE / "chipbrief.pot").read_bytes()

    assert listed == catalogue.written(catalogue.template()), (
        "run python -m flows.brief.catalogue and translate what is new"
    )


def test_no_message_is_without_chinese() -> None:
    translated = chinese()

    assert [m for m in used() if not translated.get(m)] == []
    assert sorted(translated) == sorted(used())


def test_a_translation_keeps_every_value_and_every_mark_up() -> None:
    wrong = [
        message
        for message, text in chinese().items()
        if sorted(_PLACEHOLDER.findall(message)) != sorted(_PLACEHOLDER.findall(text))
    ]

    assert wrong == []


def test_chinese_has_full_width_stops() -> None:
    narrow = re.compile(r"[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]")

    assert [text for text in chinese().values() if narrow.search(text)] == []


def test_every_label_of_a_fixed_value_is_in_the_catalogue() -> None:
    labels = {text for family in words.WORDS.values() for text in family.values()}
    messages = set(used())

    missing = {t for t in labels if t not in messages and re.search("[a-z]{2}", t)}

    assert missing == set()


@pytest.mark.parametrize("code", ["en", "zh"])
def test_no_value_of_the_records_is_shown_without_a_word(
    real_figures: Figures,
    material: Callable[..., Material],
    monkeypatch: pytest.MonkeyPatch,
    code: str,
) -> None:
    unknown: set[tuple[str, str]] = set()
    told = Page.word

    def listen(self: Page, family: str, value: object) -> str:
        if value is not None and not words.known(family, str(value)):
            unknown.add((family, str(value)))
        return told(self, family, value)  # type: ignore[arg-type]

    monkeypatch.setattr(Page, "word", listen)

    render.web(material(real_figures), code)

    assert unknown == set()


def test_a_chinese_page_borrows_no_english_title_or_claim(
    real_figures: Figures, material: Callable[..., Material], monkeypatch: pytest.MonkeyPatch
) -> None:
    borrowed: set[tuple[str, str]] = set()
    told = Page.text

    def listen(self: Page, row: object, column: str) -> str:
        shown = told(self, row, column)  # type: ignore[arg-type]
        if str(shown).startswith('<span lang="en">'):
            borrowed.add((row.model, column))  # type: ignore[attr-defined]
        return shown

    monkeypatch.setattr(Page, "text", listen)

    render.web(material(real_figures), "zh")

    assert borrowed == set()
