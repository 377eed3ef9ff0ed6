"""Which model reads which: found by parsing the SQL, never by a list that someone keeps."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flows.build.model import Model


def tables_of(sql: str) -> frozenset[str]:
    """The tables that a query reads, without the names of its own CTEs."""
    from sqlglot import exp, parse_one

    tree = parse_one(sql, dialect="duckdb")
    own = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    return frozenset(t.name for t in tree.find_all(exp.Table) if t.name not in own)


def inputs(models: Mapping[str, Model]) -> dict[str, frozenset[str]]:
    """The tables that each model reads. Raises WrongUse where a name is none of ours."""
    found: dict[str, frozenset[str]] = {}
    for name, model in models.items():
        found[name] = tables_of(model.sql)
        for table in sorted(found[name]):
            if table not in models and not table.startswith("rec_") and table != "parameters":
                raise WrongUse(f"{name} reads {table}, which is no model and no record kind.")
    return found


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
