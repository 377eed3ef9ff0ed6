"""Daily bars of Tiingo: prices as traded beside adjusted ones, of which the former are read.

The adjusted ones are restated for dividends too and are not stored: no model uses them, and the
received bytes are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.headings import heading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.received import Received


class Tiingo(DailyBars):
    """Reads one symbol's daily bars; the symbol is told by `--symbol` or the file's name."""

    name = "tiingo"
    source = "PX-TIINGO"
    basis = "raw"
    known: ClassVar[Mapping[str, str]] = {
        name: name for name in ("date", *PRICES, "volume", "ticker")
    }

    def recognises(self, received: Received) -> bool:
        """Both kinds of prices."""
        named = {heading(name).bare for name in received.header}
        return {"date", *PRICES, "adjclose", "adjopen"} <= named
