"""Readers see a whole build or the one before it, and a run that died leaves no litter for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from warehouse.home import Home
from warehouse.publish import publish
from warehouse.store import connect, open_published

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose path would break an unescaped query."""
    root = tmp_path / 'it\'s a "home"'
    root.mkdir()
    return Home(root)


@pytest.fixture
def con(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(home.warehouse_file) as opened:
        opened.execute("create table answer as select 42 as value")
        yield opened


def _published(home: Home) -> list[tuple[int]]:
    with open_published(home) as con:
        return con.execute("select value from answer").fetchall()


def test_what_is_published_stays_when_the_next_copy_fails(
    con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    publish(con, home, ["answer"], "one")

    with pytest.raises(duckdb.Error, match="no_such_table"):
        publish(con, home, ["answer", "no_such_table"], "two")

    assert _published(home) == [(42,)]
    assert not list(home.root.glob(".published*"))


def test_what_a_killed_run_left_is_swept_by_the_next(
    con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    (home.root / ".published.duckdb.x1y2.part").write_bytes(b"half")
    (home.root / ".published.duckdb.x1y2.part.wal").write_bytes(b"half")

    publish(con, home, ["answer"], "one")

    assert _published(home) == [(42,)]
    assert not list(home.root.glob(".published*"))


def test_a_table_that_the_last_copy_holds_is_taken_over_and_every_other_written(
    con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    con.execute("create table other as select 1 as value; create table gone as select 1 as value")
    publish(con, home, ["answer", "other", "gone"], "one", contents={"answer": "a", "other": "b"})
    # what a table holds is told by `contents` alone: this change is not
    con.execute("update answer set value = 43; update other set value = 2")

    publish(con, home, ["answer", "other"], "two", contents={"answer": "a", "other": "c"})

    assert _published(home) == [(42,)]
    with open_published(home) as copy:
        assert copy.execute("from other").fetchall() == [(2,)]
        assert not copy.execute("from duckdb_tables() where table_name = 'gone'").fetchall()
    publish(con, home, ["answer", "other"], "three", contents={"answer": "a"}, anew=True)
    assert _published(home) == [(43,)]


def test_a_table_of_no_known_content_is_written_each_time(
    con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    publish(con, home, ["answer"], "one")
    con.execute("update answer set value = 43")
    publish(con, home, ["answer"], "two")

    assert _published(home) == [(43,)]


def test_a_last_copy_that_cannot_be_read_is_not_built_on(
    con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    publish(con, home, ["answer"], "one", contents={"answer": "a"})
    home.published_file.unlink()
    home.published_file.write_bytes(b"no database")

    publish(con, home, ["answer"], "two", contents={"answer": "a"})

    assert _published(home) == [(42,)]


def test_readers_keep_the_copy_that_they_opened_and_it_is_not_changed_below_them(
    con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    publish(con, home, ["answer"], "one", contents={"answer": "a"})
    with open_published(home) as early:
        con.execute("update answer set value = 43")
        publish(con, home, ["answer"], "two", contents={"answer": "b"})

        assert early.execute("from answer").fetchall() == [(42,)]
    assert _published(home) == [(43,)]


def test_the_file_does_not_grow_with_the_number_of_copies(
    con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    sizes = []
    for number in range(8):
        con.execute(
            f"create or replace table much as select hash(range, {number}) as value"
            " from range(30000)"
        )
        contents = {"answer": "a", "much": str(number)}
        publish(con, home, ["answer", "much"], f"build-{number}", contents=contents)
        sizes.append(home.published_file.stat().st_size)

    assert max(sizes) <= 3 * sizes[0]
    assert sizes[-1] <= sizes[3]
