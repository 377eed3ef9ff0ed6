"""Daily bars of mainland stocks as AKShare's `stock_zh_a_hist` gives them, unadjusted.

Volume is in lots of 100 shares and is stored in shares. Turnover and the percentages are not
stored: the received bytes are kept. A row fetched during a session is that moment's and is held
back: the change that the next row states shows it, or the exchange's clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.lines import read_table
from flows.ingest.readers.listed import listing_of_file, listing_of_symbol
from flows.ingest.readers.reading import Plan, Reading
from flows.ingest.readers.whole_bars import set_contradicted_apart, set_open_apart
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from flows.ingest.readers.reading import Request
    from flows.ingest.received import Received

SOURCE = "PX-AKSHARE"
SHARES_A_LOT = 100
_CHINESE = {
    "日期": "date",
    "股票代码": "symbol",
    "开盘": "open",
    "收盘": "close",
    "最高": "high",
    "最低": "low",
    "成交量": "volume",
}
_STATED_PCT = {"涨跌幅": "stated_pct", "pct_chg": "stated_pct"}
_NEEDED = ("date", "open", "close", "high", "low", "volume")


class AkShare:
    """Reads the table with Chinese headers, and its English twin, which names no symbol."""

    name = "akshare"
    needs_listings = True

    def recognises(self, received: Received) -> bool:
        """The Chinese price columns, or the English ones with the change in per cent."""
        named = set(received.header)
        english = named.issuperset(_NEEDED) and not named.isdisjoint({"pct_chg", "turnover"})
        return received.form == "csv" and (english or named.issuperset(_CHINESE.keys()))

    def plan(self, received: Received, request: Request) -> Plan:
        """The Chinese table names the stock on each row; the English one in the file's name."""
        if request.kind not in (None, "prices"):
            raise Refused(f"{received.name} holds prices, not {request.kind}.", "Leave out --kind.")
        named = {_CHINESE.get(column, column) for column in received.header}
        missing = [column for column in _NEEDED if column not in named]
        if missing or received.form != "csv":
            raise Refused(
                f"{received.name} is no AKShare table: it lacks {', '.join(missing)}.",
                f"The columns are {', '.join(_CHINESE)}.",
                kind="prices",
            )
        assumed = ["Prices are as traded, not adjusted.", "Volume is in lots of 100 shares."]
        if "symbol" in named:
            return Plan("prices", self.name, assumed=tuple(assumed))
        listing = listing_of_file(received.name, request)
        assumed.insert(
            0, f"Every row is of {listing.symbol} ({listing.mic}), in {listing.currency}."
        )
        subject = f"{listing.symbol}@{listing.mic}"
        return Plan("prices", self.name, subject, listing, tuple(assumed))

    def read(self, received: Received, plan: Plan, request: Request) -> Reading:
        """One record a row. Raises Refused for a stock that the store has no listing of."""
        table = read_table(received)
        rows = table.rows.rename({**_CHINESE, **_STATED_PCT}, strict=False)
        if plan.listing is not None:
            rows = rows.with_columns(pl.lit(plan.listing.symbol).alias("symbol"))
            listed = [plan.listing]
        else:
            symbols = rows["symbol"].drop_nulls().unique().sort().to_list()
            listed = [listing_of_symbol(symbol, request.listings) for symbol in symbols]
        mic = {one.symbol: one.mic for one in listed}
        currency = {one.symbol: one.currency for one in listed}
        rows, ragged = set_open_apart(
            rows.with_columns(pl.col("date").alias("traded_on")),
            table.ragged,
            {one.symbol: one.open_from for one in listed},
        )
        if "stated_pct" in rows.columns:
            rows, ragged = set_contradicted_apart(rows, ragged)
        symbol = pl.col("symbol")
        columns = [
            pl.col("date").alias("published_on"),
            *(pl.col(name) for name in ("symbol", "traded_on", "open", "high", "low", "close")),
            _shares(pl.col("volume")).alias("volume"),
            symbol.replace_strict(mic, default=None, return_dtype=pl.String).alias("mic"),
            symbol.replace_strict(currency, default=None, return_dtype=pl.String).alias("currency"),
            pl.lit("raw").alias("adjustment"),
            pl.lit(SOURCE).alias("source_id"),
            pl.lit("seen-secondary").alias("confidence"),
            pl.col("line"),
        ]
        return Reading(rows.select(columns), ragged, table.raw)


def _shares(lots: pl.Expr) -> pl.Expr:
    """Lots to shares, exactly; what is no number is handed on for the contract to refuse."""
    shares = lots.cast(pl.Decimal(28, 6), strict=False) * SHARES_A_LOT
    return pl.coalesce(shares.cast(pl.String), lots)
