"""Daily bars of Stooq: the CSV of one symbol, and the bulk text with a ticker on each row.

The CSV has Yahoo's columns and is told from it by its name (nvda_us_d.csv) or by `--provider`.
Stooq restates prices as its user chose, and the file does not say: the stored closes do.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from flows.ingest.readers.bars import DailyBars
from flows.ingest.readers.headings import heading
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.lines import Table
    from flows.ingest.received import Received

_DAILY = ("date", "open", "high", "low", "close", "volume")
#: The name under which Stooq saves the daily CSV: of the symbol, its market, and the interval.
_NAME = re.compile(
    r"(^|[^a-z])stooq([^a-z]|$)|^[a-z0-9^.]+_d( ?\(\d+\))?\.|^[a-z0-9^]+_[a-z]{2}_d\b"
)


class Stooq(DailyBars):
    """Reads both forms; rows of an interval other than a day are refused."""

    name = "stooq"
    source = "PX-STOOQ"
    basis = None
    known: ClassVar[Mapping[str, str]] = {
        "date": "date", "open": "open", "high": "high", "low": "low", "close": "close",
        "volume": "volume",
        "<ticker>": "ticker", "<date>": "date", "<open>": "open", "<high>": "high",
        "<low>": "low", "<close>": "close", "<vol>": "volume",
    }  # fmt: skip

    def recognises(self, received: Received) -> bool:
        """Names in angle brackets, or Yahoo's columns under a name of Stooq's."""
        named = set(received.header)
        bare = tuple(heading(name).bare for name in received.header)
        is_daily = bare in (_DAILY, _DAILY[:5])
        place = PurePath(received.name).name.lower()
        return named.issuperset({"<TICKER>", "<PER>", "<DATE>", "<CLOSE>"}) or (
            is_daily and _NAME.search(place) is not None
        )

    def table(self, received: Received) -> Table:
        """The rows of a day's interval. Raises Refused where there are others."""
        table = super().table(received)
        if "<PER>" in table.rows.columns:
            other = table.rows.filter(pl.col("<PER>") != "D")
            if other.height:
                raise Refused(
                    f"{received.name} holds bars of the interval {other['<PER>'][0]!r} in line"
                    f" {other['line'][0]}, not daily bars.",
                    "Download the daily files.",
                    kind="prices",
                )
        return table
