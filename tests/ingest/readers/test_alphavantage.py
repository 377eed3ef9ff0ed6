"""Alpha Vantage's daily series as CSV and JSON: as traded, whatever the adjusted close says.

Checked against its documentation of TIME_SERIES_DAILY and TIME_SERIES_DAILY_ADJUSTED and answers
that public repositories keep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ingest.conftest import Take, Write
    from tests.ingest.readers.conftest import Read, Real

#: The split of 10 June 2024; the closes before it are ten times the restated ones.
ADJUSTED = """\
timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient
2024-06-10,120.37,123.10,117.01,121.79,121.78,314162700,0.0000,10.0
2024-06-07,1197.70,1216.92,1180.22,1208.88,120.87,41238600,0.0000,1.0
"""


def test_the_adjusted_series_is_kept_as_traded(read: Read) -> None:
    rows = read("daily_adjusted_NVDA.csv", ADJUSTED).rows

    assert rows.select("traded_on", "close", "volume", "adjustment").rows() == [
        ("2024-06-10", "121.79", "314162700", "raw"),
        ("2024-06-07", "1208.88", "41238600", "raw"),
    ]


@pytest.mark.parametrize("indent", [4, None])
def test_json_names_its_symbol_and_each_bar_its_line(
    read: Read, december: list[Real], as_json: Callable[..., str], indent: int | None
) -> None:
    text = as_json(december, indent=indent)

    reading = read("query.json", text)

    assert reading.rows.height == 22
    first = reading.rows.row(0, named=True)
    assert (first["symbol"], first["traded_on"], first["close"], first["adjustment"]) == (
        "NVDA", december[-1].day, december[-1].close, "raw",
    )  # fmt: skip
    assert reading.raw["line"].n_unique() == 22
    if indent:
        assert f'"{december[-1].day}": {{' in text.split("\n")[first["line"] - 1]
    assert december[-1].close in reading.raw["raw"][0]


def test_a_day_that_stands_twice_in_json_is_held_back_and_the_rest_taken(
    take: Take, write: Write, listings: None, december: list[Real], as_json: Callable[..., str]
) -> None:
    text = as_json(december).replace(f'"{december[0].day}"', f'"{december[1].day}"')

    report = take(write("query.json", text)).files[0]

    assert (report.rows_read, report.rows_accepted) == (22, 20)
    assert [(f.rule, f.count) for f in report.findings] == [("conflicting_rows", 2)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"Information": "our standard API rate limit is 25 requests per day"}', "rate limit"),
        ('{\n "Error Message": "Invalid API call."\n}', "Invalid API call"),
        ('{\n "Meta Data": {},\n "Weekly Time Series": {"2025-12-05": {}}\n}', "no daily series"),
    ],
)
def test_a_message_in_place_of_prices_is_said(read: Read, text: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read("NVDA.json", text)
