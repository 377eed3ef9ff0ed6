"""Daily bars of Alpha Vantage, as CSV or JSON, the plain series or the adjusted one.

Open, high, low and close are as traded in both (its documentation: raw, as-traded); the adjusted
close and the actions of the longer series are not stored. Volume is in shares. JSON names its
symbol, CSV does not.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from flows.ingest.lines import Table
from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.received import Received

_SERIES = "Time Series (Daily)"
_OTHER_SERIES = re.compile(r"(Weekly|Monthly|Time Series \()")
_MESSAGES = ("Information", "Note", "Error Message")
_ENTRY = re.compile(r'"(\d{4}-\d{2}-\d{2})"\s*:\s*\{[^{}]*\}')


class AlphaVantage(DailyBars):
    """Reads one symbol's daily bars, newest first as they come or in any order."""

    name = "alphavantage"
    source = "PX-ALPHAVANTAGE"
    basis = "raw"
    known: ClassVar[Mapping[str, str]] = {
        "timestamp": "date", "ticker": "ticker", **{name: name for name in (*PRICES, "volume")},
    }  # fmt: skip

    def recognises(self, received: Received) -> bool:
        """`timestamp` and the prices, or the keys of its JSON, an error's too."""
        if received.form == "csv":
            return received.header[:5] == ("timestamp", *PRICES)
        named = received.header
        return any(_OTHER_SERIES.match(key) or key == _SERIES for key in named) or (
            len(named) == 1 and named[0] in _MESSAGES
        )

    def columns(self, received: Received) -> Mapping[str, str]:
        """Those of the CSV; JSON is brought to them."""
        if received.form == "csv":
            return super().columns(received)
        return dict(self.known)

    def table(self, received: Received) -> Table:
        """One row a day. Raises Refused for a message in place of data, or another interval."""
        if received.form == "csv":
            return super().table(received)
        text = received.path.read_text(encoding="utf-8")
        try:
            # a key that stands twice is two rows, not the last one of them
            pairs = dict(json.loads(text, object_pairs_hook=list))
        except (ValueError, TypeError, RecursionError) as error:
            raise Refused(
                f"{received.name} is not whole JSON ({str(error)[:80]}).", "Fetch it again."
            ) from None
        for key in _MESSAGES:
            if key in pairs:
                raise Refused(
                    f"{received.name} holds a message of Alpha Vantage in place of prices:"
                    f" {str(pairs[key])[:160]}",
                    "Fetch it again when the limit allows it.",
                    kind="prices",
                )
        if not isinstance(pairs.get(_SERIES), list):
            raise Refused(
                f"{received.name} holds no daily series; it has {', '.join(pairs)[:120]}.",
                "Fetch TIME_SERIES_DAILY or TIME_SERIES_DAILY_ADJUSTED.",
                kind="prices",
            )
        return _as_table(text, pairs)


def _as_table(text: str, pairs: dict[str, list[list[object]]]) -> Table:
    described = {str(key): value for key, value in pairs.get("Meta Data", [])}
    ticker = next((str(v) for key, v in described.items() if key.endswith("Symbol")), None)
    texts = [entry[0] for entry in _ENTRY.finditer(text)]
    starts = [text.count("\n", 0, entry.start()) + 1 for entry in _ENTRY.finditer(text)]
    bars = []
    for place, (day, values) in enumerate(pairs[_SERIES], start=1):
        cells = dict(values) if isinstance(values, list) else {}
        named = {str(key).partition(". ")[2] or str(key): value for key, value in cells.items()}
        line = starts[place - 1] if len(starts) == len(pairs[_SERIES]) else place
        raw = texts[place - 1] if len(texts) == len(pairs[_SERIES]) else json.dumps(cells)
        bars.append((ticker, str(day), *(named.get(n) for n in (*PRICES, "volume")), line, raw))
    columns = ("ticker", "timestamp", *PRICES, "volume")
    frame = pl.DataFrame(
        [tuple(None if v is None else str(v) for v in bar[:-2]) + bar[-2:] for bar in bars],
        schema={**dict.fromkeys(columns, pl.String), "line": pl.Int64, "raw": pl.String},
        orient="row",
    )
    if frame["line"].n_unique() < frame.height:  # all on one line: the place is told instead
        frame = frame.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("line"))
    ragged = pl.DataFrame(schema={"line": pl.Int64, "rule": pl.String, "reason": pl.String})
    return Table(frame.select(*columns, "line"), ragged, frame.select("line", "raw"))
