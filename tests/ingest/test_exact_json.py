"""JSON to the last digit: no number goes through a float, and nothing said twice is taken."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.ingest.test_whole_numbers import SALE

if TYPE_CHECKING:
    import duckdb

    from tests.ingest.conftest import HeldBack, Take, Write

FIRST = {name: value for name, value in SALE.items() if name not in ("units", "unit_price")}
START = json.dumps(FIRST)[:-1]


@pytest.mark.parametrize(
    ("stated", "stored"),
    [
        ("123456789012345.67", "123456789012345.67"),
        ("99999999999999.99", "99999999999999.99"),
        ("-271828182845904.53", "-271828182845904.53"),
        ("1.2345678901234567e14", "123456789012345.67"),
        ("314159265358979.3E0", "314159265358979.30"),
        ("100000000000000", "100000000000000.00"),
        ('"987654321098765.43"', "987654321098765.43"),
    ],
)
@pytest.mark.parametrize("form", ["{}\n", "[{}]", "[\n  {}\n]\n"])
def test_a_number_keeps_its_digits(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, stated: str, stored: str, form: str
) -> None:
    text = form.replace("{}", f'{START}, "revenue": {stated}}}')

    report = take(write("sales.json", text))

    assert report.rows_accepted == 1
    assert con.execute("select revenue from raw_sales").fetchall() == [(Decimal(stored),)]


@pytest.mark.parametrize(
    ("end", "rule", "says"),
    [
        (', "revenue": 1, "revenue": 99}', "key_twice", "says revenue twice: '1' and '99'"),
        (', "revenue": 1, "basis": "billing"}', "key_twice", "says basis twice"),
        (', "revenue": 1, "customer": {"name": "x"}}', "nested_value", "customer is an object"),
        (', "revenue": [1, 2]}', "nested_value", "revenue is an object or a list"),
        (', "revenue": NaN}', "not_an_object", "NaN is no number"),
        (', "revenue": -Infinity}', "not_an_object", "-Infinity is no number"),
        (', "revenue": 1, "note": "\\ud800"}', "not_an_object", "half of a character"),
        (', "revenue": 1} {}', "not_an_object", "not one whole JSON object"),
    ],
)
def test_what_an_object_says_twice_or_not_at_all_is_held_back_with_its_line(
    take: Take, write: Write, held_back: HeldBack, end: str, rule: str, says: str
) -> None:
    good = json.dumps(SALE | {"sale_id": "b", "units": "3"})

    report = take(write("sales.ndjson", f"{good}\n{START}{end}\n{good}\n")).files[0]

    assert (report.rows_accepted, report.rows_quarantined) == (1, 1)
    held = held_back(report).row(0, named=True)
    assert (held["line"], held["rule"]) == (2, rule)
    assert says in held["reason"]


def test_objects_of_a_list_are_lines_and_their_number_is_the_line(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, held_back: HeldBack
) -> None:
    rows = [SALE | {"sale_id": name, "units": n} for name, n in (("a", 1), ("b", 0.5), ("c", 3))]

    file = write("sales.json", json.dumps(rows, indent=2))
    report = take(file).files[0]

    assert (report.rows_accepted, report.rows_quarantined) == (2, 1)
    assert held_back(report)["line"].to_list() == [2]
    assert con.execute("select line from raw_sales order by 1").fetchall() == [(1,), (3,)]
    assert "object n is line n" in report.assumed[0]
    assert take(file).files[0].status == "unchanged"


@pytest.mark.parametrize("text", ["[", "[]", "[{}", '[{"a": 1} {"a": 2}]', '[{"a": 1}, 5]',
                                  '[{"a": 1}] and more', "[[1, 2]]"])  # fmt: skip
def test_a_list_that_is_no_list_of_objects_is_refused_with_a_way_out(
    take: Take, write: Write, text: str
) -> None:
    report = take(write("sales.json", text)).files[0]

    assert report.status == "refused"
    assert report.way_out
