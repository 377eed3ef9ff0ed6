"""Policy: events with their dates, fee instruments, rule thresholds, claims to be checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dataframely as dy

from flows.ingest.contracts.record import (
    PRECISIONS,
    Record,
    amount,
    day,
    identifier,
    name,
    one_of,
    text,
)

if TYPE_CHECKING:
    import polars as pl

EVENT_KINDS = ("rule", "letter", "statement", "licence", "guidance", "court", "bill", "result",
               "report_due", "talks")  # fmt: skip
FEE_BASES = ("seller_revenue", "customs_value", "unspecified", "none")
FEE_STATUSES = ("announced", "in_force", "superseded", "struck_down")
OPERATIONS = ("value", "ratio", "ratio_minus_one", "difference", "product", "unverifiable")


class Event(Record):
    """Something decided, said or due: announced, effective and compliance dates stay apart."""

    event_id = identifier(primary_key=True)
    announced_on = day(
        description="First day the public heard; first of the month where only that is known."
    )
    announced_precision = one_of(PRECISIONS)
    announced_at = dy.Datetime(
        nullable=True, time_unit="us", description="UTC, only where the time of day is known."
    )
    gazetted_on = day(nullable=True, description="Printed in the official register.")
    effective_on = day(nullable=True)
    compliance_on = day(nullable=True, description="When those bound must comply, if later.")
    jurisdiction = one_of(("US", "CN", "US/CN", "NL"))
    authority = name(description="Who acted: BIS, CAC, NVIDIA.")
    instrument = name(description="By what: rule, letter, statement.")
    kind = one_of(EVENT_KINDS)
    title = name()
    title_zh = name()
    summary = text()
    summary_zh = text()
    affected_chips = text()
    key_parameters = text()


class Fee(Record):
    """One fee instrument from one date: rate, base, payer and legal standing, all apart."""

    fee_id = identifier(primary_key=True)
    valid_from = day(primary_key=True, description="Effective date, or announced where never.")
    valid_to = day(nullable=True)
    title = name()
    title_zh = name()
    jurisdiction = dy.String(regex=r"^[A-Z]{2}$")
    announced_on = day()
    effective_from = day(nullable=True)
    rate = amount(6, min=0, max=10, nullable=False, description="A fraction: 0.25 is 25%.")
    base = one_of(FEE_BASES, description="What the rate is applied to.")
    base_text = text(description="The base in the words of the source.")
    payer = name(description="Who owes it.")
    inclusion = one_of(
        ("inclusive", "exclusive", "unspecified"),
        description="Whether the base already contains the fee.",
    )
    instrument = name()
    status = one_of(FEE_STATUSES)
    applies_to = text(description="In words.")
    chip_ids = text(description="Chips named by an instrument without thresholds; semicolons.")
    band_rule_id = identifier(nullable=True, description="The rule whose band decides instead.")
    is_exemption = dy.Bool(description="True: the row says who does not pay.")
    challenge = text(description="What is said against its lawfulness, and how that stands.")
    challenge_zh = text()

    @dy.rule()
    def in_force_has_an_effective_date(cls) -> pl.Expr:
        return (cls.status.col != "in_force") | cls.effective_from.col.is_not_null()


class Rule(Record):
    """One test of a rule: tests of one alternative are all needed, any alternative is enough."""

    rule_id = identifier(primary_key=True)
    valid_from = day(primary_key=True, description="First day in force.")
    valid_to = day(nullable=True, description="Last day in force.")
    alternative = dy.Int64(primary_key=True, min=1, max=99)
    parameter = one_of(
        ("tpp", "performance_density", "memory_bandwidth_gbs", "interconnect_gbs",
         "units_per_customer", "units_in_total"),
        primary_key=True,
        description="Of a chip; the two of units are caps on licences.",
    )  # fmt: skip
    operator = one_of((">=", ">", "<", "<="), primary_key=True)
    threshold = amount(4, min=0, max=10**7, nullable=False)
    instrument = name()


class Claim(Record):
    """One definition under which a quoted claim can be computed from warehouse measures."""

    claim_id = identifier(primary_key=True)
    definition_id = identifier(primary_key=True)
    claim = name()
    claim_zh = name()
    quote_zh = text()
    definition = name()
    definition_zh = name()
    operation = one_of(OPERATIONS)
    measure_a = name(nullable=True, description="Left operand, an id of int_measure.")
    measure_b = name(nullable=True)
    comparator = one_of((">", ">=", "<", "<=", "=", "between"), nullable=True)
    stated_low = amount(6)
    stated_high = amount(6)
    bound_measure = name(
        nullable=True, description="Measure to compare with, where the claim states no number."
    )
    tolerance = amount(6, min=0, description="Absolute, in the unit of the stated value.")
    unit = one_of(("ratio", "percent", "usd", "date", "rate", "units", "count"))
    is_the_claims_own = dy.Bool(
        description="True for a reading that the words plainly say; a claim needs all of these."
    )
    reading = text(description="What is our own reading here: a limit that the words leave open.")
    reading_zh = text()
