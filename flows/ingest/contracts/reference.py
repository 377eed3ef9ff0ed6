"""Reference: exchange rates, companies, listings, sessions, share estimates, sources."""

from __future__ import annotations

from decimal import Decimal

import dataframely as dy
import polars as pl

from flows.ingest.contracts.record import (
    CURRENCY,
    MIC,
    PRECISIONS,
    PUBLISHED_BASES,
    Record,
    amount,
    day,
    identifier,
    name,
    one_of,
    text,
)


class ExchangeRate(Record):
    """US dollars for one unit of a currency on a day."""

    currency = dy.String(primary_key=True, regex=CURRENCY)
    rate_on = day(primary_key=True, description="Day of the rate.")
    usd_rate = amount(
        10,
        min_exclusive=0,
        max=100,
        nullable=False,
        description="US dollars for one unit of `currency`; the dearest is worth a few.",
    )
    derivation = name(description="How the rate was had: the cross of two published rates.")

    @dy.rule()
    def known_when_set(cls) -> pl.Expr:
        return cls.published_on.col >= cls.rate_on.col

    @dy.rule()
    def dollar_is_one(cls) -> pl.Expr:
        """A dollar is one dollar: another rate of it is of another currency."""
        return (cls.currency.col != "USD") | (cls.usd_rate.col == 1)


class Company(Record):
    """A vendor, buyer or maker, with the calendar it reports by."""

    vendor = name(primary_key=True, description="The name that other records use.")
    legal_name = name()
    vendor_zh = name(description="The name in Chinese.")
    reporting_currency = dy.String(regex=CURRENCY)
    fiscal_year_end = name(description="In words: last Sunday of January, 12-31.")
    hq_country = dy.String(regex=r"^[A-Z]{2}$")
    bucket = one_of(
        ("foreign", "domestic", "in_house", "other"),
        description="Seen from China; in_house: a cloud's own chips.",
    )
    shares_outstanding = amount(0, min_exclusive=0, description="Whole shares.")
    shares_on = day(nullable=True, description="The day they were counted, if stated.")


class Listing(Record):
    """A traded symbol: whose it is, in which currency, against which index it is measured."""

    symbol = dy.String(primary_key=True, regex=r"^[A-Z0-9][A-Z0-9.^-]{0,15}$")
    mic = dy.String(primary_key=True, regex=MIC)
    security_type = one_of(("equity", "index"))
    vendor = name(nullable=True)
    title = name()
    title_zh = name()
    currency = dy.String(regex=CURRENCY)
    listed_on = day(nullable=True, description="First trading day.")
    benchmark_symbol = dy.String(nullable=True, regex=r"^[A-Z0-9][A-Z0-9.^-]{0,15}$")
    calendar_mic = dy.String(regex=MIC, description="Whose sessions the symbol trades in.")


class Session(Record):
    """One trading session of an exchange."""

    mic = dy.String(primary_key=True, regex=MIC)
    session_on = day(primary_key=True)
    open_at = dy.Datetime(
        time_unit="us", description="UTC; on `session_on` or a day off it, as time zones go."
    )
    close_at = dy.Datetime(
        time_unit="us", description="UTC; after `open_at` and at most 24 hours after it."
    )

    @dy.rule()
    def opens_before_it_closes(cls) -> pl.Expr:
        return cls.open_at.col < cls.close_at.col

    @dy.rule()
    def closes_within_a_day(cls) -> pl.Expr:
        return cls.close_at.col - cls.open_at.col <= pl.duration(hours=24)

    @dy.rule()
    def opens_within_a_day_of_its_date(cls) -> pl.Expr:
        off = cls.open_at.col.dt.date() - cls.session_on.col
        return off.abs() <= pl.duration(days=1)


