"""A survey made in parts says of a text what a look at the whole of it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.ingest import survey
from flows.ingest.block_lines import BlockLines

_TEXT = st.text('ab"\r\n\x01é', max_size=40).map(str.encode)


@given(_TEXT, st.integers(1, 9), st.data())
def test_parts_of_any_size_tell_the_same_as_the_whole(
    text: bytes, part: int, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(text)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survey, "_PART", part)
        told = survey.survey(memoryview(text))
        before = told.ends_before(text, at)

    assert told.is_ascii == text.isascii()
    assert told.holds == {special for special in (b'"', b"\r", b"\x01") if special in text}
    assert told.lines == text.count(b"\n")
    assert before == text[:at].count(b"\n")


@given(st.lists(st.text('a,"é', max_size=5), min_size=1, max_size=30), st.integers(1, 9))
def test_a_line_with_a_quote_has_its_number_wherever_parts_end(lines: list[str], part: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survey, "_PART", part)
        found = BlockLines("\n".join(lines).encode(), 7, 6 + len(lines)).quoted

    assert found.rows() == [(7 + n, line) for n, line in enumerate(lines) if '"' in line]
