"""What is done in a transaction is written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from warehouse.store import connect
from warehouse.transaction import transaction

if TYPE_CHECKING:
    import duckdb


def _die_half_way(con: duckdb.DuckDBPyConnection) -> None:
    with transaction(con):
        con.execute("create table half as select 1")
        raise KeyError("half")


def test_what_raises_leaves_nothing_and_the_connection_goes_on() -> None:
    with connect(":memory:") as con:
        with pytest.raises(KeyError):
            _die_half_way(con)
        with transaction(con):
            con.execute("create table whole as select 1")

        names = con.execute("select table_name from duckdb_tables()").fetchall()

    assert names == [("whole",)]
