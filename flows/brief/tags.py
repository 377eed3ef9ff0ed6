"""The few HTML tags that are made in Python: a figure, a blank, a mark, footnote numbers.

Parts are joined by `Markup.join`, which escapes whatever is not markup already. Pure.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Footnote numbers that stand beside a figure; further sources are named under the last.
CITED = 4
_SPACE = re.compile(r"\s+")
_JOIN = Markup("").join
_DATA, _SPAN, _VALUE, _TITLE, _ID = (
    Markup("<data"),
    Markup("<span"),
    Markup(' value="'),
    Markup('" title="'),
    Markup(' id="'),
)
_QUOTE, _OPEN, _CLOSE, _DATA_END, _SPAN_END = (
    Markup('"'),
    Markup('">'),
    Markup(">"),
    Markup("</data>"),
    Markup("</span>"),
)


def figure(ids: Sequence[str], used: set[str], exact: str, title: str, shown: str) -> Markup:
    """A figure that can be traced: its id (of a range both ids), exact value, title and text.

    `used` remembers the ids of the page: an id stands once.
    """
    inner: Markup | str = shown
    if len(ids) == 2:
        inner = _JOIN((_SPAN, _id(ids[0], used), _CLOSE, shown, _SPAN_END))
    own = _id(ids[-1], used)
    return _JOIN((_DATA, own, _VALUE, exact, _TITLE, title, _OPEN, inner, _DATA_END))


@lru_cache(maxsize=64)
def blank(why: str, shown: str) -> Markup:
    """A value that is not known, and why."""
    return Markup('<span class="null" title="{}">{}</span>').format(why, shown)


@lru_cache(maxsize=64)
def mark(kind: str, word: str) -> Markup:
    """A word in a frame that says how sure a figure is."""
    return Markup(' <span class="mark {}">{}</span>').format(kind, word)


@lru_cache(maxsize=64)
def borrowed(lang: str, text: str) -> Markup:
    """A text in another language than its page."""
    return Markup('<span lang="{}">{}</span>').format(lang, text)


@lru_cache(maxsize=1024)
def footnotes(numbers: tuple[tuple[str, int], ...], *, linked: bool) -> Markup:
    """Footnote numbers of sources; beyond the first few a count whose title names the rest."""
    if not numbers:
        return Markup("")
    shown: list[str] = [
        Markup('<a href="#source-{}" title="{}">{}</a>').format(number, key, number)
        if linked
        else str(number)
        for key, number in numbers[:CITED]
    ]
    if rest := numbers[CITED:]:
        names = " ".join(f"{number} {key}" for key, number in rest)
        shown.append(Markup('<span title="{}">+{}</span>').format(names, len(rest)))
    return Markup('<sup class="cite">{}</sup>').format(Markup(",").join(shown))


def _id(name: str, used: set[str]) -> Markup:
    """The id attribute of a figure, once a page; HTML ids hold no spaces."""
    name = _SPACE.sub("_", name)
    if name in used:
        return Markup("")
    used.add(name)
    return _JOIN((_ID, name, _QUOTE))
