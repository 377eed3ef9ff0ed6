"""Daily bars as Nasdaq.com gives them for download: newest first, 12/09/2025, $184.97.

Months come before days. Prices carry a dollar sign; an index or a rate has none. Whether they are
restated for splits the file does not say: the stored closes do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flows.ingest.readers.bars import DailyBars
from flows.ingest.readers.headings import heading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.received import Received


class Nasdaq(DailyBars):
    """Reads one symbol's daily bars; the symbol is told by `--symbol` or the file's name."""

    name = "nasdaq"
    source = "PX-NASDAQ"
    basis = None
    date_order = "mdy"
    known: ClassVar[Mapping[str, str]] = {
        "date": "date", "close/last": "close", "volume": "volume", "open": "open", "high": "high",
        "low": "low",
    }  # fmt: skip

    def recognises(self, received: Received) -> bool:
        """The column that only Nasdaq has."""
        return any(heading(name).bare == "close/last" for name in received.header)
