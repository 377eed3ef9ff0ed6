"""Daily bars of Eastmoney's kline interface, as JSON: one text of eleven values a day.

The order of the values is that of its fields f51 to f61: day, open, close, high, low, volume,
turnover, amplitude, change in per cent. Volume of the mainland is in lots of 100 shares. Whether
prices are adjusted is in the request and not in the answer.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flows.ingest.readers.akshare import MAINLAND
from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.headings import LOT
from flows.ingest.readers.tables import table_of
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.lines import Table
    from flows.ingest.received import Received

_FIELDS = ("date", "open", "close", "high", "low", "volume", "amount", "amplitude", "stated_pct")
_NEEDED = 6
#: Its numbers of markets, as the suffix of a ticker.
_MARKETS = {"0": "SZ", "1": "SH", "105": "US", "106": "US", "107": "US", "116": "HK"}


class Eastmoney(DailyBars):
    """Reads one symbol's daily kline."""

    name = "eastmoney"
    source = "PX-EASTMONEY"
    basis = "raw"
    is_basis_firm = False

    def recognises(self, received: Received) -> bool:
        """The keys of its answer."""
        return received.form in ("json", "ndjson") and {"rc", "data"} <= set(received.header)

    def columns(self, received: Received) -> Mapping[str, str]:
        """Those of the texts, made a table."""
        ours = ("ticker", "date", *PRICES, "volume", "amount", "stated_pct")
        return {name: name for name in ours}

    def lot(self, received: Received, mic: str) -> int | None:
        """Lots on the mainland."""
        return LOT if mic in MAINLAND else 1

    def table(self, received: Received) -> Table:
        """One row a text. Raises Refused where there are none, or fewer values than needed."""
        try:
            data = json.loads(received.path.read_text(encoding="utf-8"))["data"]
            code, market, lines = str(data["code"]), str(data["market"]), list(data["klines"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Refused(
                f"{received.name} holds no klines of Eastmoney: the answer is empty or cut off.",
                "Fetch it again, with klt=101 for daily bars.",
                kind="prices",
            ) from None
        parts = [str(line).split(",") for line in lines]
        if not parts or any(len(values) < _NEEDED for values in parts):
            raise Refused(
                f"{received.name} has klines of fewer than {_NEEDED} values.",
                "Fetch it again with fields2=f51,f52,f53,f54,f55,f56,f57,f58,f59.",
                kind="prices",
            )
        suffix = _MARKETS.get(market)
        ticker = f"{code}.{suffix}" if suffix else code
        width = len(_FIELDS)
        rows = [
            (ticker, *values[:width], *([None] * (width - len(values[:width])))) for values in parts
        ]
        return table_of(("ticker", *_FIELDS), rows, [str(line) for line in lines])
