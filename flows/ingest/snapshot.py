"""The store as an edition knew it: the records of its batches, from landing/, in memory.

No lock and no warehouse: a trace neither waits for a run nor disturbs one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.ingest import held, legible, manifest
from flows.ingest.shapes import shapes
from warehouse import decisions, ledger, records

if TYPE_CHECKING:
    import duckdb

    from flows.ingest.manifest import Manifest
    from warehouse.home import Home


def load(
    con: duckdb.DuckDBPyConnection, home: Home, catalog: str, last_batch: int
) -> dict[str, Manifest]:
    """Fill a new in-memory catalog with every batch up to a number; returns their manifests."""
    own = con.execute("select current_database()").fetchall()[0][0]
    con.execute(f"attach ':memory:' as {catalog}")
    con.execute(f"use {catalog}")
    ledger.ensure(con)
    records.ensure_kinds(con, shapes())
    known = {b: m for b, m in held.manifests(home).items() if m.batch.batch_no <= last_batch}
    for one in known.values():
        manifest.commit(con, home, one)
    decisions.apply(con, home)
    legible.note(con, home)
    con.execute(f'use "{own}"')
    return known


def raw_lines(home: Home, batch: Manifest, wanted: set[int]) -> dict[int, str]:
    """The lines of a kept original by number, as received; none of a file that is no text."""
    path = home.originals / batch.batch.file_sha256
    if not wanted or not path.is_file():
        return {}
    found = {}
    with path.open("rb") as source:
        for number, line in enumerate(source, start=1):
            if b"\0" in line:
                return {}
            if number in wanted:
                found[number] = line.decode("utf-8", "replace").strip("\r\n")
            if number >= max(wanted):
                break
    return found
