"""What two sources say otherwise of one thing: told as the rule says, over random versions.

The rule is written out here once more in Python, over all versions, with nothing left out early:
so is whether withdrawals, of a row or of a source's precedence, are taken away at the right place.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.build import superseded
from flows.build.current import create_views
from warehouse import content, ledger
from warehouse.records import KindShape, ensure_kinds
from warehouse.store import connect

_DAYS = [dt.date(2026, 1, day) for day in (1, 2, 3)]
_OWN = {"units": "BIGINT", "source_id": "VARCHAR", "published_on": "DATE", "line": "BIGINT",
        "is_withdrawn": "BOOLEAN"}  # fmt: skip
_SOURCES = {"key": "VARCHAR", "precedence": "BIGINT"}
_KINDS = {
    "sales": KindShape(["sale_id"], {"sale_id": "VARCHAR", **_OWN}, 1),
    "sources": KindShape(["key"], {**_SOURCES, **_OWN}, 1),
}


@dataclass(frozen=True)
class _Said:
    """A version of a sale, or of a source's precedence where `key` is a source."""

    key: str
    value: int | None
    source: str
    published_on: dt.date
    is_withdrawn: bool
    batch_no: int = 0

    @property
    def main(self) -> str:
        return self.source.split(";")[0]


def _versions(keys: str, sources: list[str]) -> st.SearchStrategy[list[_Said]]:
    one = st.builds(
        _Said,
        key=st.sampled_from(keys),
        value=st.integers(1, 3),
        source=st.sampled_from(sources),
        published_on=st.sampled_from(_DAYS),
        is_withdrawn=st.sampled_from([False, False, True]),
    )
    return st.lists(one, max_size=9)


def _current(versions: list[_Said], ranks: dict[str, int], known_to: dt.date) -> list[_Said]:
    """The version of each key that is taken, withdrawn or not."""

    def order(said: _Said) -> tuple[int, int, str, int]:
        day = -said.published_on.toordinal()
        return day, ranks.get(said.main, 1000), said.main, -said.batch_no

    known = sorted(
        (said for said in versions if said.published_on <= known_to),
        key=lambda said: (said.key, order(said)),
    )
    return [next(group) for _, group in groupby(known, key=lambda said: said.key)]


def _by_rule(
    sales: list[_Said], sources: list[_Said], known_to: dt.date
) -> list[tuple[str, str, str]]:
    ranks = {
        said.key: said.value
        for said in _current(sources, {}, known_to)
        if not said.is_withdrawn and said.value is not None
    }
    told = []
    for taken in _current(sales, ranks, known_to):
        last = {
            said.main: said
            for said in sorted(sales, key=lambda said: said.batch_no)
            if (said.key, said.published_on) == (taken.key, taken.published_on)
        }
        told += [
            (f"sale_id={taken.key}", taken.main, other.main)
            for other in last.values()
            if other.main != taken.main
            and not (other.is_withdrawn or taken.is_withdrawn)
            and other.value != taken.value
        ]
    return sorted(told)


@pytest.mark.parametrize("kept_from", [0, 1000])
@settings(max_examples=15, deadline=None)
@given(
    sales=_versions("ab", ["A", "B", "B;A", "C"]),
    sources=_versions("ABC", ["T"]),
    known_to=st.sampled_from(_DAYS),
)
# the commonest source has taken all of its rows back; two others still say otherwise
@example(
    sales=[
        _Said("a", 1, "A", _DAYS[0], is_withdrawn=True),
        _Said("b", 1, "A", _DAYS[0], is_withdrawn=True),
        _Said("a", 2, "B", _DAYS[1], is_withdrawn=False),
        _Said("a", 3, "C", _DAYS[1], is_withdrawn=False),
    ],
    sources=[],
    known_to=_DAYS[2],
)
# the precedence that would have decided was taken back before
@example(
    sales=[
        _Said("a", 2, "B", _DAYS[1], is_withdrawn=False),
        _Said("a", 3, "A", _DAYS[1], is_withdrawn=False),
    ],
    sources=[
        _Said("B", 1, "T", _DAYS[0], is_withdrawn=False),
        _Said("B", 1, "T", _DAYS[1], is_withdrawn=True),
    ],
    known_to=_DAYS[2],
)
# a source other than the one that is taken has taken its row back on the same day
@example(
    sales=[
        _Said("a", 1, "A", _DAYS[0], is_withdrawn=False),
        _Said("a", 2, "B", _DAYS[0], is_withdrawn=False),
        _Said("a", 2, "B", _DAYS[0], is_withdrawn=True),
    ],
    sources=[],
    known_to=_DAYS[2],
)
def test_disagreements_are_those_of_the_rule_after_withdrawals(
    kept_from: int, sales: list[_Said], sources: list[_Said], known_to: dt.date
) -> None:
    numbered = [
        [_numbered(said, number) for number, said in enumerate(versions, start=1)]
        for versions in (sales, sources)
    ]
    with connect(":memory:") as con, pytest.MonkeyPatch.context() as patch:
        patch.setattr(superseded, "KEPT_FROM", kept_from)
        ledger.ensure(con)
        ensure_kinds(con, _KINDS)
        for kind, columns, versions in (
            ("sales", "sale_id, units", numbered[0]),
            ("sources", "key, precedence", numbered[1]),
        ):
            for said in versions:
                con.execute(
                    f"insert into raw_{kind}"
                    f" ({columns}, source_id, published_on, is_withdrawn, batch_no, line)"
                    " values (?, ?, ?, ?, ?, ?, 2)",
                    [said.key, said.value, said.source, said.published_on,
                     said.is_withdrawn or None, said.batch_no],
                )  # fmt: skip
        create_views(con, known_to, content.current_catalog(con))
        told = con.execute(
            "select record_key, taken_source_id, other_source_id from rec_disagreements"
            " where kind = 'sales' order by all"
        ).fetchall()

    assert told == _by_rule(numbered[0], numbered[1], known_to)


def _numbered(said: _Said, number: int) -> _Said:
    """Each version comes in a batch of its own."""
    return _Said(said.key, said.value, said.source, said.published_on, said.is_withdrawn, number)
