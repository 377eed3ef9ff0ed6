"""Daily bars as Barchart.com gives them for download: Time, Latest, a last line of its own.

Whether prices are restated for splits or dividends is chosen there and not in the file: the stored
closes tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flows.ingest.readers.bars import DailyBars
from flows.ingest.readers.headings import heading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.received import Received


class Barchart(DailyBars):
    """Reads one symbol's daily bars; the symbol is told by `--symbol` or the file's name."""

    name = "barchart"
    source = "PX-BARCHART"
    basis = None
    date_order = "mdy"
    known: ClassVar[Mapping[str, str]] = {
        "time": "date", "date": "date", "date time": "date", "symbol": "ticker", "open": "open",
        "high": "high", "low": "low", "latest": "close", "last": "close", "volume": "volume",
    }  # fmt: skip

    def recognises(self, received: Received) -> bool:
        """Its names of close and change."""
        named = {heading(name).bare for name in received.header}
        return not named.isdisjoint({"latest", "last"}) and not named.isdisjoint(
            {"%change", "%chg"}
        )
