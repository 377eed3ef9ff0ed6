"""What the quotes on one line of CSV mean, as patterns; fields may go on over line breaks.

A doubled quote never lies across a line break, so a field that goes on can be followed line by
line: each line is matched once, however long the field.
"""

from __future__ import annotations

import re

_TEXT = r'(?:[^"]|"")*+'


class Quotes:
    """Patterns for lines whose fields are parted by `separator`.

    `strict` (for Rust) is a line on which every field is quoted whole or holds no quote at all.
    """

    def __init__(self, separator: str) -> None:
        s = re.escape(separator)
        strict = f'(?:"(?:[^"]|"")*"|[^"{s}]*)'
        self.strict = f"^{strict}(?:{s}{strict})*$"
        # a field that does not begin with a quote may hold some
        field = f'(?:"{_TEXT}"|(?:[^"{s}][^{s}]*)?)'
        opening = f'(?:{field}{s})*"{_TEXT}'
        self._whole = re.compile(f"{field}(?:{s}{field})*")
        self._open = re.compile(opening)
        self._closes = re.compile(f'{_TEXT}"(?:{s}{field})*')
        self._goes_on = re.compile(f'{_TEXT}(?:"{s}{opening})?')

    def is_whole(self, line: str) -> bool:
        """Whether the line is a row by itself."""
        return self._whole.fullmatch(line) is not None

    def leaves_open(self, line: str) -> bool:
        """Whether the line is no row by itself because its last field goes on."""
        return self._open.fullmatch(line) is not None and not self.is_whole(line)

    def makes_whole(self, line: str) -> bool:
        """Whether a line that begins inside a quoted field ends its row."""
        return self._closes.fullmatch(line) is not None

    def keeps_open(self, line: str) -> bool:
        """Whether a line that begins inside a quoted field ends inside one, the same or another."""
        return self._goes_on.fullmatch(line) is not None
