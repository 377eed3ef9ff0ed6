"""Text to types: what parses, what is told, what is never guessed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import dataframely as dy
import polars as pl
import pytest

from flows.ingest.parse import parsed


class Shape(dy.Schema):
    money = dy.Decimal(precision=28, scale=2, nullable=True)
    count = dy.Int64(nullable=True)
    on = dy.Date(nullable=True)
    at = dy.Datetime(time_unit="us", nullable=True)
    is_so = dy.Bool(nullable=True)
    name = dy.String(nullable=True)
    line = dy.Int64()


def parse(column: str, *texts: str | None) -> tuple[list[object], list[bool]]:
    rows = pl.DataFrame({column: texts}, schema={column: pl.String}).with_row_index("row_no")
    rows = rows.with_columns(pl.lit(1, pl.Int64).alias("line"))
    typed = parsed(rows, Shape)
    verdict = [name for name in typed.columns if name.startswith(f"{column}|")]
    return typed[column].to_list(), typed[verdict[0]].to_list()


def test_numbers_are_exact_and_round_half_to_even() -> None:
    values, kept = parse("money", "1.005", "1.015", "-2.5", "1.2E+3", ".5", "5.", "+7", None)

    assert values == [
        Decimal(text) for text in ("1.00", "1.02", "-2.50", "1200.00", "0.50", "5.00", "7.00")
    ] + [None]
    assert all(kept)


@pytest.mark.parametrize(
    "text",
    [
        "1,000",
        "$5",
        "about 9",
        "1 000",
        "1e",
        "-",
        ".",
        "nan",
        "inf",
        "0x10",
        "--1",
        "1_0",
        "٣",
        "5%",
    ],
)
def test_what_may_mean_two_things_is_no_number(text: str) -> None:
    assert parse("money", text) == ([None], [False])
    assert parse("count", text) == ([None], [False])


def test_a_number_beyond_its_column_is_not_cut() -> None:
    assert parse("money", "9" * 27) == ([None], [False])
    assert parse("money", "9" * 26 + ".994") == ([Decimal("9" * 26 + ".99")], [True])
    assert parse("count", "9" * 19) == ([None], [False])


def test_counts_may_carry_a_zero_fraction_only() -> None:
    assert parse("count", "12", "12.0", "12.5") == ([12, 12, None], [True, True, False])


def test_days_are_year_first() -> None:
    values, kept = parse(
        "on", "2025-12-09", "2025/12/9", "20251209", "2025-12-09 00:00:00", "2025-12-09T00:00:00Z"
    )

    assert values == [dt.date(2025, 12, 9)] * 5
    assert all(kept)


@pytest.mark.parametrize(
    "text",
    ["09/12/2025", "9.12.2025", "2025-02-30", "2025-12-09 14:30", "Dec 9", "12025-01-01", "45000"],
)
def test_other_days_are_not_guessed(text: str) -> None:
    assert parse("on", text) == ([None], [False])


def test_times_are_brought_to_utc() -> None:
    values, kept = parse(
        "at",
        "2025-12-09T14:30:00Z",
        "2025-12-09 14:30",
        "2025-12-09T22:30:00+08:00",
        "2025-12-09T22:30+0800",
        "2025-12-09 14:30:00.000000",
    )

    assert values == [dt.datetime(2025, 12, 9, 14, 30)] * 5  # noqa: DTZ001
    assert all(kept)


@pytest.mark.parametrize("text", ["2025-12-09", "14:30", "2025-12-09T25:00", "later"])
def test_other_times_are_not_guessed(text: str) -> None:
    assert parse("at", text) == ([None], [False])


def test_booleans_are_words_or_digits() -> None:
    values, kept = parse("is_so", "true", "FALSE", "Yes", "n", "1", "0", "maybe", None)

    assert values == [True, False, True, False, True, False, None, None]
    assert kept == [True, True, True, True, True, True, False, True]


def test_a_column_that_the_file_lacks_is_null_and_no_fault() -> None:
    rows = pl.DataFrame({"name": ["x"], "line": [1], "row_no": [1]})

    typed = parsed(rows, Shape)

    assert typed.row(0, named=True) == {
        "money": None, "count": None, "on": None, "at": None, "is_so": None, "name": "x",
        "line": 1, "row_no": 1,
    }  # fmt: skip
    assert typed.schema["money"] == pl.Decimal(28, 2)
