"""Bars as traded and bars restated for splits make one series, whoever feeds which days of it."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows import assets
from flows.build.current import view_columns
from flows.build.graph import tables_of
from flows.build.trial import PARAMETER_COLUMNS, create_given
from flows.ingest.shapes import shapes
from tests import bundled
from warehouse.home import Home
from warehouse.store import connect, open_published

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import duckdb

CHAIN = ("stg_session", "int_price_restated", "int_price_basis", "int_price_comparable")
FIRST = dt.date(2025, 3, 3)
DAYS = [FIRST + dt.timedelta(days=n) for n in range(8)]
#: A ratio of four figures and a reverse split.
RATIOS = {DAYS[3]: Decimal("1.4918"), DAYS[6]: Decimal("0.25")}
TRADED = [Decimal(n) for n in ("200.00", "203.50", "199.10", "134.40", "136.20", "131.00",
                               "540.20", "539.00")]  # fmt: skip


@dataclass(frozen=True)
class _Said:
    """What a source says of a day, fetched when so many of the actions were in force."""

    day: int
    adjustment: str
    source: str
    fetched_on: int


def _ratio(from_day: dt.date, to_day: dt.date, known: dict[dt.date, Decimal]) -> Decimal:
    ratio = Decimal(1)
    for ex_on, one in known.items():
        if from_day < ex_on <= to_day:
            ratio *= one
    return ratio


def _row(said: _Said, actions: dict[dt.date, Decimal]) -> dict[str, Any]:
    day, fetched = DAYS[said.day], DAYS[max(said.day, said.fetched_on)]
    close = TRADED[said.day]
    if said.adjustment != "raw":
        close /= _ratio(day, fetched, actions)
    if said.adjustment == "total_return":
        close /= 3
    return {
        "symbol": "A", "mic": "XNAS", "traded_on": day, "adjustment": said.adjustment,
        "close": round(close, 6), "currency": "USD", "published_on": day,
        "source_id": said.source, "confidence": "seen-secondary",
        "batch_id": f"{said.source} {fetched}", "recorded_at": f"{fetched} 22:00:00",
    }  # fmt: skip


def _run(con: duckdb.DuckDBPyConnection, given: dict[str, list[dict[str, Any]]]) -> None:
    """Make the models of the chain from records given by hand."""
    models = bundled.models()
    types = {**view_columns(shapes()), "parameters": PARAMETER_COLUMNS}
    for name in CHAIN:
        for table in tables_of(models[name].sql) - set(CHAIN):
            create_given(con, table, types[table], given.get(table, []))
        con.execute(f"create or replace temp table {name} as {models[name].sql}")


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(":memory:") as opened:
        yield opened


_SAID = st.lists(
    st.builds(
        _Said,
        day=st.integers(0, len(DAYS) - 1),
        adjustment=st.sampled_from(["raw", "split", "split", "total_return"]),
        source=st.sampled_from("PQ"),
        fetched_on=st.integers(0, len(DAYS) - 1),
    ),
    min_size=1,
    max_size=14,
    unique_by=lambda said: (said.day, said.adjustment),
)


@settings(max_examples=60, deadline=None)
@given(said=_SAID, acted=st.booleans(), data=st.data())
@example(
    said=[_Said(0, "raw", "P", 0), _Said(1, "split", "Q", 7), _Said(2, "total_return", "P", 7)],
    acted=True,
    data=None,
)
def test_every_day_of_either_basis_is_there_once_on_one_share_count(
    con: duckdb.DuckDBPyConnection, said: list[_Said], acted: bool, data: st.DataObject | None
) -> None:
    actions = RATIOS if acted else {}
    # without a recorded action there was none
    traded = {d: round(TRADED[n] * _ratio(DAYS[0], DAYS[n], RATIOS), 6) for n, d in enumerate(DAYS)}
    rows = [_row(one, actions) for one in said]
    if not acted:
        rows = [row | {"close": traded[row["traded_on"]]} for row in rows]
    given_rows = {
        "rec_prices": data.draw(st.permutations(rows)) if data else rows,
        "rec_listings": [{"symbol": "A", "mic": "XNAS", "calendar_mic": "XNAS"}],
        "rec_sessions": [
            {"mic": "XNAS", "session_on": d, "open_at": f"{d} 14:30:00"} for d in DAYS
        ],
        "rec_corporate_actions": [
            {"symbol": "A", "mic": "XNAS", "ex_on": day, "action": "split", "price_ratio": ratio}
            for day, ratio in actions.items()
        ],
    }  # fmt: skip

    _run(con, given_rows)

    made = pl.DataFrame(con.sql("from int_price_comparable order by traded_on")).to_dicts()
    counted = sorted({one.day for one in said if one.adjustment != "total_return"})
    assert [row["traded_on"] for row in made] == [DAYS[n] for n in counted]
    for row in made:
        day = row["traded_on"]
        right = TRADED[DAYS.index(day)] / _ratio(day, DAYS[-1], actions) if acted else traded[day]
        assert abs(row["close_comparable"] - right) < Decimal("0.0005") * right
        assert row["return_1d"] is None or abs(row["return_1d"]) < Decimal("0.06")


def test_a_second_source_that_ends_earlier_takes_no_session_away(
    own_home: Path, tmp_path: Path, run_chipbrief: Callable[..., Any]
) -> None:
    with open_published(Home(own_home)) as con:
        bars = con.execute(
            "select traded_on, close from int_price_comparable where symbol = '688802'"
            " order by traded_on"
        ).fetchall()
    assert len(bars) == 117
    with (assets.seeds() / "prices.csv").open(encoding="utf-8") as seeds:
        rows = [row for row in csv.DictReader(seeds) if row["symbol"] == "688802"][:59]
    # one close of another price, within the daily limit
    odd = rows[20]["traded_on"]
    for field in ("open", "high", "low", "close"):
        rows[20][field] = "612.5"
    lines = [
        ",".join(row[n] for n in ("traded_on", "open", "high", "low", "close", "close", "volume"))
        for row in rows
    ]
    file = tmp_path / "688802.SS.csv"
    file.write_text("Date,Open,High,Low,Close,Adj Close,Volume\n" + "\n".join(lines), "utf-8")

    for words in (["ingest", str(file)], ["build"]):
        done = run_chipbrief(own_home, *words)
        assert done.returncode == 0, done.stdout + done.stderr

    with open_published(Home(own_home)) as con:
        after = dict(
            con.execute(
                "select traded_on, close_comparable from int_price_comparable"
                " where symbol = '688802'"
            ).fetchall()
        )
        told = con.execute(
            "select item, row_count, detail from rpt_quality where check_kind = 'disagreement'"
        ).fetchall()
    assert list(after) == [day for day, _ in bars]
    assert {day: c for day, c in after.items() if str(day) != odd} == {
        day: c for day, c in bars if str(day) != odd
    }
    assert len(told) == 1
    assert told[0][:2] == ("prices:close, PX-YAHOO / PX-CN", 1)
    assert odd in told[0][2]
    assert "612.5" in told[0][2]
