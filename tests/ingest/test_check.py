"""Rows against the contract of their kind: the sentence that says why a row was held back."""

from __future__ import annotations

import polars as pl
import pytest

from flows.ingest.check import check
from flows.ingest.contracts import KINDS

GOOD = {
    "symbol": "NVDA", "mic": "XNAS", "traded_on": "2025-12-09", "adjustment": "split",
    "open": "180", "high": "190", "low": "170", "close": "185", "volume": "1000",
    "currency": "USD", "published_on": "2025-12-09", "source_id": "T", "confidence": "derived",
}  # fmt: skip


def told(**differs: str | None) -> tuple[str, str]:
    """The rules and the reason of a price row that differs from a good one."""
    row = pl.DataFrame([{**GOOD, **differs, "line": 7, "row_no": 1}])
    held = check("prices", row).held.row(0, named=True)
    return held["rules"], held["reason"]


@pytest.mark.parametrize(
    ("differs", "rule", "says"),
    [
        ({"close": None}, "close|nullability", "close is empty, and every row must state it."),
        ({"close": "n.a."}, "close|not_a_number", "close is 'n.a.': not a number"),
        ({"volume": "9" * 29}, "volume|too_large", "a number larger than its column can hold"),
        ({"open": "0", "low": None}, "open|min_exclusive", "open is '0': it must be more than 0"),
        ({"volume": "-1"}, "volume|min", "volume is '-1': less than 0, the least allowed."),
        ({"published_on": "2101-01-01"}, "published_on|max", "more than 2100-01-01"),
        ({"currency": "usd"}, "currency|regex", "currency is 'usd': not three capital letters"),
        ({"adjustment": "none"}, "adjustment|regex", "not one of raw, split, total_return."),
        ({"source_id": "x" * 201}, "source_id|max_length", "longer than 200 characters."),
        ({"traded_on": "9 Dec"}, "traded_on|not_a_date", "not a date (write 2025-12-09)"),
        (
            {"low": "186"},
            "low_is_lowest",
            "low is '186', close is '185': the rule is “low is lowest”.",
        ),
    ],
)
def test_a_reason_names_column_value_and_rule(
    differs: dict[str, str | None], rule: str, says: str
) -> None:
    rules, reason = told(**differs)

    assert rules == rule
    assert says in reason


def test_a_rule_of_several_columns_says_what_the_contract_says_of_it() -> None:
    columns = KINDS["chips"].columns().items()
    needed = {name: "x" for name, column in columns if not column.nullable and name != "line"}
    row = {
        **needed, "vendor_country": "US", "is_us_origin": "true", "published_on": "2025-01-01",
        "confidence": "derived", "fp8_dense_tflops": "100", "fp8_sparse_tflops": "300",
        "line": 1, "row_no": 1,
    }  # fmt: skip

    held = check("chips", pl.DataFrame([row])).held

    assert held["rules"].to_list() == ["sparse_is_twice_dense"]
    assert "2:4 structured sparsity doubles the dense rate" in held["reason"][0]


def test_a_long_or_unprintable_value_is_shown_cut_and_plain() -> None:
    _, reason = told(currency="U\x00" + "S" * 500)

    assert "U�SSS" in reason
    assert len(reason) < 200


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_of_every_kind_has_a_sentence(kind: str) -> None:
    columns = KINDS[kind].columns()
    dirt = {name: "\x01" * 4100 for name in columns if name != "line"}
    blank = dict.fromkeys(dirt)
    rows = pl.DataFrame(
        [{**dirt, "line": 1, "row_no": 1}, {**blank, "line": 2, "row_no": 2}],
        schema_overrides=dict.fromkeys(dirt, pl.String),
    )

    held = check(kind, rows).held

    assert held["row_no"].to_list() == [1, 2]
    assert held["reason"].null_count() == 0
    assert not held["reason"].str.contains("breaks the rule").any()
