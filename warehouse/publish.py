"""The published copy: written aside from the warehouse, synced, then swapped by rename.

Readers open it read-only and keep what they opened; they never wait for a writer. What has not
changed since the last copy is taken over with its bytes, so a small change costs little.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING

import duckdb

from warehouse import durable, failpoint
from warehouse.errors import Damaged
from warehouse.store import open_published

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from warehouse.home import Home

#: How many earlier published files are kept beside the current one.
KEPT = 3


#: In a copy: the content of those tables in it that the next one may take over.
_CONTENTS = "ledger_publication"


def publish(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    tables: Sequence[str],
    build_id: str,
    *,
    contents: Mapping[str, str] = MappingProxyType({}),
    anew: bool = False,
) -> None:
    """Put a new published file with `tables` of the warehouse in place.

    `contents` tells by name what a table holds: one that the last copy holds as well is not
    written again, unless all is to be written `anew`. A table that it does not name always is.
    """
    durable.make_folder(home.published_before)
    for left in home.root.glob(f".{home.published_file.name}.*.part*"):  # of a run that died
        left.unlink()
    with durable.aside(home.published_file, "publication") as temporary:
        stands = _attach(con, home, temporary, anew=anew)
        try:
            con.execute("begin transaction")
            try:
                _bring_up_to_date(con, tables, contents, stands)
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
        seal = home.published_before / f"{build_id}.seal"
        stated = f"{_size_and_time(temporary)} {_hash(temporary)}\n"
        durable.write_text(seal, stated, "publication-seal")
    # linked after the swap: a name that stands here is of a build that readers have seen
    kept = home.published_before / f"{build_id}.duckdb"
    kept.unlink(missing_ok=True)
    failpoint.reach("publication.before-link")
    os.link(home.published_file, kept)
    durable.sync_folder(home.published_before)
    failpoint.reach("publication.linked")
    for old in sorted(home.published_before.glob("*.duckdb"), key=_age)[:-KEPT]:
        old.unlink()
        old.with_suffix(".seal").unlink(missing_ok=True)
        failpoint.reach("publication.older-removed")


def damage(home: Home) -> str:
    """What is wrong with the published file, in words; empty where it is as it was written.

    Its size and time are those that were sealed, or its bytes are: a copied home has other times.
    Of a file that no version sealed it is asked whether it opens.
    """
    if not home.published_file.exists():
        return ""
    seals = [seal.read_text("utf-8").strip() for seal in home.published_before.glob("*.seal")]
    now = _size_and_time(home.published_file)
    if any(seal.startswith(f"{now} ") for seal in seals):
        return ""
    if seals and any(seal.endswith(f" {_hash(home.published_file)}") for seal in seals):
        return ""
    try:
        open_published(home).close()
    except Damaged as damaged:
        return damaged.said
    return "its bytes were changed since it was written" if seals else ""


def _size_and_time(file: Path) -> str:
    stat = file.stat()
    return f"{stat.st_size} {stat.st_mtime_ns}"


def _hash(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _attach(
    con: duckdb.DuckDBPyConnection, home: Home, temporary: Path, *, anew: bool
) -> dict[str, str]:
    """Attach a copy of the last published file; returns what its tables hold.

    An empty file is attached where there is none, or none that says so of itself.
    """
    if not anew and home.published_file.exists():
        shutil.copyfile(home.published_file, temporary)
        with suppress(duckdb.Error):
            con.execute(f"attach '{_quoted(str(temporary))}' as publication")
            return dict(con.execute(f"from publication.{_CONTENTS}").fetchall())
        with suppress(duckdb.Error):
            con.execute("detach publication")
    temporary.unlink(missing_ok=True)
    # many small tables: at DuckDB's own block size two thirds of the file would be padding
    con.execute(f"attach '{_quoted(str(temporary))}' as publication (block_size 16384)")
    return {}


def _bring_up_to_date(
    con: duckdb.DuckDBPyConnection,
    tables: Sequence[str],
    contents: Mapping[str, str],
    stands: Mapping[str, str],
) -> None:
    known = {name: contents[name] for name in tables if contents.get(name)}
    found = con.execute(
        "select table_name from duckdb_tables() where database_name = 'publication'"
    ).fetchall()
    there = {name for (name,) in found}
    for name in sorted(there - {*tables, _CONTENTS}):
        con.execute(f'drop table publication."{name}"')
    for name in tables:
        if name not in there or name not in known or known[name] != stands.get(name):
            con.execute(f'create or replace table publication."{name}" as from "{name}"')
    con.execute(f"create or replace table publication.{_CONTENTS} (name varchar, content varchar)")
    con.execute(
        f"insert into publication.{_CONTENTS} select unnest(?), unnest(?)",
        [list(known), list(known.values())],
    )


def _age(path: Path) -> int:
    return path.stat().st_mtime_ns


def _quoted(text: str) -> str:
    return text.replace("'", "''")
