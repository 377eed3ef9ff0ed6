"""Models answered for another day or for other inputs, in memory, from the published copy.

`chipbrief fee` hands in its own price; `--as-of` asks what the rules said on a day. The SQL is
that of the build: there is no second formula anywhere. Kinds too large to be published are read
from their landing files.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb

from flows import assets
from flows.build import current, graph
from flows.build.code import remembered
from flows.build.run import is_of_this_code
from flows.build.trial import create_given
from warehouse.errors import NotBuilt
from warehouse.home import Home
from warehouse.records import known_kinds
from warehouse.store import connect

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


@contextmanager
def what_if(
    published: Path,
    as_of: dt.date,
    targets: Sequence[str],
    given: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which `targets` and what they rest on are built as of a day.

    `given` replaces models by rows of one's own; what only they would have read is not built.
    """
    given = given or {}
    code = remembered(assets.asset("sql"))
    models, reads = code.models, code.reads
    cut = {name: frozenset() if name in given else tables for name, tables in reads.items()}
    needed = graph.needed_for(cut, targets)
    with connect(":memory:") as con:
        path = str(published).replace("'", "''")
        con.execute(f"attach '{path}' as published (read_only)")
        try:
            current.create_views(con, as_of, "published")
            for kind in _landed(con, {table for name in needed for table in cut[name]}):
                current.create_landed_views(con, kind, as_of, "published", Home(published.parent))
            con.execute("create table parameters as select cast(? as date) as as_of", [as_of])
            for name in graph.in_order({n: cut[n] for n in sorted(needed)}):
                if name in given:
                    types = {column.name: column.type for column in models[name].columns}
                    create_given(con, name, types, given[name])
                else:
                    con.execute(f'create table "{name}" as select * from (\n{models[name].sql}\n)')
        except (duckdb.BinderException, duckdb.CatalogException) as error:
            if is_of_this_code(con, "published"):
                raise
            raise NotBuilt(
                "The published figures were made by another version of chipbrief.",
                "Run `chipbrief build`; it brings the home up to this one.",
            ) from error
        yield con


def _landed(con: duckdb.DuckDBPyConnection, read: set[str]) -> list[str]:
    """The kinds that are read and too large to have come with the published copy."""
    views = {row[0] for row in con.execute("select view_name from duckdb_views()").fetchall()}
    return [
        kind
        for kind in known_kinds(con, "published")
        if not read.isdisjoint({f"rec_{kind}", f"rec_{kind}_versions"})
        and f"rec_{kind}" not in views
    ]
