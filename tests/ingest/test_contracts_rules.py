"""What the contracts refuse: each rule, on a good row made bad in one place."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from flows.ingest.contracts import KINDS, key_of

COMMON: dict[str, Any] = {
    "published_on": dt.date(2025, 12, 9),
    "source_id": "A;B",
    "confidence": "seen-primary",
    "line": 2,
}
GOOD: dict[str, dict[str, Any]] = {
    "prices": {
        "symbol": "NVDA", "mic": "XNAS", "traded_on": dt.date(2025, 12, 8), "adjustment": "split",
        "open": Decimal("182.64"), "high": Decimal("188"), "low": Decimal("182.4"),
        "close": Decimal("185.55"), "volume": Decimal(204378100), "currency": "USD",
    },
    "sales": {
        "sale_id": "s-1", "vendor": "NVIDIA", "segment": "H20", "region": "China",
        "basis": "shipment", "scope": "product", "period_start": dt.date(2025, 12, 8),
        "period_end": dt.date(2025, 12, 8), "units": Decimal(3), "unit_price": Decimal("12000.5"),
        "revenue": Decimal("36001.5"), "currency": "USD", "value_type": "reported",
        "published_basis": "stated",
    },
    "chips": {
        "chip_id": "c", "vendor": "NVIDIA", "vendor_country": "US", "model": "C", "short_name": "C",
        "is_us_origin": True, "fp8_dense_tflops": Decimal(1979), "fp8_sparse_tflops": Decimal(3958),
    },
    "chip_prices": {
        "chip_id": "c", "quoted_on": dt.date(2025, 12, 1), "quoted_precision": "month",
        "currency": "CNY", "quote_unit": "module_8", "channel": "dealer", "gpus_per_unit": 8,
        "price_low": Decimal(1), "price_high": Decimal(2),
    },
    "share_estimates": {
        "publisher": "P", "period": "2025", "scope": "market", "measure": "units",
        "vendor": "NVIDIA", "kind": "estimate", "share_low_pct": Decimal(10),
        "share_high_pct": Decimal(25), "published_precision": "day",
    },
    "fees": {
        "fee_id": "f", "valid_from": dt.date(2026, 1, 15), "title": "Duty", "title_zh": "关税",
        "jurisdiction": "US", "announced_on": dt.date(2026, 1, 14),
        "effective_from": dt.date(2026, 1, 15), "rate": Decimal("0.25"), "base": "customs_value",
        "payer": "importer of record", "inclusion": "exclusive", "instrument": "Proclamation",
        "status": "in_force", "is_exemption": False,
    },
    "sessions": {
        "mic": "XNAS", "session_on": dt.date(2025, 12, 8),
        "open_at": dt.datetime.fromisoformat("2025-12-08 14:30"),
        "close_at": dt.datetime.fromisoformat("2025-12-08 21:00"),
    },
    "fx": {
        "currency": "CNY", "rate_on": dt.date(2025, 12, 8), "usd_rate": Decimal("0.1414"),
        "derivation": "Cross",
    },
    "rules": {
        "rule_id": "r", "alternative": 1, "parameter": "tpp", "operator": ">=",
        "valid_from": dt.date(2023, 11, 17), "threshold": Decimal(4800), "instrument": "I",
    },
    "corporate_actions": {
        "symbol": "NVDA", "mic": "XNAS", "ex_on": dt.date(2024, 6, 10), "action": "split",
        "price_ratio": Decimal(10),
    },
    "export_stages": {
        "chip_id": "c", "stage": "licensed", "reached_on": dt.date(2026, 5, 14),
        "reached_precision": "day", "quantity_low": Decimal(10), "quantity_unit": "customer",
    },
}  # fmt: skip


def refusals(kind: str, **changes: Any) -> set[str]:
    """The rules that refuse the good row of a kind after `changes`."""
    schema = KINDS[kind].create_empty().schema
    row = {**dict.fromkeys(schema), **COMMON, **GOOD[kind], **changes}
    _, refused = KINDS[kind].filter(pl.DataFrame([row], schema=schema))
    return set(refused.counts())


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_row_is_let_in(kind: str) -> None:
    assert refusals(kind) == set()


@pytest.mark.parametrize(
    ("kind", "changes", "rule"),
    [
        ("prices", {"low": Decimal(-1)}, "low|min_exclusive"),
        ("prices", {"close": None}, "close|nullability"),
        ("prices", {"close": Decimal(189)}, "high_is_highest"),
        ("prices", {"low": Decimal(183)}, "low_is_lowest"),
        ("prices", {"traded_on": dt.date(1899, 12, 30)}, "traded_on|min"),
        ("prices", {"traded_on": dt.date(2025, 12, 10)}, "known_when_traded"),
        ("fx", {"rate_on": dt.date(2025, 12, 10)}, "known_when_set"),
        ("chip_prices", {"quoted_on": dt.date(2025, 12, 10)}, "known_when_quoted"),
        ("sales", {"period_end": dt.date(2025, 12, 10)}, "reported_after_the_period"),
        (
            "sales",
            {"period_end": dt.date(2025, 12, 10), "value_type": "ytd"},
            "reported_after_the_period",
        ),
        ("prices", {"adjustment": "forward"}, "adjustment|regex"),
        ("prices", {"volume": Decimal(-1)}, "volume|min"),
        ("prices", {"symbol": "../NVDA"}, "symbol|regex"),
        # what no market holds would overflow the models, and one slip would stop every build
        ("prices", dict.fromkeys(["open", "high", "low", "close"], Decimal(10**10)), "close|max"),
        ("fx", {"usd_rate": Decimal(10**7)}, "usd_rate|max"),
        ("rules", {"threshold": Decimal(10**8)}, "threshold|max"),
        ("corporate_actions", {"price_ratio": Decimal(10**5)}, "price_ratio|max"),
        (
            "export_stages",
            {"quantity_low": Decimal(10**6)},
            "customers_are_counted_in_thousands_at_most",
        ),
        ("sales", {"period_start": dt.date(2025, 12, 9)}, "period_in_order"),
        ("sales", {"period_start": dt.date(2022, 1, 1)}, "period_within_two_years"),
        ("sales", {"units": None, "revenue": None}, "says_something"),
        ("sales", {"currency": None}, "money_has_a_currency"),
        ("sales", {"units_low": Decimal(5), "units_high": Decimal(4)}, "ranges_in_order"),
        ("sales", {"revenue": Decimal("36.0")}, "revenue_is_units_times_price"),
        ("sales", {"vendor": "NV\x00IDIA"}, "vendor|regex"),
        ("chips", {"fp8_dense_tflops": Decimal(3958)}, "sparse_is_twice_dense"),
        ("chip_prices", {"price_low": Decimal(3)}, "range_in_order"),
        (
            "sessions",
            {"close_at": dt.datetime.fromisoformat("2025-12-08 14:30")},
            "opens_before_it_closes",
        ),
        (
            "sessions",
            {"close_at": dt.datetime.fromisoformat("2025-09-08 21:00")},
            "opens_before_it_closes",
        ),
        (
            "sessions",
            {"close_at": dt.datetime.fromisoformat("2025-12-09 14:31")},
            "closes_within_a_day",
        ),
        (
            "sessions",
            {"close_at": dt.datetime.fromisoformat("2026-03-08 21:00")},
            "closes_within_a_day",
        ),
        ("sessions", {"session_on": dt.date(2025, 12, 6)}, "opens_within_a_day_of_its_date"),
        ("sessions", {"session_on": dt.date(2024, 12, 8)}, "opens_within_a_day_of_its_date"),
        ("share_estimates", {"share_high_pct": Decimal(101)}, "share_high_pct|max"),
        ("share_estimates", {"share_low_pct": Decimal(26)}, "range_in_order"),
        ("fees", {"effective_from": None}, "in_force_has_an_effective_date"),
        ("fees", {"rate": Decimal(25)}, "rate|max"),
        ("fees", {"source_id": "A;;B"}, "source_id|regex"),
        ("fees", {"confidence": "certain"}, "confidence|regex"),
    ],
)
def test_a_bad_row_is_refused_by_its_rule(kind: str, changes: dict[str, Any], rule: str) -> None:
    assert rule in refusals(kind, **changes)


@pytest.mark.parametrize("kind", KINDS)
def test_versions_of_a_record_differ_in_their_day_of_publication(kind: str) -> None:
    assert "published_on" in KINDS[kind].primary_key()
    assert key_of(kind)
    assert "published_on" not in key_of(kind)
