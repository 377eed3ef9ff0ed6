"""The encoding of received text, told from its bytes, and its way to UTF-8.

UTF-16 is told by its mark or by the zero bytes between its letters; the encodings of Chinese,
Korean and Japanese by how common the letters are that they make (`script`). Anything else is not
guessed, and what was guessed is said.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from flows.ingest.received import FORMS, SAMPLE
from flows.ingest.refusal import Refused
from flows.ingest.script import encoding_of_letters

if TYPE_CHECKING:
    from pathlib import Path

_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_WORDS = {
    "gb18030": "GB18030 (Chinese)", "cp949": "CP949, EUC-KR (Korean)",
    "cp932": "CP932, Shift-JIS (Japanese)", "euc_jp": "EUC-JP (Japanese)",
    "big5hkscs": "Big5 (Chinese)",
}  # fmt: skip
#: Up to this size a file is looked through to its end for letters that are no UTF-8.
_WHOLE = 64 << 20
_CHUNK = 1 << 20


def encoding_of(path: Path) -> str:
    """The name of the encoding to decode a file from; empty where it is UTF-8, or no text."""
    with path.open("rb") as source:
        sample = source.read(SAMPLE)
    if sample.startswith((b"PAR1", *FORMS)):
        return ""
    for mark, encoding in _MARKS.items():
        if sample.startswith(mark):
            return encoding
    unmarked = _unmarked_utf16(sample)
    if unmarked or (odd := _first_odd(path)) is None:
        return unmarked
    letters = _from_line_of(path, odd)
    return encoding_of_letters(letters, is_whole=len(letters) < SAMPLE)


def taken_as(encoding: str) -> str:
    """What is said of a file that was decoded so."""
    if encoding in _MARKS.values():
        return f"Letters in {encoding.upper()}, as its first bytes say."
    return f"Letters in {_WORDS.get(encoding, encoding.upper())}: told by its bytes, not stated."


def to_utf8(path: Path, target: Path, encoding: str, name: str) -> None:
    """Write the text of a file as UTF-8 without a mark. Raises Refused where it does not decode."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, mark = 1, "\ufeff"
    with path.open("rb") as source, target.open("wb") as decoded:
        is_last = False
        while not is_last:
            chunk = source.read(_CHUNK)
            is_last = not chunk
            try:
                text = decoder.decode(chunk, final=is_last)
            except UnicodeDecodeError as error:
                raise Refused(
                    f"{name} is not {encoding.upper()} throughout: after line {line} it cannot be"
                    f" decoded ({error.reason}).",
                    "Save it as UTF-8.",
                ) from None
            line += text.count("\n")
            decoded.write(text.removeprefix(mark).encode("utf-8"))
            mark = ""


def _unmarked_utf16(sample: bytes) -> str:
    """Letters of ASCII in UTF-16 have every other byte zero; no other text has zero bytes."""
    if len(sample) < 4:
        return ""
    pairs = len(sample) // 2
    if sample[1::2].count(0) * 2 > pairs and not sample[0::2].count(0):
        return "utf-16-le"
    if sample[0::2].count(0) * 2 > pairs and not sample[1::2].count(0):
        return "utf-16-be"
    return ""


def _first_odd(path: Path) -> int | None:
    """Where a file stops being UTF-8, None where it does not, as far as it is looked through."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    limit = _WHOLE if path.stat().st_size <= _WHOLE else SAMPLE
    done = 0
    with path.open("rb") as source:
        while True:
            chunk = source.read(min(_CHUNK, limit - done))
            try:
                decoder.decode(chunk, final=not chunk and limit == _WHOLE)
            except UnicodeDecodeError as error:
                # the decoder may have kept the beginning of a letter from the chunk before
                return done + len(chunk) - len(error.object) + error.start
            if not chunk:
                return None
            done += len(chunk)


def _from_line_of(path: Path, place: int) -> bytes:
    """A sample from the beginning of a line on; of a very long one from its middle."""
    before = min(place, SAMPLE)
    with path.open("rb") as source:
        source.seek(place - before)
        data = source.read(before + SAMPLE)
    return data[data.rfind(b"\n", 0, before) + 1 :] if b"\n" in data[:before] else data[before:]
