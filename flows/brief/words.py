"""Words for the fixed values of the reports: statuses, methods, verdicts, stages, reasons, names.

Each value maps to its English label, which is the message that the catalogues translate. Plain
data; `N_` only marks a message for extraction.
"""

from __future__ import annotations

from flows.brief.words_columns import COLUMNS
from flows.brief.words_reasons import REASONS
from flows.brief.words_rules import RULES


def N_(message: str) -> str:  # noqa: N802  the mark that gettext tools look for
    """Mark a message for the catalogue without translating it here."""
    return message


#: family → value → English label.
WORDS: dict[str, dict[str, str]] = {
    "reason": REASONS,
    "confidence": {
        "seen-primary": N_("primary source"),
        "seen-secondary": N_("secondary source"),
        "derived": N_("derived"),
        "seen-estimate": N_("estimate"),
        "contested": N_("contested"),
        "unverified": N_("unverified"),
        "invented": N_("invented"),
    },
    "period": {
        "daily": N_("Daily briefing"),
        "weekly": N_("Weekly briefing"),
        "monthly": N_("Monthly briefing"),
        "quarterly": N_("Quarterly briefing"),
    },
    **RULES,
    "measure": {
        "fp8_dense": N_("FP8 compute, dense"),
        "fp16_dense": N_("FP16 compute, dense"),
        "int8_dense": N_("INT8 compute, dense"),
        "fp4_dense": N_("FP4 compute, dense"),
        "fp32": N_("FP32, non-tensor"),
        "tpp": N_("Total processing performance (TPP)"),
        "memory_bandwidth": N_("Memory bandwidth"),
        "memory_capacity": N_("Memory capacity"),
        "interconnect": N_("Chip-to-chip link"),
        "fp8_sparse_over_dense": N_("FP8: sparse of one over dense of the other"),
        "fp16_sparse_over_dense": N_("FP16: sparse of one over dense of the other"),
    },
    "definition": {
        "comparison.fp8_dense": N_("dense FP8 rate of one over dense FP8 rate of the other"),
        "comparison.fp16_dense": N_("dense FP16 rate of one over dense FP16 rate of the other"),
        "comparison.int8_dense": N_("dense INT8 rate of one over dense INT8 rate of the other"),
        "comparison.fp4_dense": N_("dense FP4 rate of one over dense FP4 rate of the other"),
        "comparison.fp32": N_("non-tensor FP32 rate of one over that of the other"),
        "comparison.tpp": N_("TPP over TPP: the largest dense TOPS × bit length of each"),
        "comparison.memory_bandwidth": N_("memory bandwidth over memory bandwidth"),
        "comparison.memory_capacity": N_("memory capacity over memory capacity"),
        "comparison.interconnect": N_("chip-to-chip link over chip-to-chip link"),
        "comparison.fp8_sparse_over_dense": N_(
            "sparse FP8 headline of one over dense FP8 rate of the other"
        ),
        "comparison.fp16_sparse_over_dense": N_(
            "sparse FP16 headline of one over dense FP16 rate of the other"
        ),
    },
    "missing": {
        "value_unknown": N_("first chip's value unknown"),
        "other_value_unknown": N_("second chip's value unknown"),
        "both_unknown": N_("both values unknown"),
    },
    "stage": {
        "eligible": N_("Eligible"),
        "applied": N_("Applied for"),
        "licensed": N_("Licensed"),
        "china_permitted": N_("Permitted by China"),
        "shipped": N_("Shipped"),
        "revenue": N_("Revenue booked"),
    },
    "quantity_unit": {"gpu": N_("GPUs"), "customer": N_("customers"), "usd": "USD"},
    "quote_unit": {
        "gpu": N_("per GPU"),
        "card": N_("per card"),
        "module_8": N_("per 8-GPU module"),
        "server_8": N_("per 8-GPU server"),
        "gpu_landed": N_("per GPU, landed"),
        "gpu_year_rental": N_("per GPU and year, rental"),
        "gpu_build": N_("per GPU, build cost"),
        "gpu_hour_rental": N_("per GPU and hour, rental"),
        "server_8_month_rental": N_("per 8-GPU server and month, rental"),
    },
    "unit_kind": {
        "gpu": N_("One GPU or card"),
        "module": N_("8-GPU modules: the price over 8, board and links inside"),
        "server": N_("8-GPU servers: the price over 8, the rest of the server inside"),
        "landed": N_("One GPU, landed: duty and margins inside"),
        "rental": N_("Rental"),
        "build_cost": N_("Build cost"),
    },
    "price_kind": {
        "sale": N_("Sale price"),
        "system": N_("Whole system"),
        "landed": N_("Landed price"),
        "rental": N_("Rental"),
        "build_cost": N_("Build cost"),
    },
    "basis": {
        "billing": N_("billing location"),
        "customer_hq": N_("customer headquarters"),
        "shipment": N_("shipment"),
        "unspecified": N_("basis not stated"),
        "below_one_percent_bound": N_("upper bound: disclosed as under 1% of data-centre revenue"),
        "customs_value": N_("of customs value at US entry, paid by the importer of record"),
        "band_1": N_("inside duty band 1"),
        "band_2": N_("inside duty band 2"),
        "outside_bands": N_("outside both duty bands"),
        "units": N_("units"),
        "usd": N_("dollars"),
        "close_since_event": N_("close to close, first session that could price the news"),
        "due": N_("next dated item on record"),
    },
    "scope": {
        "company": N_("whole company, not AI chips alone"),
        "data_center": N_("data centre"),
        "ai_chips": N_("AI chips"),
        "product": N_("one product"),
    },
    "method": {
        "filed": N_("filed"),
        "derived_by_source": N_("derived by the source"),
        "differenced": N_("differenced from year-to-date filings"),
        "allocated": N_("allocated by days"),
        "restated": N_("blank: restated since, vintages are not mixed"),
        "estimate": N_("estimate"),
        "forecast": N_("forecast"),
        "added": N_("parts added"),
        "by_days": N_("fiscal quarters cut by days"),
        "annual_only": N_("annual only"),
        "market_model": N_("market model"),
        "market_adjusted": N_("market-adjusted"),
        "none": N_("none"),
        "none_needed": N_("filed in dollars"),
        "month_average": N_("monthly average rate"),
        "no_rate": N_("no exchange rate on record"),
    },
    "doubt": {
        "negative_difference": N_(
            "cannot be: the parts filed are more than the whole, most likely of two vintages"
        ),
        "bounds_cross": N_("cannot be: its lower bound lies above the upper"),
    },
    "fee_group": {
        "in_force": N_("In force"),
        "announced_never_in_force": N_("Announced, never in force"),
        "superseded": N_("Superseded"),
        "exemption": N_("Exemptions: a rate of zero"),
    },
    "fee_base": {
        "seller_revenue": N_("seller's revenue"),
        "customs_value": N_("customs value"),
        "unspecified": N_("not specified"),
        "none": N_("none"),
        "customs_value_at_price": N_("customs value, taken at the sale price"),
        "customs_value_at_transfer_price": N_("customs value, taken at the transfer price"),
    },
    "share_measure": {
        "units": N_("units"),
        "usd": N_("dollars"),
        "cny": N_("yuan"),
        "servers": N_("servers"),
        "unspecified": N_("measure not stated"),
    },
    "bucket": {
        "domestic": N_("domestic"),
        "foreign": N_("foreign"),
        "in_house": N_("in-house"),
        "total": N_("total"),
        "rest": N_("unnamed rest"),
        "unspecified": N_("unspecified"),
        "other": N_("other"),
    },
    "share_how": {
        "stated": N_("total as stated"),
        "named": N_("vendors named, added"),
        "stated_less_in_house": N_("stated total less the clouds' own chips in it"),
        "remainder": N_("remainder"),
        "not_named": N_("not named"),
    },
    "placement": {
        "below": N_("below the claim"),
        "inside": N_("inside the claim"),
        "above": N_("above the claim"),
        "overlaps": N_("partly inside"),
        "open": N_("open: only a bound is known"),
    },
    "coverage_standing": {
        "above": N_("counts come to more than was disclosed"),
        "below": N_("counts explain a part"),
        "inside": N_("the disclosed amount lies inside the range"),
    },
    "alignment": {
        "exact": N_("fiscal and calendar quarter agree"),
        "by_days": N_("fiscal periods cut by days"),
    },
    "region_match": {
        "same": "",
        "units_worldwide": N_("units worldwide, revenue of China"),
        "hong_kong_differs": N_("units without Hong Kong"),
    },
    "timing": {
        "stated": N_("time of day on record"),
        "assumed_midday": N_("time of day unknown, midday assumed"),
    },
    "claim_verdict": {
        "true": N_("True"),
        "partly_true": N_("Partly true"),
        "true_only_if": N_("True only on some definitions"),
        "false": N_("False"),
        "cannot_verify": N_("Cannot be verified"),
    },
    "verdict": {
        "holds": N_("holds"),
        "fails": N_("fails"),
        "cannot_verify": N_("cannot be verified"),
    },
    "part_verdict": {
        "holds": N_("this part holds"),
        "fails": N_("this part fails"),
        "cannot_verify": N_("this part cannot be verified"),
    },
    "check_kind": {
        "freshness_price": N_("Prices: last session on record"),
        "freshness_fx": N_("Exchange rates"),
        "freshness_filing": N_("Filings due"),
        "freshness_record": N_("Records by kind"),
        "gap_session": N_("Sessions without a bar"),
        "marked_rows": N_("Rows that carry a mark"),
        "held_back": N_("Rows held back in quarantine"),
        "disagreement": N_("Sources that disagree"),
        "unknown_reference": N_("Names that are not on record"),
        "contradiction": N_("Records that contradict others and are in no figure"),
    },
    "kind": {
        "chips": N_("chips"),
        "prices": N_("prices"),
        "sales": N_("sales"),
        "fees": N_("fees"),
        "rules": N_("rules"),
        "fx": N_("exchange rates"),
        "companies": N_("companies"),
        "listings": N_("listings"),
        "sessions": N_("exchange sessions"),
        "events": N_("policy events"),
        "export_status": N_("export status"),
        "export_stages": N_("export stages"),
        "chip_prices": N_("chip prices"),
        "chip_conflicts": N_("chip conflicts"),
        "chip_formats": N_("chip formats"),
        "supply_counts": N_("supply counts"),
        "share_estimates": N_("share estimates"),
        "disclosures": N_("disclosures"),
        "corporate_actions": N_("corporate actions"),
        "claims": N_("claims"),
        "sources": N_("sources"),
    },
    "cause": {
        "new_data": N_("new data"),
        "restated_data": N_("restated data"),
        "dropped_data": N_("no longer in the report"),
        "changed_code": N_("changed code"),
        "data_and_code": N_("data and code both changed"),
        "time": N_("the as-of date moved"),
    },
    "change": {
        "new": N_("new"),
        "restated": N_("restated"),
        "another_record": N_("another record"),
        "updated": N_("updated"),
        "extended": N_("extended"),
        "dropped": N_("dropped"),
    },
    "vendor": {
        "NVIDIA": N_("NVIDIA"),
        "AMD": N_("AMD"),
        "Intel": N_("Intel"),
        "Huawei": N_("Huawei"),
        "Cambricon": N_("Cambricon"),
        "Hygon": N_("Hygon"),
        "Moore Threads": N_("Moore Threads"),
        "MetaX": N_("MetaX"),
        "Biren": N_("Biren"),
        "Iluvatar": N_("Iluvatar"),
        "Kunlunxin": N_("Kunlunxin"),
        "Baidu": N_("Baidu"),
        "Enflame": N_("Enflame"),
        "T-Head (Alibaba)": N_("T-Head (Alibaba)"),
        "T-Head": N_("T-Head"),
        "Alibaba": N_("Alibaba"),
        "Tencent": N_("Tencent"),
        "SMIC": N_("SMIC"),
        "TSMC": N_("TSMC"),
        "Sugon": N_("Sugon"),
        "Inspur": N_("Inspur"),
        "Lenovo": N_("Lenovo"),
        "domestic": N_("Chinese vendors together"),
        "imported": N_("imports together"),
        "all": N_("whole market"),
        "none": N_("none"),
    },
    "column": COLUMNS,
    "currency": {
        "CNY": N_("yuan against the dollar"),
        "EUR": N_("euro against the dollar"),
        "HKD": N_("Hong Kong dollar against the dollar"),
        "TWD": N_("Taiwan dollar against the dollar"),
        "JPY": N_("yen against the dollar"),
    },
    "region": {
        "World": N_("World"),
        "China": N_("China"),
        "China incl. HK": N_("China including Hong Kong"),
        "non-China": N_("outside China"),
    },
    "segment": {
        "Total": N_("all products"),
        "Data Center": N_("data centre"),
    },
    "headline": {},
    "section": {
        "headline": N_("Headline"),
        "changes": N_("What changed"),
        "policy": N_("Policy status"),
        "chips": N_("Chip comparison"),
        "revenue": N_("Revenue from China"),
        "fees": N_("Fees and duties"),
        "share": N_("Market share"),
        "reaction": N_("Market reaction"),
        "claims": N_("Claims checked"),
        "calendar": N_("Calendar"),
        "quality": N_("Data quality"),
        "sources": N_("Sources and method"),
    },
}


def known(family: str, value: str) -> bool:
    """Whether a value has a label in its family."""
    return value in WORDS[family]


def label(family: str, value: str) -> str:
    """The English label of a value; a value that no family knows is shown as it stands."""
    return WORDS[family].get(value) or value.replace("_", " ")
