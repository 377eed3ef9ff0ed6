"""Daily bars as Yahoo Finance and sites like it give them: Date,Open,High,Low,Close,Volume.

Prices are restated for splits, not for dividends. `Adj Close` (dividends too), `wap` and `count`
are not stored: no model uses them, and the received bytes are kept. The file names no symbol. A
`Currency` column, as investpy writes it, must be the listing's. Tables in lower case are of Sina,
Stooq, notebooks and others: of these the store tells the basis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.basis import Stated
from flows.ingest.readers.headings import heading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.received import Received

#: Columns by which the same bars of other providers, in other units, are told apart.
_NOT_OURS = {"amount", "pct_chg", "turnover"}


class Yahoo(DailyBars):
    """Reads one symbol's daily bars; the symbol is told by `--symbol` or the file's name."""

    name = "yahoo"
    source = "PX-YAHOO"
    basis = "split"
    known: ClassVar[Mapping[str, str]] = {
        **{name: name for name in ("date", *PRICES, "volume")},
        "vol": "volume", "vol.": "volume", "last": "close", "currency": "stated_currency",
        "symbol": "ticker", "ticker": "ticker",
    }  # fmt: skip

    def recognises(self, received: Received) -> bool:
        """A date and the four prices, whatever their case and order, and no lots or turnover."""
        bare = {heading(name).bare for name in received.header}
        is_table = received.form in ("csv", "parquet", "ndjson")
        return is_table and {"date", *PRICES} <= bare and not _NOT_OURS.intersection(bare)

    def stated_basis(self, received: Received) -> Stated:
        """Restated for splits, by the names that Yahoo writes."""
        bare = {heading(name).bare for name in received.header}
        has_adjusted = bool({"adj close", "adjclose", "adj_close"} & bare)
        if has_adjusted or "Close" in {name.rstrip("*") for name in received.header}:
            return Stated("split")
        return Stated(None, otherwise="split")
