"""Which model reads which: found by parsing the SQL, never by a list that someone keeps."""

from __future__ import annotations

from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import duckdb

from warehouse.errors import WrongUse
from warehouse.store import another, connect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flows.build.model import Model


@cache
def tables_of(sql: str) -> frozenset[str]:
    """The tables that a query reads, without the names of its own CTEs."""
    with another(_empty()) as con:
        return frozenset(con.get_table_names(sql))


def inputs(models: Mapping[str, Model]) -> dict[str, frozenset[str]]:
    """The tables that each model reads. Raises WrongUse where a name is none of ours."""
    found: dict[str, frozenset[str]] = {}
    with another(_empty()) as con:
        for name, model in models.items():
            try:
                found[name] = frozenset(con.get_table_names(model.sql))
            except duckdb.Error as error:
                raise WrongUse(f"{name} is not SQL that DuckDB reads: {error}") from error
    for name, tables in found.items():
        for table in sorted(tables):
            if table not in models and not table.startswith("rec_") and table != "parameters":
                raise WrongUse(f"{name} reads {table}, which is no model and no record kind.")
    return found


@cache
def _empty() -> duckdb.DuckDBPyConnection:
    """DuckDB's parser, where no view exists that it could look through."""
    return connect(":memory:")


def in_order(reads: Mapping[str, frozenset[str]]) -> list[str]:
    """Model names so that each comes after what it reads; by name where that leaves a choice."""
    sorter = TopologicalSorter({name: sorted(r & reads.keys()) for name, r in reads.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        raise WrongUse(f"Models read each other in a circle: {' → '.join(error.args[1])}") from None
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order.extend(ready)
        sorter.done(*ready)
    return order


def needed_for(reads: Mapping[str, frozenset[str]], targets: Iterable[str]) -> set[str]:
    """The targets and every model that they rest on."""
    needed: set[str] = set()
    waiting = list(targets)
    while waiting:
        name = waiting.pop()
        if name in reads and name not in needed:
            needed.add(name)
            waiting.extend(reads[name])
    return needed
