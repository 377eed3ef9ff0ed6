"""Words for the reasons and assumptions that the models give as keys.

Split from `words` for length alone. Plain data.
"""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802  the mark that gettext tools look for
    """Mark a message for the catalogue without translating it here."""
    return message


REASONS: dict[str, str] = {
    "meets_a": N_("meets the tests of 3A090.a"),
    "meets_b": N_("meets the tests of 3A090.b"),
    "meets_2022_rule": N_("meets the tests of the 2022 rule"),
    "below_thresholds": N_("below every threshold"),
    "below_class": N_("below 3A090: the zone is not for it"),
    "class_undecided": N_("class undecided"),
    "tpp_unknown": N_("TPP unknown"),
    "die_area_unknown": N_("die area unknown"),
    "interconnect_unknown": N_("interconnect unknown"),
    "memory_bandwidth_unknown": N_("memory bandwidth unknown"),
    "tpp_and_bandwidth_unknown": N_("TPP and memory bandwidth unknown"),
    "no_rule_in_force": N_("no rule in force"),
    "no_review_zone_in_force": N_("no review zone in force"),
    "no_duty_in_force": N_("no duty in force"),
    "not_us_origin": N_("not of US origin"),
    "inside_zone": N_("inside"),
    "inside_zone_but_below_class": N_("inside, but below 3A090"),
    "outside_zone": N_("outside"),
    "inside_band": N_("inside the band"),
    "outside_bands": N_("outside both bands"),
    "base_is_revenue": N_("base taken as revenue"),
    "base_not_stated": N_("base not stated"),
    "customs_value_between_build_cost_and_revenue": N_(
        "customs value between build cost and revenue"
    ),
    "customs_value_between_zero_and_revenue": N_("customs value between zero and revenue"),
    "customs_value_equals_price": N_("customs value taken as the price"),
    "transfer_price_unknown": N_("transfer price unknown"),
    "unit_cost_unknown": N_("unit cost unknown"),
    "no_price_holds_the_margin": N_(
        "no price holds the margin: the rate is at least the cost’s share of the price"
    ),
    "base_is_not_revenue": N_("not a share of revenue"),
    "cannot_break_even": N_("cannot break even"),
    "not_in_the_records": N_("not in the records"),
    "measure_a_unknown": N_("first operand not in the records"),
    "measure_b_unknown": N_("second operand not in the records"),
    "measure_b_zero": N_("second operand is zero"),
    "bound_unknown": N_("what to compare with is not in the records"),
    "nothing_stated_to_compare": N_("nothing stated to compare with"),
    "no_disclosure": N_("no revenue of it is disclosed"),
    "no_units": N_("nobody has counted units"),
    "no_dollars": N_("no dollar amount"),
    "restated": N_("restated since, vintages are not mixed"),
    "units_not_by_chip": N_("units are not told by chip"),
    "no_price": N_("no price of one GPU quoted in the period"),
    "disclosed_zero": N_("zero disclosed"),
    "unverified": N_("unverified"),
    "contested": N_("contested"),
    "invented": N_("invented"),
    "not_computable": N_("not computable"),
    "inputs_unknown": N_("inputs unknown"),
    "too_few_sessions": N_("too few sessions before the event"),
    "bar_missing": N_("a bar of the window is missing"),
    "benchmark_missing": N_("a bar of the index is missing"),
    "no_benchmark": N_("no index on record"),
    "no_close_before": N_("no close before the window"),
    "prices_end": N_("prices end before the window does"),
    "not_listed": N_("not listed"),
    "not_listed_yet": N_("not listed yet"),
    "filing_overdue": N_("filing overdue"),
    "results_date_passed": N_("results date passed, no figures on record"),
    "sessions_without_bar": N_("sessions without a bar"),
    "sessions_since_last_bar": N_("sessions since the last bar"),
    "sessions_since_last_rate": N_("sessions since the last rate"),
    "no_bar_on_record": N_("no bar on record"),
    "no_calendar_on_record": N_("no exchange calendar on record"),
    "first_source_is_taken": N_("the source named first is taken, the other kept"),
    "unknown_vendor": N_("no such vendor on record"),
    "unknown_chip": N_("no such chip on record"),
    "unknown_segment": N_("no known segment, and one source alone uses it"),
    "unknown_region": N_("no known region, and one source alone uses it"),
    "unknown_source": N_("no such source on record"),
    "unknown_listing": N_("no such listing on record"),
    "unknown_symbol": N_("no such index on record"),
    "unknown_rule": N_("no such rule on record"),
    "unknown_event": N_("no such event on record"),
    "unknown_currency": N_("no exchange rate of it on record"),
    "no_rate": N_("no exchange rate on record"),
}
