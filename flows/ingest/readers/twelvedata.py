"""Daily bars of Twelve Data, as CSV: datetime;open;high;low;close;volume.

Whether prices are restated is in the request and not in the answer: the stored closes tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.headings import heading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.received import Received


class TwelveData(DailyBars):
    """Reads one symbol's daily bars; the symbol is told by `--symbol` or the file's name."""

    name = "twelvedata"
    source = "PX-TWELVEDATA"
    basis = None
    known: ClassVar[Mapping[str, str]] = {
        "datetime": "date",
        **{name: name for name in (*PRICES, "volume")},
    }

    def recognises(self, received: Received) -> bool:
        """Its name of the day before the prices."""
        bare = tuple(heading(name).bare for name in received.header)
        return bare[:5] == ("datetime", *PRICES)
