"""Which encoding of East Asia bytes are in, told by how common the letters are that they make.

The codes of Chinese, Korean and Japanese overlap: bytes of one are letters of the others too, but
rare ones. Each reading of the bytes is weighed in bits, as the text that a language would take to
say so; what another explains nearly as well is not told.
"""

from __future__ import annotations

import codecs
import math
import re
from typing import TYPE_CHECKING, NamedTuple

from flows.ingest.common_letters import HANGUL, KANJI, SIMPLIFIED, TRADITIONAL

if TYPE_CHECKING:
    from collections.abc import Callable

#: The encodings that are told, each with a language's part of letters as in `_bits`.
ENCODINGS = ("gb18030", "cp949", "cp932", "euc_jp", "big5hkscs")
#: By so many bits a reading must be better than any other.
_MARGIN = 10.0
#: Bits that a byte takes as a letter of an alphabet: Latin, Cyrillic, Thai and so on.
_ALPHABET = 6.2
#: Bits that a letter of ASCII takes that a reading makes the second half of one of its own.
_ASCII = 5.0
#: The letters of a reading cost at most this much on the mean, or it is no text of the language.
_PLAUSIBLE = 12.4
_COMMON, _OTHER, _RARE, _ALIEN = 0.74, 13.6, 17.5, 24.0
_MARKS = frozenset("　、。·“”‘’《》「」『』【】（），：；？！％￥—…～－＋／．・ー℃×÷＄￦〇々")


def encoding_of_letters(data: bytes, *, is_whole: bool = True) -> str:
    """The encoding of bytes that are no UTF-8: one of `ENCODINGS`, or empty if none is told.

    What is not whole may begin and end anywhere in a file, but begins with a letter.
    """
    told = {
        name: read
        for name in ENCODINGS
        if (read := _read(data, name, is_whole=is_whole)) is not None
    }
    if not told:
        return ""
    best = min(told, key=lambda name: told[name].bits)
    if told[best].bits / told[best].letters > _PLAUSIBLE:
        return ""
    others = [reading.bits for name, reading in told.items() if name != best]
    if min([*others, told[best].as_alphabet]) - told[best].bits < _MARGIN:
        return ""
    return best


class _Reading(NamedTuple):
    """Bits that letters beyond ASCII take in a language, and how many these are.

    `as_alphabet` are the bits that their bytes take as letters of an alphabet and of ASCII.
    """

    bits: float
    letters: int
    as_alphabet: float


def _read(data: bytes, encoding: str, *, is_whole: bool) -> _Reading | None:
    """The bytes as text of the encoding's language; None where they are none."""
    try:
        # what is not whole may end within a letter
        text = codecs.getincrementaldecoder(encoding)().decode(data, final=is_whole)
    except UnicodeDecodeError:
        return None
    bits_of = _BITS[encoding]
    costs = [bits_of(letter) for letter in text if ord(letter) > 0x7F]
    high = sum(byte > 0x7F for byte in data)
    swallowed = len(data) - (len(text) - len(costs)) - high
    runs = len(re.findall(rb"[\x80-\xff]+", data))
    as_alphabet = _ALPHABET * high + _ASCII * swallowed + runs
    return _Reading(sum(costs), max(len(costs), 1), as_alphabet)


def _spread(common: frozenset[str]) -> float:
    return -math.log2(_COMMON / len(common))


def _chinese(letter: str) -> float:
    if letter in SIMPLIFIED:
        return _SIMPLIFIED
    if letter in _MARKS:
        return 11.0
    lead = letter.encode("gb18030")[:1]
    if "\u4e00" <= letter <= "\u9fa5" and _is_gb2312(letter):
        return _OTHER if lead <= b"\xd7" else _RARE
    return _ALIEN


def _is_gb2312(letter: str) -> bool:
    try:
        letter.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _korean(letter: str) -> float:
    if letter in HANGUL:
        return _HANGUL
    if letter in _MARKS:
        return 11.0
    if "\uac00" <= letter <= "\ud7a3":
        return _OTHER if letter.encode("cp949")[:1] >= b"\xb0" and _is_euc_kr(letter) else _ALIEN
    return _RARE + 2 if "\u4e00" <= letter <= "\u9fff" else _ALIEN


def _is_euc_kr(letter: str) -> bool:
    try:
        letter.encode("euc_kr")
    except UnicodeEncodeError:
        return False
    return True


def _japanese(letter: str) -> float:
    if "\u3041" <= letter <= "\u3093":
        return 8.0
    if "\u30a1" <= letter <= "\u30f6" or letter == "ー":
        return 8.6
    if letter in KANJI:
        return _KANJI
    if letter in _MARKS:
        return 11.0
    if "\u4e00" <= letter <= "\u9fff":
        lead = letter.encode("euc_jp", errors="replace")[:1]
        return _OTHER + 1 if b"\xb0" <= lead <= b"\xcf" else _RARE + 1
    return _ALIEN  # half-width letters too, which bytes of Latin text make


def _traditional(letter: str) -> float:
    if letter in TRADITIONAL:
        return _TRADITIONAL
    if letter in _MARKS:
        return 11.0
    if "\u4e00" <= letter <= "\u9fff":
        lead = letter.encode("big5hkscs")[:1]
        return _OTHER if b"\xa4" <= lead <= b"\xc6" else _RARE
    return _ALIEN


_SIMPLIFIED, _HANGUL = _spread(SIMPLIFIED), _spread(HANGUL)
_KANJI, _TRADITIONAL = _spread(KANJI) + 0.8, _spread(TRADITIONAL)
_BITS: dict[str, Callable[[str], float]] = {
    "gb18030": _chinese,
    "cp949": _korean,
    "cp932": _japanese,
    "euc_jp": _japanese,
    "big5hkscs": _traditional,
}
