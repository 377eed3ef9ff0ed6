"""Texts of rows held back are read by the columns of their header, and nothing is guessed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.ingest import legible
from flows.ingest.replay import replay
from warehouse import content, held

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from tests.ingest.conftest import Bar, Take, Write
    from warehouse.home import Home

Rows = "Callable[[], list[tuple[Any, ...]]]"


@pytest.fixture
def read(con: duckdb.DuckDBPyConnection, home: Home) -> Callable[[], list[tuple[Any, ...]]]:
    def rows() -> list[tuple[Any, ...]]:
        legible.note(con, home)
        query = held.open_sql(content.current_catalog(con), dt.date(2100, 1, 1))
        return con.execute(
            f"select line, symbol, traded_on, close, currency from ({query}) order by line"
        ).fetchall()

    return rows


def test_a_row_is_read_by_position_and_one_of_another_width_is_not(
    take: Take, write: Write, prices: str, bar: Bar, read: Callable[[], list[tuple[Any, ...]]]
) -> None:
    wide = bar(12).rstrip() + ",too much\n"
    take(write("p.csv", prices + bar(11, close="-1") + wide + bar(13, traded_on="soon", mic="x")))

    assert read() == [
        (5, "NVDA", "2025-12-11", "-1", "USD"),
        (6, None, None, None, None),
        (7, "NVDA", "soon", "185.5", "USD"),
    ]


def test_a_file_that_names_no_symbol_has_that_of_its_accepted_rows(
    take: Take, write: Write, listings: None, read: Callable[[], list[tuple[Any, ...]]]
) -> None:
    bars = "Date,Open,High,Low,Close,Volume\n2025-12-08,180,190,170,185,10\n2025-12-09,1,0,1,1,1\n"
    take(write("NVDA.csv", bars))

    assert read() == [(3, "NVDA", "2025-12-09", "1", "USD")]


def test_an_object_is_read_by_its_names(
    take: Take, write: Write, header: str, bar: Bar, read: Callable[[], list[tuple[Any, ...]]]
) -> None:
    good = dict(zip(header.strip().split(","), bar(8).strip().split(","), strict=True))
    bad = {**good, "close": "x", "traded_on": "2025-12-09", "published_on": "2025-12-09"}
    take(write("p.ndjson", json.dumps(good) + "\n" + json.dumps(bad) + "\n{broken\n"))

    assert read() == [(2, "NVDA", "2025-12-09", "x", "USD"), (3, None, None, None, None)]


def test_what_a_replay_lets_in_is_held_no_more(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    take: Take,
    write: Write,
    header: str,
    prices: str,
    bar: Bar,
    read: Callable[[], list[tuple[Any, ...]]],
) -> None:
    take(write("p.csv", prices + bar(11, close="-1") + bar(12, close="-1")))
    assert [row[0] for row in read()] == [5, 6]

    replay(con, home, ["p.csv"], mended=write("m.csv", header + bar(11) + bar(12, close="-1")))

    assert [row[0] for row in read()] == [6]


def test_the_rows_of_a_batch_are_written_all_or_none(
    take: Take,
    write: Write,
    prices: str,
    bar: Bar,
    read: Callable[[], list[tuple[Any, ...]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take(write("p.csv", prices + bar(11, close="-1") + bar(12, close="-1")))
    texts, left = legible._Form.texts, [1]

    def one_only(form: legible._Form, raw: pl.Series) -> pl.DataFrame:
        if not left:
            raise OSError("the disk is gone")
        left.pop()
        return texts(form, raw)

    with monkeypatch.context() as short:
        short.setattr(legible, "_AT_A_TIME", 1)
        short.setattr(legible._Form, "texts", one_only)
        with pytest.raises(OSError, match="gone"):
            read()

    assert [row[0] for row in read()] == [5, 6]


_PIECES = st.sampled_from(
    ["1.5", "NVDA", " ", "\u3000", "", '"', '""', '"a,b"', "\r", "\n", "\0", "é"]
)
_RAW = st.lists(st.lists(_PIECES, max_size=3).map("".join), min_size=1, max_size=4).map(",".join)


@given(st.lists(_RAW, min_size=1, max_size=6))
def test_many_rows_are_read_as_each_is_by_pythons_own_reader(raw: list[str]) -> None:
    columns = ["line", "symbol", "close"]

    texts = legible._Form(tuple(columns), ",").texts(pl.Series(raw, dtype=pl.String))

    expected = []
    for text in raw:
        try:
            values = next(csv.reader(io.StringIO(text)), [])
        except csv.Error:
            values = []
        row = dict(zip(columns, values, strict=False)) if len(values) == len(columns) else {}
        expected.append(((row.get("symbol") or "").strip(), (row.get("close") or "").strip()))
    assert [
        (symbol or "", close or "") for symbol, close in texts.select("symbol", "close").rows()
    ] == expected
