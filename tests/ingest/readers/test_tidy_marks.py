"""Decimals and days of our own tables that can mean two things are asked for; the word holds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.ingest.test_whole_numbers import csv_of

if TYPE_CHECKING:
    import duckdb

    from tests.ingest.conftest import HeldBack, Take, Write

GROUPS = {"units": "1.000", "unit_price": "27.000"}
EITHER = {
    "semicolon": csv_of(GROUPS, separator=";"),
    "tab": csv_of(GROUPS, separator="\t"),
    "price alone": csv_of({"units": "1", "unit_price": "27.000"}, separator=";"),
    "later on": csv_of({"unit_price": "500", "units": "3"}, {"sale_id": "b"} | GROUPS,
                       separator=";"),
    "a whole column": csv_of({"units": "1.000"}),
    "in quotes": csv_of(GROUPS, quote='"'),
}  # fmt: skip


def sold(con: duckdb.DuckDBPyConnection) -> list[tuple[Decimal, Decimal]]:
    return con.execute("select units, unit_price from raw_sales order by sale_id").fetchall()


@pytest.mark.parametrize("case", EITHER)
def test_a_point_before_three_digits_throughout_is_asked_for(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, case: str
) -> None:
    file = write("sales.csv", EITHER[case])

    report = take(file).files[0]

    assert report.status == "refused"
    assert "--decimal comma" in report.way_out
    assert take(file, decimal="comma").rows_quarantined == 0
    units, price = sold(con)[-1]
    assert (units, price) in [(Decimal(1000), Decimal(27000)), (Decimal(1), Decimal(27000))]


def test_the_word_point_reads_the_same_file_the_other_way(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    file = write("sales.csv", EITHER["semicolon"])

    take(file, decimal="point")

    assert sold(con) == [(Decimal(1), Decimal(27))]


def test_another_number_of_the_file_decides(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    rows = csv_of({"sale_id": "b", "units": "3", "unit_price": "27.125"},
                  {"units": "2", "unit_price": "0.125"}, separator=";")  # fmt: skip

    take(write("sales.csv", rows))

    assert sold(con) == [(2, Decimal("0.125")), (3, Decimal("27.125"))]


def test_three_decimals_of_a_price_in_a_file_parted_by_commas_are_no_question(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    take(write("sales.csv", csv_of({"units": "2", "unit_price": "27.125"})))

    assert sold(con) == [(2, Decimal("27.125"))]


def test_an_export_with_decimal_commas_and_days_of_its_own_says_what_to_say(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    rows = csv_of(
        {"units": "1.000", "unit_price": "27.000,50", "period_start": "13.10.2025",
         "period_end": "13.10.2025", "published_on": "02.11.2025"}, separator=";"
    )  # fmt: skip
    file = write("sales.csv", rows)

    first = take(file).files[0]
    assert first.way_out == "Say so: --date-order dmy."
    second = take(file, date_order="dmy").files[0]
    assert second.way_out == "Say so: --decimal comma."
    take(file, date_order="dmy", decimal="comma")

    assert sold(con) == [(Decimal(1000), Decimal("27000.5"))]
    stored = con.execute("select cast(published_on as varchar) from raw_sales").fetchall()
    assert stored == [("2025-11-02",)]


@pytest.mark.parametrize("price", ["27 000,5", "27\u00a0000,5", "27'000,5", "27000,5", "+27.000,5"])
def test_thousands_are_parted_as_people_part_them(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, price: str
) -> None:
    rows = csv_of({"units": "1", "unit_price": price}, separator=";")

    take(write("sales.csv", rows), decimal="comma")

    assert sold(con) == [(1, Decimal("27000.5"))]


@pytest.mark.parametrize("price", ["27.5", "0.142", "1.00", "27,5.0", "012.000"])
def test_what_is_not_of_the_form_said_is_held_back_as_received(
    take: Take, write: Write, held_back: HeldBack, price: str
) -> None:
    rows = csv_of({"units": "1", "unit_price": price}, separator=";")

    report = take(write("sales.csv", rows), decimal="comma").files[0]

    held = held_back(report).row(0, named=True)
    assert held["rule"] == "unit_price|not_a_number"
    assert price in held["reason"]


def test_a_replay_may_say_what_the_ingest_did_not(
    con: duckdb.DuckDBPyConnection, home: object, take: Take, write: Write
) -> None:
    from flows.ingest.replay import replay

    rows = csv_of({"units": "1", "unit_price": "27,5"}, {"sale_id": "b", "units": "1",
                  "unit_price": "27.5"}, separator=";")  # fmt: skip
    report = take(write("sales.csv", rows)).files[0]
    assert report.rows_quarantined == 1

    done = replay(con, home, [report.batch_id], decimal="comma")  # type: ignore[arg-type]

    assert [one.rows_accepted for one in done] == [1]
    assert sold(con) == [(1, Decimal("27.5")), (1, Decimal("27.5"))]
