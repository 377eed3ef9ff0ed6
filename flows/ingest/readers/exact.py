"""Numbers as text, scaled exactly: 989500000000000.0 FLOP/s to 989.5 TFLOP/s, 31.2 亿 to one."""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = re.compile(
    r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:[,\uff0c][0-9]{3})+)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?"
)
#: Chinese powers of ten, as they stand behind a number or in a header.
POWERS = {
    "": 0, "十": 1, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "十亿": 9,
    "百亿": 10, "千亿": 11, "万亿": 12,
}  # fmt: skip


def scaled(text: str | None, power: int) -> str | None:
    """A number so many powers of ten as large, written out; what is no number as it is."""
    if text is None or not text.strip():
        return None
    stated = text.strip()
    if not _NUMBER.fullmatch(stated):
        return stated
    number = Decimal(re.sub("[,\uff0c]", "", stated)).scaleb(power)
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
