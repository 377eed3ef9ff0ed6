"""Words for the fixed values of the models, the same as on the page."""

from __future__ import annotations


def label(family: str, value: str | None) -> str:
    """The English label of a value; the value itself where it has none, a dash for none."""
    if value is None:
        return "–"
    from flows.brief.words import WORDS

    return WORDS.get(family, {}).get(value, value)
