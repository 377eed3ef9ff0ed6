"""Daily bars as the terminal of Tongdaxin exports them: a title, a header of padded names, tabs.

The title names the stock and the basis (不复权 as traded, 前复权 restated to date). Volume is in
shares for stocks; the turnover beside it tells where it is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.ingest.header_rows import title_of
from flows.ingest.readers.akshare import AkShare
from flows.ingest.readers.bars import PRICES
from flows.ingest.readers.basis import Stated
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from flows.ingest.readers.reading import Plan, Request
    from flows.ingest.received import Received

_WORDS = {"不复权": "raw", "前复权": "split"}


class Tongdaxin(AkShare):
    """Reads one symbol's daily bars; the symbol is told by `--symbol` or the file's name."""

    name = "tongdaxin"
    source = "PX-TONGDAXIN"

    def recognises(self, received: Received) -> bool:
        """A title above the header that says what the prices are."""
        title = title_of(received)
        ours = set(self.columns(received).values())
        return "复权" in title and ours >= {"date", *PRICES}

    def stated_basis(self, received: Received) -> Stated:
        """By the title. Raises Refused for prices restated from the first day on."""
        title = title_of(received)
        for word, basis in _WORDS.items():
            if word in title:
                return Stated(basis)
        if "后复权" in title:
            raise Refused(
                f"{received.name} has prices restated from the first day on (后复权), which join"
                " no series here.",
                "Export it again with 不复权 or 前复权.",
                kind="prices",
            )
        return Stated("raw", is_firm=False)

    def lot(self, received: Received, mic: str) -> int | None:
        """Shares."""
        return 1

    def plan(self, received: Received, request: Request) -> Plan:
        """Daily bars only. Raises Refused for another interval."""
        title = title_of(received)
        if "线" in title and "日线" not in title:
            raise Refused(
                f"{received.name} holds other than daily bars: {title[:40]}.",
                "Export 日线.",
                kind="prices",
            )
        return super().plan(received, request)
