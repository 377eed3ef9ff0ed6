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
