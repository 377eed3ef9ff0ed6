"""Rows that stay in landing files are the store's all the same, wherever its home lies."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from warehouse import content, landed, ledger
from warehouse.errors import Trouble
from warehouse.home import Home
from warehouse.ledger import Batch
from warehouse.records import KindShape, columns_of, ensure_kinds
from warehouse.store import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

_SALES = {"sale_id": "VARCHAR", "units": "DECIMAL(28, 0)", "published_on": "DATE", "line": "BIGINT"}
_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_ROWS = "select sale_id, units, batch_no, line from raw_sales order by all"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose path would break an unescaped query, and match a pattern."""
    root = tmp_path / "it's a [home]*"
    root.mkdir()
    return Home(root)


@pytest.fixture
def con(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    monkeypatch.setattr(landed, "LANDED_FROM", 3)
    with _opened(home) as con:
        yield con


def _opened(home: Home, columns: dict[str, str] = _SALES) -> duckdb.DuckDBPyConnection:
    con = open_warehouse(home)
    ledger.ensure(con)
    ensure_kinds(con, {"sales": KindShape(["sale_id"], columns, 1)})
    landed.point(con, home)
    return con


def _land(con: duckdb.DuckDBPyConnection, home: Home, rows: int, columns: str = "") -> None:
    number = ledger.next_batch_no(con)
    batch = Batch(
        f"sales-{number}", number, "sales", "tidy", "", "", 0, 1, "accepted", "", rows, rows, 0, 0,
        _AT,
    )  # fmt: skip
    file = home.landing_file("sales", batch.batch_id)
    file.parent.mkdir(parents=True, exist_ok=True)
    path = str(file).replace("'", "''")
    con.execute(
        f"copy (select 's' || range as sale_id, range * {number} as units, {columns}"
        f" date '2026-01-01' as published_on, range + 2 as line, '{batch.batch_id}' as batch_id,"
        f" {number} as batch_no, timestamp '2026-01-01' as recorded_at from range({rows}))"
        f" to '{path}' (format parquet)"
    )
    assert landed.add(con, home, batch) == rows
    ledger.record_batch(con, batch)


def test_rows_of_small_and_of_large_batches_are_read_alike(
    con: duckdb.DuckDBPyConnection, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rows in (2, 4, 1, 3):
        _land(con, home, rows)
    monkeypatch.setattr(landed, "LANDED_FROM", 1000)
    copied = Home(tmp_path / "copied")
    with _opened(copied) as other:
        for rows in (2, 4, 1, 3):
            _land(other, copied, rows)

        assert con.execute(_ROWS).fetchall() == other.execute(_ROWS).fetchall()
        assert columns_of(con, "raw_sales") == columns_of(other, "raw_sales")
        assert content.of_warehouse(con) == content.of_warehouse(other)
    assert con.execute("select count(*) from stored_sales").fetchall() == [(3,)]


def test_a_row_id_names_one_row_for_good(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    _land(con, home, 4)
    _land(con, home, 2)
    told = "select batch_no, line, row_id from raw_sales"
    before = set(con.execute(told).fetchall())

    _land(con, home, 1)
    _land(con, home, 5)

    after = con.execute(told).fetchall()
    assert before < set(after)
    assert len({row_id for *_, row_id in after}) == len(after) == 12


@pytest.mark.parametrize("to", ["elsewhere", "it's a [home]"])
def test_a_home_that_was_moved_reads_its_own_files(
    con: duckdb.DuckDBPyConnection, home: Home, tmp_path: Path, to: str
) -> None:
    _land(con, home, 4)
    before = con.execute(_ROWS).fetchall()
    con.close()
    moved = Home(tmp_path / to)
    home.root.rename(moved.root)

    with _opened(moved) as other:
        assert other.execute(_ROWS).fetchall() == before


def test_a_column_of_a_newer_contract_is_null_in_older_files(
    con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    _land(con, home, 3)
    con.close()

    with _opened(home, {**_SALES, "note": "VARCHAR"}) as newer:
        assert newer.execute("select distinct note from raw_sales").fetchall() == [(None,)]

        _land(newer, home, 3, columns="'new' as note,")
        _land(newer, home, 2, columns="'small' as note,")
        told = newer.execute("select note, count(*) from raw_sales group by 1 order by 1")
        assert told.fetchall() == [("new", 3), ("small", 2), (None, 3)]


@pytest.mark.parametrize("damage", [lambda file: file.unlink(), lambda file: file.write_bytes(b"")])
def test_a_file_that_is_gone_or_cut_off_is_named(
    con: duckdb.DuckDBPyConnection, home: Home, damage: object
) -> None:
    _land(con, home, 4)
    landed.look(con, home)
    assert callable(damage)
    damage(home.landing_file("sales", "sales-1"))

    with pytest.raises(Trouble, match=r"sales-1\.parquet is gone or not whole"):
        landed.look(con, home)


def test_rows_that_a_transaction_gave_up_are_not_there(
    con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    _land(con, home, 1)
    con.begin()
    _land(con, home, 4)
    con.rollback()

    assert con.execute("select count(*) from raw_sales").fetchall() == [(1,)]
    assert con.execute("from ledger_landed").fetchall() == []
