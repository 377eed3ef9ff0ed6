"""The published copy: written aside from the warehouse, synced, then swapped by rename.

Readers open it read-only and keep what they opened; they never wait for a writer.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import duckdb

from warehouse import durable, failpoint

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
    with durable.aside(home.published_file, "publication") as temporary:
        temporary.unlink()
        # many small tables: at DuckDB's own block size two thirds of the file would be padding
        con.execute(f"attach '{_quoted(str(temporary))}' as publication (block_size 16384)")
        try:
            con.execute("begin transaction")
            try:
                for name in tables:
                    con.execute(f'create table publication."{name}" as from "{name}"')
                failpoint.reach("publication.copied")
                con.execute("commit")
            except BaseException:
                with suppress(duckdb.Error):  # a full disk has ended the transaction already
                    con.execute("rollback")
                raise
            failpoint.reach("publication.committed")
            con.execute("checkpoint publication")
        finally:
            with suppress(duckdb.Error):
                con.execute("detach publication")
    # linked after the swap: a name that stands here is of a build that readers have seen
    kept = home.published_before / f"{build_id}.duckdb"
    kept.unlink(missing_ok=True)
    failpoint.reach("publication.before-link")
    os.link(home.published_file, kept)
    failpoint.reach("publication.linked")
    for old in sorted(home.published_before.glob("*.duckdb"), key=_age)[:-KEPT]:
        old.unlink()
        failpoint.reach("publication.older-removed")


def _age(path: Path) -> int:
    return path.stat().st_mtime_ns


def _quoted(text: str) -> str:
    return text.replace("'", "''")
