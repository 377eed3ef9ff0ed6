"""The records behind what stops a build: a check of ours that fails, a model that raises.

Found by taking records away, as `influence` does, in a catalog in memory and after the build was
rolled back. Kinds of very many records are not tried, and the search is cut short: a message that
names some of the records is what it is for.
"""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import duckdb

from flows.build import graph, influence
from flows.build.run import catalog_of, prepare
from warehouse.records import known_kinds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from flows.build.check import Finding
    from flows.build.code import Code
    from flows.build.influence import Behind
    from flows.build.model import Model
    from warehouse.records import KindShape

_CATALOG = "violated"
#: Findings that are looked into, and records of a kind that are named.
_FINDINGS, _ROWS = 3, 5
#: Kinds of more records are not tried: the models that read them take too long.
_LARGEST = 200_000
_TRIES = 40


class _Offending(influence.Without):
    """How many offending rows of one key there are, with some records taken away."""

    tries = _TRIES


class _Raising(influence.Without):
    """Whether a model can be made, with some records taken away."""

    tries = _TRIES
    is_another_by_error = False

    def __init__(
        self, con: duckdb.DuckDBPyConnection, models: Mapping[str, Model], name: str
    ) -> None:
        super().__init__(con, models, name, "", {}, rows="from (select 1 where false)")
        # a model that can be made has another number of rows than this
        self.figure = [(-1,)]


def of_findings(
    con: duckdb.DuckDBPyConnection, code: Code, as_of: dt.date, findings: Iterable[Finding]
) -> list[Finding]:
    """The findings, the first of them with the records behind them in words."""
    told = list(findings)
    with suppress(duckdb.Error):
        for place, finding in enumerate(told[:_FINDINGS]):
            if finding.keys:
                with _made(con, code, as_of, finding.model) as (models, kinds, source):
                    without = _Offending(
                        con, models, finding.model, "", finding.keys[0], rows=finding.offending
                    )
                    found = influence.behind(without, finding.model, _ROWS, _LARGEST)
                    words = _in_words(con, found, kinds, source)
                told[place] = dataclasses.replace(finding, behind=words)
    return told


def of_model(
    con: duckdb.DuckDBPyConnection, code: Code, as_of: dt.date, name: str
) -> tuple[str, ...]:
    """The records without which a model that raises can be made, in words."""
    with (
        suppress(duckdb.Error),
        _made(con, code, as_of, name, but=name) as (models, kinds, source),
    ):
        without = _Raising(con, models, name)
        return _in_words(con, influence.behind(without, "", _ROWS, _LARGEST), kinds, source)
    return ()


@contextmanager
def _made(
    con: duckdb.DuckDBPyConnection, code: Code, as_of: dt.date, target: str, but: str = ""
) -> Iterator[tuple[dict[str, Model], Mapping[str, KindShape], str]]:
    """What a model rests on, and itself, made in a catalog of its own, which is in use."""
    source = catalog_of(con)
    needed = graph.needed_for(code.reads, [target])
    try:
        con.execute(f"attach ':memory:' as {_CATALOG}")
        con.execute(f"use {_CATALOG}")
        prepare(con, as_of, source)
        for name in graph.in_order({n: code.reads[n] for n in sorted(needed)}):
            if name != but:
                con.execute(f'create table "{name}" as select * from (\n{code.models[name].sql}\n)')
        yield {n: code.models[n] for n in sorted(needed)}, known_kinds(con, source), source
    finally:
        con.execute(f"use {source}")
        con.execute(f"detach database if exists {_CATALOG}")


def _in_words(
    con: duckdb.DuckDBPyConnection,
    found: list[Behind],
    kinds: Mapping[str, KindShape],
    source: str,
) -> tuple[str, ...]:
    """A line a record: kind, key, file and line; what came last first, for it is the news."""
    files = dict(
        con.execute(f'select batch_id, file_name from "{source}".main.ledger_batches').fetchall()
    )
    found = sorted(found, key=lambda one: (not one.is_exact, -_newest(one), one.total))
    lines = []
    for one in found:
        for row in sorted(one.rows, key=lambda row: -row["batch_no"]):
            key = ", ".join(f"{name}={row[name]}" for name in kinds[one.kind].key)
            file = files.get(row["batch_id"], row["batch_id"])
            lines.append(f"{one.kind} {key} ({file} line {row['line']})")
        if one.total > len(one.rows):
            lines.append(f"{one.kind}: {one.total - len(one.rows)} more")
    return tuple(lines)


def _newest(one: Behind) -> int:
    return max((int(row["batch_no"]) for row in one.rows), default=0)
