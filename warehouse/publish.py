"""The published copy: written aside from the warehouse, synced, then swapped by rename.

Readers open it read-only and keep what they opened; they never wait for a writer.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import duckdb

from warehouse import durable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from warehouse.home import Home

#: How many earlier published files are kept beside the current one.
KEPT = 3


def publish(
    con: duckdb.DuckDBPyConnection, home: Home, tables: Sequence[str], build_id: str
) -> None:
    """Copy `tables` of the warehouse into a new published file and swap it in."""
    home.published_before.mkdir(parents=True, exist_ok=True)
    for left in home.root.glob(f".{home.published_file.name}.*.part*"):  # of a run that died
        left.unlink()
    with durable.aside(home.published_file) as temporary:
        temporary.unlink()
        con.execute(f"attach '{_quoted(str(temporary))}' as publication")
        try:
            con.execute("begin transaction")
            try:
                for name in tables:
                    con.execute(f'create table publication."{name}" as from "{name}"')
                con.execute("commit")
            except BaseException:
                with suppress(duckdb.Error):  # a full disk has ended the transaction already
                    con.execute("rollback")
                raise
            con.execute("checkpoint publication")
        finally:
            with suppress(duckdb.Error):
                con.execute("detach publication")
        kept = home.published_before / f"{build_id}.duckdb"
        kept.unlink(
            missing_ok=True
        )  # of the same build made anew: it would never be the current one
        os.link(temporary, kept)
    for old in sorted(home.published_before.glob("*.duckdb"), key=_age)[:-KEPT]:
        old.unlink()


def _age(path: Path) -> int:
    return path.stat().st_mtime_ns


def _quoted(text: str) -> str:
    return text.replace("'", "''")