class CorporateAction(Record):
    """A split or bonus issue: raw prices before ex_on are divided by price_ratio to compare."""

    symbol = dy.String(primary_key=True, regex=r"^[A-Z0-9][A-Z0-9.^-]{0,15}$")
    mic = dy.String(primary_key=True, regex=MIC)
    ex_on = day(primary_key=True, description="First day traded on the new basis.")
    action = one_of(("split", "bonus_issue", "dividend", "unspecified"))
    price_ratio = amount(
        8,
        min=Decimal("0.0001"),
        max=10**4,
        nullable=False,
        description="Old price over new: 10 for a 10-for-1 split.",
    )


class ShareEstimate(Record):
    """What a publisher says of a vendor's share of a market, on one measure."""

    publisher = name(primary_key=True, description="Who says so.")
    period = name(primary_key=True, description="As the publisher names it.")
    period_start = day(nullable=True)
    period_end = day(nullable=True)
    scope = name(primary_key=True, description="Share of what.")
    measure = one_of(("units", "usd", "cny", "servers", "unspecified"), primary_key=True)
    vendor = name(primary_key=True, description="A vendor, or domestic, imported, all.")
    kind = one_of(("actual", "estimate", "forecast", "statement", "claim"), primary_key=True)
    share_low_pct = amount(4, min=0, max=100, description="Percent; equal ends: a point.")
    share_high_pct = amount(4, min=0, max=100, description="Percent; null: only a lower bound.")
    value = amount(2, min=0, description="In `value_unit`, whole units or whole money.")
    value_unit = one_of(("units", "USD", "CNY"), nullable=True)
    published_precision = one_of(PRECISIONS)
    copy_of = name(
        nullable=True, description="The publisher whose figure this row repeats: no second witness."
    )

    @dy.rule()
    def actual_after_the_period(cls) -> pl.Expr:
        """A share that is called actual is known once its period is over."""
        is_early = cls.published_on.col < cls.period_end.col
        return ((cls.kind.col != "actual") | ~is_early).fill_null(True)

    @dy.rule()
    def no_copy_of_itself(cls) -> pl.Expr:
        return (cls.copy_of.col != cls.publisher.col).fill_null(True)

    @dy.rule()
    def range_in_order(cls) -> pl.Expr:
        return (cls.share_low_pct.col <= cls.share_high_pct.col).fill_null(True)


class Disclosure(Record):
    """A filed or guided amount that is no sale: income, a charge, a release, a guidance."""

    disclosure_id = identifier(primary_key=True)
    vendor = name()
    chip_id = identifier(nullable=True)
    segment = name()
    region = name()
    metric = one_of(
        ("net_income", "charge", "reserve_release", "unshipped_revenue", "guided_loss",
         "guided_revenue", "planned_units")
    )  # fmt: skip
    fiscal_period = name()
    period_start = day()
    period_end = day()
    value = amount(2, description="Whole money or whole units.")
    value_low = amount(2, description="Lower end of a stated range.")
    value_high = amount(2, description="Upper end of it.")
    unit = one_of(("USD", "CNY", "units"))
    published_basis = one_of(PUBLISHED_BASES)

    @dy.rule()
    def reported_after_the_period(cls) -> pl.Expr:
        """Income, releases and what was not shipped are known once the period is over."""
        is_actual = cls.metric.col.is_in(["net_income", "reserve_release", "unshipped_revenue"])
        return ~is_actual | (cls.published_on.col >= cls.period_end.col)


class Source(Record):
    """Where facts come from: title, address, date and kind of the source."""

    key = identifier(primary_key=True, description="The id that other records name.")
    title = name()
    address = text()
    dated = name(nullable=True)
    source_kind = name()
    licence = name(nullable=True)
    precedence = dy.Int64(
        nullable=True,
        min=1,
        max=999,
        description="Of sources that disagree the smaller number is taken; note says why. Blank: "
        "after all that state one, by id.",
    )
    publisher = name(
        nullable=True,
        description="Whose voice the source is: filings of one issuer, and notes that only repeat "
        "them, bear one name, and the later restates the earlier. Blank: a voice of its own.",
    )
    succeeds = identifier(
        nullable=True,
        description="The source whose figures this one says anew: what it says restates them.",
    )
