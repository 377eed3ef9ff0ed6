"""An unverified version displaces no other source's that somebody has seen, kept or ranked anew.

The rule is written out here once more; a store that follows superseded versions batch by batch
must say the same as one that ranks all of them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.build import superseded
from flows.build.current import create_views
from warehouse import content, ledger
from warehouse.records import KindShape, ensure_kinds
from warehouse.store import connect

_KINDS = {
    "sales": KindShape(
        ["sale_id"],
        {
            "sale_id": "VARCHAR", "units": "BIGINT", "source_id": "VARCHAR",
            "confidence": "VARCHAR", "published_on": "DATE", "line": "BIGINT",
        },
        1,
    )
}  # fmt: skip
_SAID = st.tuples(
    st.sampled_from("ab"),
    st.integers(1, 9),
    st.sampled_from(["A", "B", "B;A"]),
    st.sampled_from(["seen-primary", "contested", "unverified", "invented"]),
    st.sampled_from([dt.date(2026, 1, day) for day in (1, 2, 3)]),
)


def _taken(versions: list[Any]) -> list[tuple[str, int]]:
    """The last word of each source; of these the seen ones first, then the latest, then by id."""
    taken = []
    for key in sorted({version[0] for version in versions}):
        last: dict[str, Any] = {}
        for number, (sale_id, units, source, mark, day) in enumerate(versions):
            main = source.split(";")[0]
            if sale_id == key and (main not in last or last[main][1] <= (day, number)):
                unseen = mark == "unverified"
                last[main] = (unseen, (day, number), units)
        _, units = min(
            ((unseen, -day.toordinal(), main), units)
            for main, (unseen, (day, _), units) in last.items()
        )
        taken.append((key, units))
    return taken


@pytest.mark.parametrize("kept_from", [0, 1000])
@settings(max_examples=15, deadline=None)
@given(batches=st.lists(st.lists(_SAID, min_size=1, max_size=3), min_size=1, max_size=4))
def test_the_last_words_of_sources_compete_and_what_nobody_saw_comes_last(
    kept_from: int, batches: list[list[Any]]
) -> None:
    with connect(":memory:") as con, pytest.MonkeyPatch.context() as patch:
        patch.setattr(superseded, "KEPT_FROM", kept_from)
        ledger.ensure(con)
        ensure_kinds(con, _KINDS)
        told: list[Any] = []
        for batch_no, batch in enumerate(batches, start=1):
            for line, (sale_id, units, source, mark, day) in enumerate(batch, start=2):
                con.execute(
                    "insert into raw_sales (sale_id, units, source_id, confidence, published_on,"
                    " line, batch_no) values (?, ?, ?, ?, ?, ?, ?)",
                    [sale_id, units, source, mark, day, line, batch_no],
                )
            told += batch
            create_views(con, dt.date(2026, 1, 5), content.current_catalog(con))
            taken = con.execute("select sale_id, units from rec_sales order by 1").fetchall()

            assert taken == _taken(told)
