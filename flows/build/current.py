"""The current-version rule: which version of each record counts, on a day.

A version counts when the world knew it by then; of those the one published last wins, and of
versions published on the same day the one recorded last (a correction).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from warehouse import ledger
from warehouse.records import KindShape, known_kinds

if TYPE_CHECKING:
    import datetime as dt

    import duckdb

#: Rows still held back, by file and rule, for the data-quality section.
QUARANTINE_COLUMNS = {
    "kind": "VARCHAR",
    "batch_id": "VARCHAR",
    "file_name": "VARCHAR",
    "rule": "VARCHAR",
    "rows": "BIGINT",
}

#: Columns of the store that models may read besides a kind's own.
VERSION_COLUMNS = {"batch_id": "VARCHAR", "batch_no": "BIGINT", "recorded_at": "TIMESTAMP"}


def current_sql(kind: str, shape: KindShape, known_to: dt.date, source: str) -> str:
    """The query behind `rec_<kind>`: one row a key, as known on `known_to`.

    `source` qualifies the version table: the catalog that holds it.
    """
    own = ", ".join(f'"{c}"' for c in (*shape.columns, *VERSION_COLUMNS))
    key = ", ".join(f'"{c}"' for c in shape.key)
    return (
        f"select {own} from (select *, row_number() over (partition by {key}"
        " order by published_on desc, batch_no desc, line desc) as version_rank"
        f' from "{source}".main.raw_{kind}'
        f" where published_on <= date '{known_to.isoformat()}') where version_rank = 1"
    )


def create_views(con: duckdb.DuckDBPyConnection, known_to: dt.date, source: str) -> dict[str, str]:
    """Create `rec_<kind>` for every kind, `rec_quarantine` too, in the catalog in use.

    A kind whose versions are not in `source` (too large to be published) gets no view.
    Returns a fingerprint for each: it changes when a new version is known, not with the day.
    """
    prints: dict[str, str] = {}
    there = {
        row[0]
        for row in con.execute(
            "select table_name from duckdb_tables() where database_name = ?", [source]
        ).fetchall()
    }
    for kind, shape in known_kinds(con, source).items():
        if f"raw_{kind}" not in there:
            continue
        con.execute(
            f"create or replace view rec_{kind} as {current_sql(kind, shape, known_to, source)}"
        )
        row = con.execute(
            f'select max(batch_no), count(*), max(published_on) from "{source}".main.raw_{kind}'
            f" where published_on <= ?",
            [known_to],
        ).fetchone()
        prints[f"rec_{kind}"] = _hash(kind, shape, row)
    # a copy published before rows could be released has no ledger of it
    held_sql = (
        ledger.open_sql(source)
        if "ledger_released" in there
        else f'select kind, batch_id, file_name, rule, rows from "{source}".main.ledger_quarantine'
    )
    con.execute(f"create or replace view rec_quarantine as {held_sql}")
    held = con.execute("select batch_id, rule, rows from rec_quarantine order by all").fetchall()
    prints["rec_quarantine"] = _hash(held)
    return prints


def _hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8")).hexdigest()
