"""The SQL of a whole build as plain statements, for programs that know nothing of ours.

Current records first, by the same rule that the build uses, then every model in order. Each names
the tables that it reads, so that a rival can make its own graph of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows import assets
from flows.build import code, disagreement
from flows.build.current import current_sql, precedence_of, versions_sql
from warehouse import held
from warehouse.records import known_kinds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import duckdb

    from warehouse.records import KindShape

#: The catalog that holds the versions of the records and the ledgers.
SOURCE = "warehouse"


@dataclass(frozen=True)
class Statement:
    """A table or a view of a build. `reads` names other statements alone, not the source."""

    name: str
    sql: str
    reads: tuple[str, ...] = ()
    is_view: bool = False


def statements(con: duckdb.DuckDBPyConnection, as_of: dt.date) -> list[Statement]:
    """Every statement in an order in which it can run; `con` has the store as `warehouse`.

    Views of records that several models read are tables: the sales have seven readers.
    """
    kinds = known_kinds(con, SOURCE)
    precedence = precedence_of(con, as_of, SOURCE)
    found = [Statement("parameters", f"select date '{as_of}' as as_of")]
    for kind, shape in kinds.items():
        current = current_sql(kind, shape, as_of, SOURCE, precedence)
        versions = versions_sql(kind, shape, as_of, SOURCE)
        found.append(Statement(f"rec_{kind}", current))
        found.append(Statement(f"rec_{kind}_versions", versions, is_view=True))
    found += [
        Statement("rec_quarantine", held.counts_sql(SOURCE, as_of, with_rows=True)),
        Statement("rec_held", held.open_sql(SOURCE, as_of)),
        Statement("rec_disagreements", _disagreements(con, kinds, as_of, precedence)),
    ]
    models = code.read(assets.asset("sql"))
    found += [
        Statement(name, models.models[name].sql, tuple(sorted(models.reads[name])))
        for name in models.order
    ]
    return found


def _disagreements(
    con: duckdb.DuckDBPyConnection,
    kinds: Mapping[str, KindShape],
    as_of: dt.date,
    precedence: Mapping[str, int],
) -> str:
    """Over the kinds that are contested; of large ones the store knows whether they are."""
    kept = {
        str(table).removeprefix("contested_")
        for (table,) in con.execute(
            "select table_name from duckdb_tables() where database_name = ?"
            " and starts_with(table_name, 'contested_')",
            [SOURCE],
        ).fetchall()
    }
    small = {kind: shape for kind, shape in kinds.items() if kind not in kept}
    contested = disagreement.contested(con, small, as_of, SOURCE)
    contested += [
        kind
        for kind in sorted(kept)
        if con.execute(f"select count(*) from {SOURCE}.main.contested_{kind}").fetchall()[0][0]
    ]
    return disagreement.all_sql(
        disagreement.kind_sql(kind, kinds[kind], as_of, SOURCE, precedence, kept_by=None)
        for kind in contested
    )
