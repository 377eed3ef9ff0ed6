"""Daily bars of Alpaca's market data interface, as JSON of one symbol or of several.

A day is the moment of its midnight in New York, in UTC. Which adjustment was asked for is not in
the answer: the store tells it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.tables import table_of
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.lines import Table
    from flows.ingest.received import Received

_KEYS = {"t": "date", "o": "open", "h": "high", "l": "low", "c": "close", "v": "volume"}


class Alpaca(DailyBars):
    """Reads `{"bars": {"NVDA": [...]}}` and `{"bars": [...], "symbol": "NVDA"}`."""

    name = "alpaca"
    source = "PX-ALPACA"
    basis = None

    def recognises(self, received: Received) -> bool:
        """The key of its bars."""
        return received.form in ("json", "ndjson") and "bars" in received.header

    def columns(self, received: Received) -> Mapping[str, str]:
        """Those of the objects, made a table."""
        return {name: name for name in ("ticker", "date", *PRICES, "volume")}

    def table(self, received: Received) -> Table:
        """One row a bar. Raises Refused where there are none."""
        try:
            # digits stay as they are: a number is not made one of another precision
            whole = json.loads(
                received.path.read_text(encoding="utf-8"), parse_float=str, parse_int=str
            )
            bars = whole["bars"]
            by_symbol = bars if isinstance(bars, dict) else {str(whole["symbol"]): bars}
            found = [
                (symbol, *(bar.get(key) for key in _KEYS), json.dumps(bar))
                for symbol, of_symbol in by_symbol.items()
                for bar in of_symbol or ()
            ]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            found = []
        if not found:
            raise Refused(
                f"{received.name} holds no bars of Alpaca: the answer is empty or cut off.",
                "Fetch it again, with timeframe=1Day.",
                kind="prices",
            )
        columns = ("ticker", *_KEYS.values())
        return table_of(columns, [row[:-1] for row in found], [row[-1] for row in found])
