"""Rates that cannot be what they say are held back, in our own files and in those of providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import duckdb

    from flows.ingest.report import FileReport
    from tests.ingest.conftest import Bar, HeldBack, Take, Write

HEADER = "currency,rate_on,usd_rate,derivation,published_on,source_id,confidence"
INVESTING = '"Date","Price","Open","High","Low","Vol.","Change %"\n'


def rates(*rows: tuple[str, str, str], source: str = "ECB", withdrawn: str = "") -> str:
    lines = [
        f"{currency},{day},{rate},as stated,{day},{source},seen-primary{withdrawn}"
        for currency, day, rate in rows
    ]
    head = f"{HEADER},is_withdrawn" if withdrawn else HEADER
    return "\n".join([head, *lines]) + "\n"


@pytest.fixture
def stored(take: Take, write: Write) -> None:
    """Real rates of the week before Christmas 2025: yuan and euro."""
    days = ("2025-12-22", "2025-12-23", "2025-12-24")
    yuan = zip(("CNY",) * 3, days, ("0.1420", "0.1423", "0.1426"), strict=True)
    euro = zip(("EUR",) * 3, days, ("1.1740", "1.1786", "1.1787"), strict=True)
    assert take(write("stored.csv", rates(*yuan, *euro))).rows_quarantined == 0


@pytest.mark.parametrize(
    ("currency", "rate", "rule"),
    [
        ("CNY", "7.041", "rate_upside_down"),
        ("EUR", "0.8496", "rate_upside_down"),
        ("CNY", "14.2", "rate_unit"),
        ("CNY", "0.00142", "rate_unit"),
        ("CNY", "0.32", "rate_far"),
    ],
)
@pytest.mark.parametrize("day", ["2025-12-29", "2025-12-19"])
def test_a_rate_unlike_the_stored_day_beside_it_is_held_back(
    take: Take, write: Write, stored: None, held_back: HeldBack,
    currency: str, rate: str, rule: str, day: str,
) -> None:  # fmt: skip
    report = take(write("ours.csv", rates((currency, day, rate), source="T"))).files[0]

    assert (report.rows_accepted, report.rows_quarantined) == (0, 1)
    row = held_back(report).row(0, named=True)
    assert (row["rule"], row["line"]) == (rule, 2)
    assert "ECB" in row["reason"]
    assert row["raw"].startswith(currency)


def test_a_rate_of_the_same_day_against_a_second_source_is_held_back(
    take: Take, write: Write, stored: None
) -> None:
    report = take(write("o.csv", rates(("CNY", "2025-12-24", "0.1526"), source="T"))).files[0]

    assert next((f.rule, f.count) for f in report.findings) == ("rate_contradicted", 1)


def test_an_ordinary_move_and_a_correction_of_the_same_source_are_let_in(
    take: Take, write: Write, stored: None
) -> None:
    ours = rates(("CNY", "2025-12-29", "0.1380"), source="T")
    later = rates(("CNY", "2025-12-24", "0.1425"))

    assert take(write("ours.csv", ours)).rows_accepted == 1
    assert take(write("later.csv", later)).rows_accepted == 1


def test_a_withdrawn_rate_is_no_evidence(take: Take, write: Write) -> None:
    wrong = ("CNY", "2025-12-24", "7.013")
    take(write("wrong.csv", rates(wrong)))
    right = write("right.csv", rates(("CNY", "2025-12-29", "0.1427"), source="T"))
    assert take(right).rows_quarantined == 1

    take(write("withdrawn.csv", rates(wrong, withdrawn=",true")))
    again = write("again.csv", rates(("CNY", "2025-12-30", "0.1427"), source="T"))

    assert take(again).rows_accepted == 1


def test_a_rate_that_nothing_stored_is_beside_is_compared_with_the_file(
    take: Take, write: Write
) -> None:
    rows = [("TWD", f"2025-12-{day}", rate) for day, rate in
            ((19, "0.0317"), (22, "0.0318"), (23, "31.5"), (24, "0.0317"))]  # fmt: skip

    report = take(write("ours.csv", rates(*rows))).files[0]

    held = [(f.rule, f.count, f.first_line) for f in report.findings if f.rule.startswith("rate_")]
    assert (report.rows_accepted, held) == (3, [("rate_upside_down", 1, 4)])


def test_a_rate_larger_than_any_currency_breaks_the_contract(take: Take, write: Write) -> None:
    report = take(write("ours.csv", rates(("CNY", "2025-12-24", "142")))).files[0]

    assert report.findings[0].rule == "usd_rate|max"


def _investing(take: Take, write: Write, pair: str, price: str, **said: str) -> FileReport:
    cells = ",".join(f'"{cell}"' for cell in ("12/29/2025", *([price] * 4), "", "-0.01%"))
    return take(write(f"{pair} Historical Data.csv", f"{INVESTING}{cells}\n"), **said).files[0]


@pytest.mark.parametrize(
    ("pair", "price"),
    [("CNY_USD", "0,142"), ("USD_CNY", "7,041"), ("USD_CNY", "7.041"), ("USD_CNY", "7,0410")],
)
def test_a_comma_in_a_rate_is_read_as_what_it_is(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, stored: None, pair: str, price: str
) -> None:
    assert _investing(take, write, pair, price).rows_accepted == 1

    (rate,) = con.execute(
        "select cast(usd_rate as double) from raw_fx where source_id = 'PX-INVESTING'"
    ).fetchall()[0]
    assert rate == pytest.approx(0.142, abs=0.0001)


def test_a_rate_of_one_group_of_three_that_nothing_shows_is_asked_for(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    report = _investing(take, write, "USD_IDR", "16,745")
    assert report.status == "refused"
    assert "--decimal comma or --decimal point" in report.way_out

    said = _investing(take, write, "USD_IDR", "16,745", decimal="point")

    assert said.rows_accepted == 1
    rates_of = con.execute("select round(1 / cast(usd_rate as double)) from raw_fx").fetchall()
    assert rates_of == [(16744,)] or rates_of == [(16745,)]


def test_rates_upside_down_in_a_file_of_a_provider_are_held_back(
    take: Take, write: Write, stored: None
) -> None:
    report = _investing(take, write, "CNY_USD", "7.0410")

    assert [f.rule for f in report.findings] == ["rate_upside_down"]


@pytest.mark.parametrize(("volume", "is_held"), [("10", True), ("2500000", True), ("990", False)])
def test_a_volume_unlike_that_of_another_source_is_held_back(
    take: Take, write: Write, header: str, bar: Bar, volume: str, is_held: bool
) -> None:
    take(write("stored.csv", header + bar(8, volume="1000") + bar(9)))

    ours = bar(8, volume=volume, source_id="U") + bar(9, volume="1010", source_id="U")
    report = take(write("ours.csv", header + ours)).files[0]

    held = [f.rule for f in report.findings if f.rule == "volume_unit"]
    assert (held, report.rows_quarantined) == (["volume_unit"] * is_held, int(is_held))


def test_a_source_may_correct_its_own_volume(
    take: Take, write: Write, header: str, bar: Bar
) -> None:
    take(write("stored.csv", header + bar(8, volume="10")))

    assert take(write("later.csv", header + bar(8, volume="1000"))).rows_accepted == 1
