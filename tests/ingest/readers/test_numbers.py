"""Numbers as providers write them, exactly; what is of no known form is handed on."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from flows.ingest.readers.numbers import counted, percent, sign_of, ungrouped, unsigned

X = pl.col("x")


def of(value: pl.Expr, text: str | None) -> str | None:
    said: str | None = pl.DataFrame({"x": [text]}, schema={"x": pl.String}).select(value).item()
    return said


@pytest.mark.parametrize(
    ("text", "lot", "shares"),
    [
        ("144.72M", 1, 144_720_000), ("1.09B", 1, 1_090_000_000), ("275.32K", 1, 275_320),
        ("144719700", 1, 144_719_700), ("144,719,700", 1, 144_719_700), ("3.5m", 1, 3_500_000),
        ("70456", 100, 7_045_600), ("59350.32", 100, 5_935_032), ("7.05万", 100, 7_050_000),
        ("7.05万手", 1, 7_050_000), ("1.2亿股", 100, 120_000_000), ("1.2亿", 1, 120_000_000),
        ("704.56万股", 1, 7_045_600), ("80 手", 1, 8_000), ("0", 1, 0),
    ],
)  # fmt: skip
def test_a_count_is_of_shares(text: str, lot: int, shares: int) -> None:
    assert Decimal(of(counted(X, lot=lot), text) or "") == shares


@pytest.mark.parametrize("text", ["--", "1,23", "12,3456", "1.2.3M", "3.5 Mio", "5手5", "M"])
def test_a_count_of_no_known_form_is_handed_on(text: str) -> None:
    assert of(counted(X), text) == text


def test_signs_marks_and_percents_are_taken_off() -> None:
    assert of(unsigned(X), "$1,436.50") == "1436.50"
    assert of(unsigned(X), "HK$70.1") == "70.1"
    assert of(sign_of(X), "HK$70.1") == "HK$"
    assert of(sign_of(X), "70.1") is None
    assert of(percent(X), "-0.31%") == "-0.31"
    assert of(ungrouped(X), "1.436,50") == "1.436,50"  # decimal comma: not ours to guess
    assert of(counted(X), None) is None
