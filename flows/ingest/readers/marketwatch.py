"""Daily bars as MarketWatch and the Wall Street Journal give them: 12/19/2025, $180.99.

Months come before days, prices are restated for splits. The columns are Yahoo's: the first row
tells it from it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flows.ingest.readers.bars import DailyBars
from flows.ingest.readers.headings import heading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.received import Received

_NAMES = ("date", "open", "high", "low", "close")
_ROW = re.compile(r'^"?[01]?\d/[0-3]?\d/(\d{4}|\d{2})"?,\s*"?\$')


class MarketWatch(DailyBars):
    """Reads one symbol's daily bars; the symbol is told by `--symbol` or the file's name."""

    name = "marketwatch"
    source = "PX-MARKETWATCH"
    basis = "split"
    date_order = "mdy"
    known: ClassVar[Mapping[str, str]] = {name: name for name in (*_NAMES, "volume")}

    def recognises(self, received: Received) -> bool:
        """Yahoo's columns, and in the first row a day of its form and a dollar sign."""
        bare = tuple(heading(name).bare for name in received.header)
        if received.form != "csv" or bare not in (_NAMES, (*_NAMES, "volume")):
            return False
        with received.path.open(encoding="utf-8", errors="replace") as text:
            for number, line in enumerate(text, start=1):
                if number > received.header_line:
                    return _ROW.match(line) is not None
        return False
