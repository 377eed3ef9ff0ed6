"""The warehouse comes again from landing/ with the same content, whenever the making is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import pytest

from flows.ingest.rebuild import rebuild
from warehouse import clock, content, durable, ledger, store
from warehouse.errors import Trouble
from warehouse.records import columns_of

if TYPE_CHECKING:
    from tests.ingest.conftest import Bar, Take, Write
    from warehouse.home import Home

HELD = {"close": "-1"}


@pytest.fixture
def filled(home: Home, write: Write, prices: str, bar: Bar) -> str:
    """A home with two batches, a row held back and a run; returns its content hash."""
    from flows.ingest.run import ingest

    with store.open_warehouse(home) as con:
        ingest(con, home, [write("a.csv", prices + bar(11, **HELD))])
        ingest(con, home, [write("b.csv", prices.replace("185.5", "186"))])
        ledger.record_run(con, "ingest", clock.now(), "done", 0, "")
        return content.of_warehouse(con)


def _content(home: Home) -> str:
    with store.open_warehouse(home) as con:
        return content.of_warehouse(con)


def test_the_content_is_the_same_and_the_history_of_runs_is_kept(home: Home, filled: str) -> None:
    report = rebuild(home)

    assert (report.before, report.after, report.batches, report.rows) == (filled, filled, 2, 6)
    with store.open_warehouse(home) as con:
        assert con.execute("select command from ledger_runs").fetchall() == [("ingest",)]
        assert len(ledger.known_files(con)) == 2


def test_it_comes_from_nothing_but_landing(home: Home, filled: str) -> None:
    home.warehouse_file.unlink()

    report = rebuild(home)

    assert (report.before, report.after, report.kept) == ("", filled, ())
    assert _content(home) == filled


def test_a_log_beside_an_unreadable_file_is_not_taken_for_the_new_ones(
    home: Home, filled: str
) -> None:
    home.warehouse_file.write_bytes(b"no database")
    log = home.root / "warehouse.duckdb.wal"
    log.write_bytes(b"of a run that died")

    rebuild(home)

    assert _content(home) == filled
    assert (home.root / "warehouse.duckdb.wal.unread").read_bytes() == b"of a run that died"


def test_damage_in_landing_is_named_and_the_old_file_stays(home: Home, filled: str) -> None:
    landed = max(home.root.glob("landing/prices/*.parquet"))
    durable.write_bytes(landed, b"PAR1", "trial")

    with pytest.raises(Trouble, match=landed.name):
        rebuild(home)

    assert _content(home) == filled


@pytest.mark.parametrize("step", ["sync_file", "sync_folder"])
def test_a_kill_before_or_after_the_swap_leaves_a_whole_warehouse(
    home: Home, filled: str, step: str
) -> None:
    script = f"""
import os, signal
from pathlib import Path
from flows.ingest.rebuild import rebuild
from warehouse import durable
from warehouse.home import Home
durable.{step} = lambda path: os.kill(os.getpid(), signal.SIGKILL)
rebuild(Home(Path({str(home.root)!r})))
"""
    died = subprocess.run([sys.executable, "-c", script], check=False, timeout=120)

    assert died.returncode == -signal.SIGKILL
    assert _content(home) == filled
    assert rebuild(home).after == filled
    assert list(home.root.glob(".warehouse.duckdb.*")) == []


def test_the_content_hash_minds_rows_and_not_their_order() -> None:
    def hashed(*rows: tuple[int, str | None], column: str = "b") -> str:
        with duckdb.connect() as con:
            con.execute(f"create table raw_x (a integer, {column} varchar)")
            con.executemany("insert into raw_x values (?, ?)", rows)
            return content.of_warehouse(con)

    assert hashed((1, "x"), (2, None)) == hashed((2, None), (1, "x"))
    assert hashed((1, "x"), (2, None)) != hashed((1, "x"), (2, ""))
    assert hashed((1, "x")) != hashed((1, "x"), (1, "x"))
    assert hashed((1, "x")) != hashed((1, "x"), column="c")


def test_rows_in_any_order_of_files_have_the_same_hash_of_records(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, prices: str
) -> None:
    take(write("a.csv", prices))
    columns = columns_of(con, "raw_prices")

    assert "md5_number_lower" in content.hash_sql(columns)
    assert content.hash_of(con, "raw_prices").startswith("3-")
    assert content.hash_of(con, "raw_prices", where="line = 2").startswith("1-")
