"""Text on its way to a terminal: what would command it, or turn the reading direction, is marked.

A record, a file name or an argument may hold any character; a reader sees that one was there.
"""

from __future__ import annotations

import re
from json import dumps

#: C0 and C1 controls, marks of direction, line and paragraph separators, halves of characters, and
#: letters that nobody sees: of no width, and tags.
_ODD = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064"
    r"\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def harmless(text: str) -> str:
    """The text with a replacement character for each that is not to be printed; lines stay."""
    return _ODD.sub("\ufffd", text)


def escaped(json: str) -> str:
    """JSON that means the same, with each such character written as its escape."""
    return _ODD.sub(lambda match: dumps(match[0])[1:-1], json)
