"""The body of an HTTP answer, unpacked and counted as it comes: cut-off and bombs are caught."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PIECE = 1 << 20
_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}

#: What is asked for; anything else in an answer was not.
ACCEPTED = "gzip, deflate"


class CutOff(Exception):
    """A packed body ends in the middle, or is no packed body at all."""


def unpacked(body: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The bytes behind a Content-Encoding, at most 1 MB at a time.

    Raises CutOff, and LookupError for an encoding that was not asked for.
    """
    stated = encoding.strip().lower()
    if stated in ("", "identity"):
        yield from body
        return
    window = _WINDOW[stated]
    inflate = zlib.decompressobj(window)
    try:
        for piece in body:
            left = piece
            while left:
                if inflate.eof:  # gzip may be several members in a row
                    inflate = zlib.decompressobj(window)
                yield inflate.decompress(left, _PIECE)
                left = inflate.unconsumed_tail or inflate.unused_data
    except zlib.error as error:
        raise CutOff from error
    if not inflate.eof:
        raise CutOff
