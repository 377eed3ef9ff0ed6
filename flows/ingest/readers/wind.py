"""Daily bars as the terminal of Wind exports them: units in the names, a line of source below.

The table is that of other Chinese pages with the close before and a mean price in it; prices are as
traded, unless the store or the turnover shows otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.ingest.readers.akshare import AkShare
from flows.ingest.readers.bars import PRICES
from flows.ingest.readers.headings import heading

if TYPE_CHECKING:
    from flows.ingest.received import Received


class Wind(AkShare):
    """Reads the bars of one stock or of many, with tickers such as 688256.SH."""

    name = "wind"
    source = "PX-WIND"

    def recognises(self, received: Received) -> bool:
        """Its names of the short name and of the close before."""
        named = {heading(name).bare for name in received.header}
        ours = set(self.columns(received).values())
        is_its = "前收盘价" in named and not named.isdisjoint({"简称", "证券简称", "代码"})
        return received.form in ("csv", "parquet") and is_its and ours >= {"date", *PRICES}

    def lot(self, received: Received, mic: str) -> int | None:
        """Shares."""
        return 1
