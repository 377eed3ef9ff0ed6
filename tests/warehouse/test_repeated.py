"""What stands in several rows is found in parts of any number."""

from __future__ import annotations

import pytest

from warehouse import repeated
from warehouse.store import connect


@pytest.mark.parametrize("at_once", [1, 2, 7, 1000])
def test_rows_that_share_their_values_are_found_in_any_number_of_parts(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(repeated, "AT_ONCE", at_once)
    with connect(":memory:") as con:
        con.execute(
            "create table t as select i % 7 as a, nullif(i % 2, 0) as b, i from range(20) r(i)"
        )

        is_repeated = repeated.note(con, "twice", "t", "a, b", where="i < 16")
        found = con.execute(f"select i from t where i < 16 and {is_repeated} order by i").fetchall()

    # a and b come back after fourteen rows
    assert found == [(0,), (1,), (14,), (15,)]
