"""Words for what the law says of chips and fees: statuses, classes, bands, letters, what lacks.

Plain data, a part of `words.WORDS`; `N_` only marks a message for extraction.
"""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802  the mark that gettext tools look for
    """Mark a message for the catalogue without translating it here."""
    return message


#: family → value → English label.
RULES: dict[str, dict[str, str]] = {
    "status": {
        "announced": N_("announced"),
        "effective": N_("effective"),
        "scheduled": N_("scheduled"),
        "overdue": N_("overdue"),
        "not_enforced": N_("not enforced"),
        "superseded": N_("superseded"),
        "in_force": N_("in force"),
        "not_yet_in_force": N_("not yet in force"),
        "struck_down": N_("struck down"),
        "announced_base_unstated": N_("announced, base not stated"),
        "hypothetical": N_("hypothetical"),
        "no_fee": N_("no fee"),
        "reported": N_("as reported"),
        "estimate": N_("estimate"),
        "forecast": N_("forecast"),
        "derived": N_("derived"),
        "actual": N_("actual"),
        "statement": N_("statement"),
        "claim": N_("claim"),
        "fresh": N_("fresh"),
        "stale": N_("stale"),
        "missing": N_("missing"),
        "gap": N_("gap"),
        "marked": N_("marked"),
        "held_back": N_("held back"),
        "disagreement": N_("disagreement"),
        "unknown_reference": N_("not on record"),
        "contradiction": N_("contradiction"),
        "not_expected": N_("nothing expected"),
    },
    "outcome": {"outcome_not_found": N_("outcome not found")},
    "event_kind": {
        "rule": N_("rule"),
        "letter": N_("letter"),
        "statement": N_("statement"),
        "licence": N_("licence"),
        "guidance": N_("guidance"),
        "court": N_("court ruling"),
        "bill": N_("bill"),
        "result": N_("company results"),
        "report_due": N_("report due"),
        "talks": N_("talks"),
    },
    "item_kind": {
        "event": N_("event"),
        "rule": N_("rule"),
        "fee": N_("fee or duty"),
        "rule_start": N_("rule starts"),
        "rule_end": N_("rule ends"),
        "fee_start": N_("fee starts"),
        "fee_end": N_("fee ends"),
    },
    "rule": {
        "3A090-2022": N_("Class 3A090 of 2022"),
        "3A090.a": N_("Class 3A090.a"),
        "3A090.b": N_("Class 3A090.b"),
        "review_zone": N_("Case-by-case review zone"),
        "duty_band_1": N_("Section 232 duty band 1"),
        "duty_band_2": N_("Section 232 duty band 2"),
        "customer_cap": N_("Cap on licensed units (press reports)"),
    },
    "jurisdiction": {
        "US": N_("US"),
        "CN": N_("China"),
        "US/CN": N_("US and China"),
        "NL": N_("Netherlands"),
    },
    "eccn_class": {
        "3A090.a": "3A090.a",
        "3A090.b": "3A090.b",
        "below": N_("below 3A090"),
        "needs_die_area": N_("needs die area"),
        "unknown": N_("unknown"),
    },
    "duty_band": {
        "band_1": N_("band 1"),
        "band_2": N_("band 2"),
        "none": N_("none"),
        "not_applicable": N_("does not apply"),
        "unknown": N_("unknown"),
    },
    "export_status": {
        "free": N_("no licence needed"),
        "licence_presumption_of_denial": N_("licence, presumption of denial"),
        "licence_required_no_licences": N_("licence needed, none granted"),
        "licence_granted": N_("licences granted"),
        "licence_granted_low_uptake": N_("licences granted, little used"),
        "announced_not_effective": N_("announced, not effective"),
        "case_by_case_eligible": N_("case-by-case review"),
        "case_by_case_eligible_with_duty": N_("case-by-case review, import duty"),
        "not_approved": N_("not approved"),
        "customs_block_reported": N_("customs block reported"),
        "conditional_case_by_case": N_("conditional, case by case"),
        "regulator_told_firms_to_stop": N_("regulator told firms to stop"),
        "licence_exception_nac_possible": N_("licence exception NAC possible"),
    },
    "licence_basis": {
        "class": N_("by its 3A090 class"),
        "letter_below_class": N_("by letter, though below 3A090"),
        "status": N_("by its status on record"),
        "free": N_("free on record"),
        "not_us_origin": N_("not of US origin"),
        "unknown": N_("unknown"),
    },
    "standing": {
        "not_us_origin": N_("Not of US origin: no US review and no US duty is for this chip."),
        "announced_not_effective": N_(
            "Announced on %(since)s, not in effect on %(as_of)s: the statement changed no rule,"
            " and a US licence was still needed."
        ),
        "free": N_("No US licence is needed by the records since %(since)s."),
        "letter_below_class": N_(
            "Below every threshold of 3A090, and a US licence is needed all the same: by the"
            " letter of %(letter)s (made public on %(public)s)."
        ),
        "status_below_class": N_(
            "Below every threshold of 3A090, and a US licence is needed all the same, by its"
            " status on record since %(since)s."
        ),
        "review_with_duty": N_(
            "A US licence is needed and reviewed case by case; on entry to the US a duty of"
            " %(rate)s of customs value is due."
        ),
        "review_no_duty": N_(
            "A US licence is needed and may be reviewed case by case; no duty band covers it."
        ),
        "licence_by_class": N_("A US licence is needed by its 3A090 class."),
        "licence_by_status": N_(
            "A US licence is needed by its status on record since %(since)s; the class cannot"
            " be told."
        ),
        "below_no_record": N_(
            "Below every threshold of 3A090; whether a letter asks for a licence is not on record."
        ),
        "undecided": N_("Whether a US licence is needed cannot be told from the records."),
    },
    "outcome_of_class": {
        "met": N_("met"),
        "not_met": N_("not met"),
        "unknown": N_("unknown"),
    },
    "outcome_of_zone": {
        "met": N_("inside"),
        "not_met": N_("outside"),
        "unknown": N_("unknown"),
    },
    "missing_input": {
        "dense_rates": N_("dense compute rates"),
        "die_area_mm2": N_("die area"),
        "memory_bandwidth_gbs": N_("memory bandwidth"),
        "interconnect_gbs": N_("interconnect bandwidth"),
    },
    "inclusion": {
        "inclusive": N_("fee inside the base"),
        "exclusive": N_("on top of the base"),
        "unspecified": N_("not stated"),
    },
    "parameter": {
        "tpp": N_("TPP"),
        "performance_density": N_("performance density"),
        "memory_bandwidth_gbs": N_("memory bandwidth"),
        "interconnect_gbs": N_("interconnect"),
        "units_per_customer": N_("units per customer"),
        "units_in_total": N_("units in total"),
    },
}
