"""Sales: what a vendor sold to whom over a period, filed, estimated or shipped."""

from __future__ import annotations

from typing import Any

import dataframely as dy
import polars as pl

from flows.ingest.contracts.record import (
    CURRENCY,
    PUBLISHED_BASES,
    Record,
    amount,
    day,
    identifier,
    name,
    one_of,
)

BASES = ("billing", "customer_hq", "shipment", "unspecified")
VALUE_TYPES = ("reported", "ytd", "derived", "estimate", "forecast")
SCOPES = ("company", "data_center", "ai_chips", "product")

#: No vendor sells more in any currency; a larger number is a slip of the unit.
MOST = 10**15


def money(**options: Any) -> dy.Decimal:
    """An amount of money, in whole units of its currency and cents."""
    return amount(2, min=-MOST, max=MOST, **options)


class Sale(Record):
    """One amount sold over a period; a shipment has period_start = period_end."""

    sale_id = identifier(primary_key=True, description="Readable and stable, yours to choose.")
    vendor = name(description="As in `companies`.")
    chip_id = identifier(nullable=True, description="Set only where the row is of one chip.")
    segment = name(description="Total, Data Center, or the product line as filed.")
    customer = name(nullable=True, description="Who bought, where known.")
    region = name(description="As filed: World, China, China incl. HK, non-China.")
    basis = one_of(BASES, description="What decides that a sale is of the region.")
    scope = one_of(SCOPES, description="How much besides AI chips the amount holds.")
    fiscal_period = name(nullable=True, description="The filer's own name: FY26Q1, 2025H1.")
    period_start = day(description="First day of the period.")
    period_end = day(description="Last day of the period, included.")
    units = amount(0, min=0, max=MOST, description="Whole chips, cards or units.")
    units_low = amount(0, min=0, max=MOST, description="Lower end where the source gives a range.")
    units_high = amount(0, min=0, max=MOST, description="Upper end of that range.")
    unit_price = amount(4, min=0, max=MOST, description="Per unit, in `currency`.")
    revenue = money(description="In units of `currency`, never in millions.")
    revenue_low = money(description="Lower end where only a range or bound is known.")
    revenue_high = money(description="Upper end of that range.")
    currency = dy.String(regex=CURRENCY, nullable=True, description="Needed where there is money.")
    value_type = one_of(
        VALUE_TYPES,
        description="ytd: accumulated since the fiscal year began (H1, nine months, full year).",
    )
    published_basis = one_of(PUBLISHED_BASES, description="How `published_on` is known.")

    @dy.rule()
    def period_in_order(cls) -> pl.Expr:
        return cls.period_start.col <= cls.period_end.col

    @dy.rule()
    def reported_after_the_period(cls) -> pl.Expr:
        """What is reported or year-to-date is known once its period is over."""
        is_actual = cls.value_type.col.is_in(["reported", "ytd"])
        return ~is_actual | (cls.published_on.col >= cls.period_end.col)

    @dy.rule()
    def period_within_two_years(cls) -> pl.Expr:
        return (cls.period_end.col - cls.period_start.col).dt.total_days() <= 731

    @dy.rule()
    def says_something(cls) -> pl.Expr:
        return pl.any_horizontal(
            c.is_not_null()
            for c in (cls.units.col, cls.units_high.col, cls.revenue.col, cls.revenue_high.col)
        )

    @dy.rule()
    def money_has_a_currency(cls) -> pl.Expr:
        money = (cls.revenue.col, cls.revenue_high.col, cls.unit_price.col)
        return pl.all_horizontal(c.is_null() for c in money) | cls.currency.col.is_not_null()

    @dy.rule()
    def ranges_in_order(cls) -> pl.Expr:
        return (cls.units_low.col <= cls.units_high.col).fill_null(True) & (
            cls.revenue_low.col <= cls.revenue_high.col
        ).fill_null(True)

    @dy.rule()
    def units_times_price_is_money(cls) -> pl.Expr:
        """The product stands for the revenue where none is given, and is as large at most."""
        product = cls.units.col.cast(pl.Float64) * cls.unit_price.col.cast(pl.Float64)
        return (product <= MOST).fill_null(True)

    @dy.rule()
    def revenue_is_units_times_price(cls) -> pl.Expr:
        product = cls.units.col.cast(pl.Float64) * cls.unit_price.col.cast(pl.Float64)
        gap = (product - cls.revenue.col.cast(pl.Float64)).abs()
        return (gap <= 0.005 * cls.units.col.cast(pl.Float64) + 0.01).fill_null(True)
