"""Daily bars of the package baostock: `adjustflag` says the basis, volume is in shares.

3 is as traded, 2 is restated to date (前复权), 1 is restated from the first day on (后复权), which
joins no series of ours. On a day of suspension the row repeats the close before, and is no bar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import polars as pl

from flows.ingest.lines import Table
from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.basis import Stated
from flows.ingest.readers.headings import heading
from flows.ingest.readers.tables import any_table
from flows.ingest.readers.whole_bars import set_apart
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.received import Received

_FLAGS = {"3": "raw", "2": "split"}


class Baostock(DailyBars):
    """Reads the bars of one stock or of many, with tickers such as sh.688256."""

    name = "baostock"
    source = "PX-BAOSTOCK"
    basis = None
    known: ClassVar[Mapping[str, str]] = {
        "code": "ticker", **{name: name for name in ("date", *PRICES, "volume", "amount")},
        "pctchg": "stated_pct",
    }  # fmt: skip

    def recognises(self, received: Received) -> bool:
        """Its names of stock and basis."""
        named = {heading(name).bare for name in received.header}
        return {"code", "date", *PRICES} <= named and not named.isdisjoint(
            {"adjustflag", "preclose", "tradestatus"}
        )

    def table(self, received: Received) -> Table:
        """Without the days of suspension: their rows are ragged."""
        table = any_table(received)
        if "tradestatus" not in received.header:
            return table
        rows, ragged = set_apart(
            table.rows, table.ragged, pl.col("tradestatus").is_in(("0", "0.0")), "suspended",
            pl.format("Trading was suspended on {}: the row repeats an earlier close.", "date"),
        )  # fmt: skip
        return Table(rows, ragged, table.raw)

    def stated_basis(self, received: Received) -> Stated:
        """By the flag. Raises Refused for 1, and where rows have different ones."""
        if "adjustflag" not in received.header:
            return Stated(None)
        flags = {
            flag.removesuffix(".0")
            for flag in any_table(received).rows["adjustflag"].drop_nulls().unique().to_list()
        }
        if len(flags) == 1 and flags <= _FLAGS.keys():
            return Stated(_FLAGS[flags.pop()])
        what = "rows of different adjustflag" if len(flags) > 1 else "adjustflag 1 (后复权)"
        raise Refused(
            f"{received.name} has {what}: prices restated from the first day on, or of two bases,"
            " join no series here.",
            'Fetch it again with adjustflag="3" (as traded) or "2" (restated to date).',
            kind="prices",
        )
