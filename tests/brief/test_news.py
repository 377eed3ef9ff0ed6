"""A changed figure of any report can be named in words, in both languages, as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.brief import figures as figures_
from flows.brief import news
from flows.brief.language import language
from flows.brief.page import Page

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("medium", ["web", "text"])
def test_every_row_of_every_report_has_a_name_in_words(
    briefed_home: Path, code: str, medium: str
) -> None:
    (data,) = (briefed_home / "briefings").glob("weekly-*/data.json")
    figures = figures_.from_json(data.read_bytes())
    page = Page(language(code), medium)  # type: ignore[arg-type]

    for model, name in news._NAMES.items():
        for row in figures.rows(model):
            for named in (name(row, page), news._FINE.get(model, name)(row, page)):
                assert str(named).strip()
                assert "<" not in str(named)
