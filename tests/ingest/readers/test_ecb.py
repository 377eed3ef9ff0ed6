"""ECB reference rates: cells to records in dollars, exact crosses, blanks that are no rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    import duckdb

    from tests.ingest.conftest import HeldBack, Take, Write
    from tests.ingest.readers.conftest import Read
    from warehouse.home import Home

RATES = """\
Date,USD,JPY,BGN,CNY,HKD,
2026-10-30,1.1172,175.68,N/A,7.4326,8.7652,
2026-10-29,1.1168,175.02,N/A,7.4301,8.7610,
"""


@pytest.fixture(autouse=True)
def now(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day after the rates."""
    monkeypatch.setenv("CHIPBRIEF_NOW", "2026-11-02T08:00:00+00:00")


def test_each_rate_becomes_dollars_for_one_unit(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    report = take(write("eurofxref.csv", RATES)).files[0]

    assert (report.kind, report.provider) == ("fx", "ecb")
    assert (report.rows_read, report.rows_accepted) == (8, 8)
    rows = con.execute(
        "select currency, usd_rate, derivation, confidence, line from raw_fx"
        " where rate_on = '2026-10-30' order by currency"
    ).fetchall()
    assert [(currency, str(rate), line) for currency, rate, _, _, line in rows] == [
        ("CNY", "0.1503107930", 2),  # 1.1172 / 7.4326
        ("EUR", "1.1172000000", 2),
        ("HKD", "0.1274585862", 2),  # 1.1172 / 8.7652
        ("JPY", "0.0063592896", 2),  # 1.1172 / 175.68
    ]
    assert rows[0][2:4] == (
        "Cross of two ECB reference rates: USD per EUR / CNY per EUR",
        "derived",
    )
    assert rows[1][2:4] == ("ECB reference rate, USD per EUR", "seen-primary")


def test_a_cell_that_is_no_rate_is_held_back_with_its_line(
    take: Take, write: Write, held_back: HeldBack
) -> None:
    dirty = RATES.replace("7.4326", "7,4").replace("8.7610", "0")
    dirty += "2026-10-28,N/A,175,N/A,N/A,N/A,\nnever,1.1,2,N/A,N/A,N/A,\n"

    report = take(write("eurofxref.csv", dirty)).files[0]

    # the comma within a rate makes one field too many: no cell of that line can be trusted
    assert (report.rows_read, report.rows_accepted, report.rows_quarantined) == (8, 3, 5)
    assert held_back(report).select("line", "rule").rows() == [
        (2, "ragged_row"),
        (3, "usd_rate|min_exclusive"),
        (4, "usd_rate|nullability"),
        (5, "published_on|not_a_date"),
        (5, "published_on|not_a_date"),
    ]


def test_the_file_of_one_day_names_its_month(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    # as in the ECB's eurofxref.zip: spaces after the commas, the month by name
    text = "Date, USD, CNY, \n30 October 2026, 1.1172, 7.4326, \n"

    take(write("eurofxref.csv", text))

    rows = con.execute(
        "select currency, cast(rate_on as varchar) from raw_fx order by 1"
    ).fetchall()
    assert rows == [("CNY", "2026-10-30"), ("EUR", "2026-10-30")]


SDMX = """\
KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS
EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2026-10-29,1.1190,A
EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2026-10-30,1.1172,A
EXR.D.CNY.EUR.SP00.A,D,CNY,EUR,SP00,A,2026-10-29,,M
EXR.D.CNY.EUR.SP00.A,D,CNY,EUR,SP00,A,2026-10-30,7.4326,A
EXR.M.CNY.EUR.SP00.A,M,CNY,EUR,SP00,A,2026-10,7.4400,A
EXR.D.CNY.USD.SP00.A,D,CNY,USD,SP00,A,2026-10-30,6.6529,A
"""


def test_the_table_of_the_data_portal_is_per_euro_too(read: Read) -> None:
    reading = read("EXR.csv", SDMX)

    assert sorted(reading.rows.select("currency", "rate_on", "usd_rate", "line").rows()) == [
        ("CNY", "2026-10-30", "0.1503107930", 5),
        ("EUR", "2026-10-29", "1.1190", 2),
        ("EUR", "2026-10-30", "1.1172", 3),
    ]
    assert reading.ragged.select("line", "rule").rows() == [(6, "not_daily"), (7, "not_per_euro")]


def test_the_table_of_the_data_portal_needs_the_dollar(read: Read) -> None:
    lines = [line for line in SDMX.splitlines() if ".USD.EUR" not in line]

    with pytest.raises(Refused, match="no rate of the dollar"):
        read("EXR.csv", "\n".join(lines))
