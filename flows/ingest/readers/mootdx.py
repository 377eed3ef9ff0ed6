"""Daily bars of the package mootdx, from the servers of Tongdaxin.

As traded. Volume is in lots with most of its calls and in shares with some, and the table does not
say: the turnover or the store does. A second volume column, as pandas names a copy, is not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.headings import heading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.received import Received


class Mootdx(DailyBars):
    """Reads one symbol's daily bars; the symbol is told by `--symbol` or the file's name."""

    name = "mootdx"
    source = "PX-MOOTDX"
    basis = "raw"
    is_basis_firm = False
    known: ClassVar[Mapping[str, str]] = {
        **{name: name for name in ("date", *PRICES, "volume", "amount")},
        "datetime": "date", "vol": "volume", "code": "ticker",
    }  # fmt: skip

    def recognises(self, received: Received) -> bool:
        """Two volumes, or the parts of a day beside the day."""
        named = {heading(name).bare for name in received.header}
        has_two = {"volume", "volume.1"} <= named or {"vol", "volume"} <= named
        return {*PRICES} <= named and (has_two or {"vol", "year", "month", "day"} <= named)

    def columns(self, received: Received) -> Mapping[str, str]:
        """Of two volumes and two days the one that is named in full."""
        ours = dict(super().columns(received))
        for less, more in (("vol", "volume"), ("datetime", "date")):
            named = {heading(name).bare for name in received.header}
            if more in named:
                ours = {name: to for name, to in ours.items() if heading(name).bare != less}
        return ours

    def lot(self, received: Received, mic: str) -> int | None:
        """Not known."""
        return None
