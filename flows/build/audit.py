"""Whether the models are what their SQL makes of the records, and the published copy is theirs.

Builds every model anew in memory and compares content; writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from flows.build.run import build_aside, build_id_for
from warehouse import content
from warehouse.audit import Audit
from warehouse.errors import Trouble

if TYPE_CHECKING:
    import datetime as dt

    from warehouse.home import Home

_ASIDE = "audited"


def audit(con: duckdb.DuckDBPyConnection, home: Home) -> list[Audit]:
    """The models against a fresh build, and the published copy against the warehouse."""
    own = content.current_catalog(con)
    try:
        return [_models(con, own), _published(con, home, own)]
    finally:
        con.execute(f"use {own}")
        con.execute(f"detach database if exists {_ASIDE}")


def _models(con: duckdb.DuckDBPyConnection, own: str) -> Audit:
    audit = Audit("models", "every model is what a fresh build of the same records gives")
    last = _last_build(con, own)
    if last is None:
        audit.note = "Nothing has been built yet."
        return audit
    build_id, as_of = last
    if build_id != build_id_for(con, as_of):
        audit.note = "Records or models have changed since the last build: `chipbrief build` first."
        return audit
    names = [row[0] for row in con.execute("select model from ledger_models order by 1").fetchall()]
    try:
        build_aside(con, as_of, _ASIDE)
    except Trouble as trouble:
        audit.flaw(f"build {build_id}", trouble.what, "Run `chipbrief build --full` and see.")
        return audit
    two = (content.hashes_of(con, names, catalog) for catalog in (own, _ASIDE))
    for name, stands, anew in zip(names, *two, strict=True):
        audit.looked_at += 1
        if stands != anew:
            audit.flaw(
                name, "It is not what its SQL makes of the records.", "chipbrief build --full"
            )
    con.execute(f"use {own}")
    return audit


def _published(con: duckdb.DuckDBPyConnection, home: Home, own: str) -> Audit:
    """Models and records alone: the ledgers of a copy are those of its own moment."""
    audit = Audit("published", "readers see the models and records of the last build")
    way_out = "Delete published.duckdb and run `chipbrief build`: it is written again."
    if _last_build(con, own) is None:
        audit.note = "Nothing has been built yet."
        return audit
    path = str(home.published_file).replace("'", "''")
    try:
        con.execute(f"attach '{path}' as published_copy (read_only)")
    except duckdb.Error as error:
        audit.flaw(home.published_file, f"It cannot be opened: {error}", way_out)
        return audit
    try:
        if _last_build(con, "published_copy") != _last_build(con, own):
            audit.flaw(
                home.published_file, "It is not of the last build.", "Run `chipbrief build`."
            )
            return audit
        last_batch = "(select coalesce(max(batch_no), 0) from published_copy.main.ledger_batches)"
        found = con.execute(
            "select table_name from duckdb_tables() where database_name = 'published_copy'"
            " and not starts_with(table_name, 'ledger_') order by 1"
        ).fetchall()
        for is_record in (False, True):
            names = [name for (name,) in found if name.startswith("raw_") is is_record]
            known = f"batch_no <= {last_batch}" if is_record else "true"
            copied = content.hashes_of(con, names, "published_copy")
            held = content.hashes_of(con, names, own, known)
            for name, in_copy, in_store in zip(names, copied, held, strict=True):
                audit.looked_at += 1
                if in_copy != in_store:
                    what = f"{name} is not what the warehouse holds."
                    audit.flaw(home.published_file, what, way_out)
    except duckdb.Error as error:
        audit.flaw(home.published_file, f"It cannot be read: {error}", way_out)
    finally:
        con.execute("detach published_copy")
    return audit


def _last_build(con: duckdb.DuckDBPyConnection, catalog: str) -> tuple[str, dt.date] | None:
    row = con.execute(
        f"select build_id, as_of from {catalog}.main.ledger_builds order by build_no desc limit 1"
    ).fetchone()
    return (row[0], row[1]) if row else None
