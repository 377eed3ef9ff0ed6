"""The current-version rule: which version of each record counts, on a day.

A version counts when the world knew it by then; of those the one published last wins, and of
versions published on the same day the one recorded last (a correction).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flows.build import superseded
from flows.build.superseded import Versions
from warehouse.records import KindShape, known_kinds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    import duckdb

#: Held-back rows by file and rule, for the data-quality section.
QUARANTINE_COLUMNS = {
    "kind": "VARCHAR",
    "batch_id": "VARCHAR",
    "file_name": "VARCHAR",
    "rule": "VARCHAR",
    "rows": "BIGINT",
}

#: Columns of the store that models may read besides a kind's own.
VERSION_COLUMNS = {"batch_id": "VARCHAR", "batch_no": "BIGINT", "recorded_at": "TIMESTAMP"}


#: Of the versions known, the first in this order counts.
ORDER = "published_on desc, batch_no desc, line desc"


@dataclass(frozen=True)
class Records:
    """The views of current records: a fingerprint each, and what is known to have changed.

    `changed` holds, for a view whose versions are kept, the query of the rows that began or
    ceased to count since the last build.
    """

    prints: dict[str, str]
    changed: dict[str, str] = field(default_factory=dict)


def current_sql(kind: str, shape: KindShape, known_to: dt.date, source: str) -> str:
    """The query behind `rec_<kind>`: one row a key, as known on `known_to`.

    `source` qualifies the version table: the catalog that holds it.
    """
    key = ", ".join(f'"{c}"' for c in shape.key)
    return (
        f"select {_own(shape)} from (select *, row_number() over (partition by {key}"
        f" order by {ORDER}) as version_rank"
        f' from "{source}".main.raw_{kind}'
        f" where published_on <= date '{known_to.isoformat()}') where version_rank = 1"
    )


def create_views(
    con: duckdb.DuckDBPyConnection, known_to: dt.date, source: str, *, full: bool = False
) -> Records:
    """Create `rec_<kind>` for every kind, `rec_quarantine` too, in the catalog in use.

    A kind whose versions are not in `source` (too large to be published) gets no view. A
    fingerprint changes when a new version is known, not with the day. Of a kind with many
    versions the superseded ones are kept, and followed unless the whole is asked for.
    """
    records = Records({})
    kinds = known_kinds(con, source)
    for kind, told, versions in _look(con, kinds, known_to, source):
        shape, view = kinds[kind], f"rec_{kind}"
        query = current_sql(kind, shape, known_to, source)
        if versions.count >= superseded.KEPT_FROM:
            query = superseded.current_sql(versions, _own(shape), known_to)
            if superseded.keep(con, versions, shape, known_to, order=ORDER, full=full):
                records.changed[view] = (
                    f"select * from {versions.table} as version"
                    f" semi join changed_{kind} as changed on version.rowid = changed.row_id"
                )
        con.execute(f"create or replace view {view} as {query}")
        records.prints[view] = _hash(kind, shape, told)
    con.execute(
        "create or replace view rec_quarantine as select kind, batch_id, file_name, rule, rows"
        f' from "{source}".main.ledger_quarantine'
    )
    held = con.execute(
        f'select batch_id, rule, rows from "{source}".main.ledger_quarantine order by all'
    ).fetchall()
    records.prints["rec_quarantine"] = _hash(held)
    return records


def _look(
    con: duckdb.DuckDBPyConnection,
    kinds: Mapping[str, KindShape],
    known_to: dt.date,
    source: str,
) -> Iterator[tuple[str, tuple[object, ...], Versions]]:
    """Of each kind in `source`: what tells its known versions apart, and its version table."""
    there = {
        row[0]
        for row in con.execute(
            "select table_name from duckdb_tables() where database_name = ?", [source]
        ).fetchall()
    }
    known = f"filter (where published_on <= date '{known_to.isoformat()}')"
    queries = [
        f"select '{kind}', max(batch_no) {known}, count(*) {known}, max(published_on) {known},"
        f' count(*), max(rowid) from "{source}".main.raw_{kind}'
        for kind in kinds
        if f"raw_{kind}" in there
    ]
    for kind, *told, count, last in (
        con.execute(" union all ".join(queries)).fetchall() if queries else ()
    ):
        table = f'"{source}".main.raw_{kind}'
        yield kind, tuple(told), Versions(kind, table, count, last)


def _own(shape: KindShape) -> str:
    return ", ".join(f'"{c}"' for c in (*shape.columns, *VERSION_COLUMNS))


def _hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8")).hexdigest()
