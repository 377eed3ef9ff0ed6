"""The expressions behind a column of a model, read from the SQL by sqlglot, down to the records.

Needs a connection in which the models stand, for the columns of what they read; writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.build import graph

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import duckdb

    from flows.build.model import Model

#: An expression is cut in an answer beyond this.
_LONGEST = 600


@dataclass(frozen=True)
class Step:
    """A column of a model: what it says, the expressions that make it, and what they read."""

    model: str
    column: str
    says: str
    expressions: tuple[tuple[str, str], ...]
    reads: tuple[str, ...]


def steps(
    con: duckdb.DuckDBPyConnection, models: Mapping[str, Model], model: str, column: str
) -> list[Step]:
    """The columns behind a column, from the figure down to the columns of records."""
    from sqlglot.lineage import lineage

    reads = graph.inputs({name: models[name] for name in models})
    found: list[Step] = []
    waiting, seen = [(model, column)], {(model, column)}
    while waiting:
        name, wanted = waiting.pop(0)
        schema = {table: _columns(con, table) for table in sorted(reads[name])}
        root = lineage(wanted, models[name].sql, schema=schema, dialect="duckdb")
        made: dict[tuple[str, str], None] = {}
        leaves: dict[tuple[str, str], None] = {}
        for node in root.walk():
            table = getattr(node.source, "name", "") if not node.downstream else ""
            if table in schema:
                leaves.setdefault((table, node.name.rpartition(".")[2].strip('"')))
                continue
            shown = node.expression.sql(dialect="duckdb")
            bare, _, _ = shown.partition(" AS ")
            if not bare.replace(".", "").replace('"', "").replace("_", "").isalnum():
                made.setdefault((node.reference_node_name or name, shown[:_LONGEST]))
        says = next((c.says for c in models[name].columns if c.name == wanted), "")
        found.append(
            Step(name, wanted, says, tuple(made), tuple(f"{t}.{c}" for t, c in sorted(leaves)))
        )
        for leaf in sorted(leaves):
            if leaf not in seen and leaf[0] in models:
                waiting.append(leaf)
            seen.add(leaf)
    return found


def resting_on(
    steps_found: list[Step], models: Mapping[str, Model], tables: Collection[str]
) -> list[Step]:
    """Those steps whose model rests on some of these tables of records; the first in any case."""
    reads = graph.inputs(models)
    kept = steps_found[:1]
    for step in steps_found[1:]:
        rests_on = {
            table for name in graph.needed_for(reads, [step.model]) for table in reads[name]
        }
        if rests_on & set(tables):
            kept.append(step)
    return kept


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in con.execute(f'describe "{table}"').fetchall()}
