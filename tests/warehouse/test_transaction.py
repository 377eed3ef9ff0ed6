"""What is done in a transaction is written whole or not at all."""

from __future__ import annotations

import pytest

from warehouse.store import connect
from warehouse.transaction import transaction


def test_what_raises_leaves_nothing_and_the_connection_goes_on() -> None:
    with connect(":memory:") as con:
        with pytest.raises(KeyError), transaction(con):
            con.execute("create table half as select 1")
            raise KeyError("half")
        with transaction(con):
            con.execute("create table whole as select 1")

        names = con.execute("select table_name from duckdb_tables()").fetchall()

    assert names == [("whole",)]
