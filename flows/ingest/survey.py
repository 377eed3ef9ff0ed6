"""What one pass over the bytes of a text tells, so that none is made for each question.

Bytes are looked at in parts that fit into the processor's cache: a pass over a whole block is as
slow as memory is.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Characters that decide how a text is read: a quote, a carriage return, and the control character
#: that a glance at a table sets as its mark.
QUOTE, RETURN, MARK = b'"', b"\r", b"\x01"
_SPECIAL = (QUOTE, RETURN, MARK)
#: Bytes of a part.
_PART = 1 << 17


@dataclass(frozen=True)
class Survey:
    """Which of the special characters a text holds, and where its lines end.

    `ends` counts the line ends before each part, and at last those of the whole.
    """

    is_ascii: bool
    holds: frozenset[bytes]
    ends: tuple[int, ...]

    @property
    def lines(self) -> int:
        """The line ends of the whole text."""
        return self.ends[-1]

    def ends_before(self, data: bytes, at: int) -> int:
        """The line ends of `data`, the text surveyed, before a byte of it."""
        part = at // _PART
        return self.ends[part] + _ends_in(data[part * _PART : at], b"\n")


def survey(data: bytes | memoryview, end: bytes = b"\n") -> Survey:
    """Look at a text whose lines end in `end`."""
    ends, holds, is_ascii = [0], set[bytes](), True
    for start in range(0, len(data), _PART):
        part = bytes(data[start : start + _PART])
        ends.append(ends[-1] + _ends_in(part, end))
        is_ascii = is_ascii and part.isascii()
        holds.update(special for special in _SPECIAL if special not in holds and special in part)
    return Survey(is_ascii, frozenset(holds), tuple(ends))


def _ends_in(part: bytes, end: bytes) -> int:
    """How many line ends there are: to take them out is quicker than to count them."""
    return len(part) - len(part.replace(end, b""))
