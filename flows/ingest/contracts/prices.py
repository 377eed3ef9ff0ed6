"""Daily bars of stocks and index levels."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from flows.ingest.contracts.record import CURRENCY, MIC, Record, amount, day, one_of

ADJUSTMENTS = ("raw", "split", "total_return")
#: More than any share or index ever cost; the models compute with it exactly.
MOST = 10**9
#: How many times the lowest price of a day the highest may be.
MOST_APART = 8


class Price(Record):
    """One trading day of one listing, in the listing's quote currency."""

    symbol = dy.String(
        primary_key=True,
        regex=r"^[A-Z0-9][A-Z0-9.^-]{0,15}$",
        description="Ticker or index symbol, as in `listings`.",
    )
    mic = dy.String(primary_key=True, regex=MIC, description="ISO 10383 market code.")
    traded_on = day(primary_key=True, description="Day of the exchange's own calendar.")
    adjustment = one_of(
        ADJUSTMENTS,
        primary_key=True,
        description="raw as traded; split: restated for splits; total_return: for dividends too.",
    )
    open = amount(6, min_exclusive=0, max=MOST, description="Per share or index points.")
    high = amount(6, min_exclusive=0, max=MOST)
    low = amount(6, min_exclusive=0, max=MOST)
    close = amount(6, min_exclusive=0, max=MOST, nullable=False)
    volume = amount(
        0, min=0, max=10**15, description="Shares, not lots; null for an index without volume."
    )
    currency = dy.String(regex=CURRENCY, description="Of the quote, ISO 4217.")

    @dy.rule()
    def high_is_highest(cls) -> pl.Expr:
        return pl.max_horizontal(cls.open.col, cls.low.col, cls.close.col) <= cls.high.col

    @dy.rule()
    def low_is_lowest(cls) -> pl.Expr:
        return pl.min_horizontal(cls.open.col, cls.high.col, cls.close.col) >= cls.low.col

    @dy.rule()
    def prices_in_one_unit(cls) -> pl.Expr:
        """No price of a day is eight times another of it: one of them is in another unit."""
        prices = [cls.open.col, cls.high.col, cls.low.col, cls.close.col]
        # a price of nothing breaks a rule of its own
        above_zero = [pl.when(price > 0).then(price) for price in prices]
        return pl.max_horizontal(prices) <= MOST_APART * pl.min_horizontal(above_zero)

    @dy.rule()
    def known_when_traded(cls) -> pl.Expr:
        return cls.published_on.col >= cls.traded_on.col
