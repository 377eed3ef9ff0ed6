"""Connections to the warehouse file and to the published copy."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

import duckdb

from warehouse import durable, limits
from warehouse.errors import Damaged, NotBuilt, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from warehouse.home import Home

#: No extension is ever fetched, and results keep the order that the query states.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
#: Of each connection. A long query would draw a bar of DuckDB's own among what a command prints.
_SESSION = "set timezone = 'UTC'; set enable_progress_bar = false"


#: What DuckDB says of a file that another process has open.
_IN_USE = "lock on file"
_NO_ENTRY = ("Permission denied", "Read-only file system", "No space left", "Is a directory")


def connect(
    path: Path | str,
    *,
    read_only: bool = False,
    settings: Mapping[str, str | bool | int | float | list[str]] = MappingProxyType({}),
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file under our settings and limits; time zone UTC, no extension is fetched.

    The one place that opens one. Raises Trouble where the file is in use or may not be opened,
    Damaged where it is no file of DuckDB's, or not whole.
    """
    own = {"temp_directory": _scratch()} if str(path) == ":memory:" else {}
    config = {**_CONFIG, **limits.config(), **own, **settings}
    try:
        con = duckdb.connect(str(path), read_only=read_only, config=config)
        con.execute(_SESSION)
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        if _IN_USE in said:
            raise Trouble(
                f"{path} cannot be opened: {said}",
                "If another program has the file open, close it there.",
            ) from error
        if str(path) == ":memory:" or any(sign in said for sign in _NO_ENTRY):
            raise
        raise Damaged(path, said) from error
    return con


def _scratch() -> str:
    """Where a database in memory puts what is beyond its memory; made when it is needed."""
    return os.path.join(tempfile.gettempdir(), f"chipbrief-{os.getpid()}")  # noqa: PTH118


def another(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """One more connection to what `con` has open, with transactions of its own."""
    other = con.cursor()
    other.execute(_SESSION)
    return other


def open_warehouse(home: Home) -> duckdb.DuckDBPyConnection:
    """Open the warehouse for writing; the caller holds the writer lock.

    What a query needs beyond its memory spills into `spill/` below the home, which DuckDB removes
    when the connection closes. Raises Damaged where the file cannot be read.
    """
    durable.make_folder(home.root)
    shutil.rmtree(home.spill, ignore_errors=True)  # of a run that was killed
    with damage_named(home.warehouse_file, REBUILD):
        _refuse_if_empty(home.warehouse_file)
        return connect(home.warehouse_file, settings={"temp_directory": str(home.spill)})


def open_published(home: Home) -> duckdb.DuckDBPyConnection:
    """Open what readers see. It never waits for a writer and never shows half a build.

    Raises Damaged where the file cannot be read.
    """
    if not home.published_file.exists():
        raise NotBuilt(
            f"Nothing has been published in {home.root} yet.",
            "Run `chipbrief run` first: it reads the bundled records and builds.",
        )
    with damage_named(home.published_file, REPUBLISH):
        _refuse_if_empty(home.published_file)
        return connect(home.published_file, read_only=True)


#: The ways out of a damaged file.
REBUILD = "Run `chipbrief rebuild`: it makes the warehouse again from landing/."
REPUBLISH = "Run `chipbrief build`: it is written again from the warehouse."
#: What DuckDB says where the bytes of a file are not those that it wrote.
_DAMAGE = (
    "Corrupt database file", "computed checksum", "not a valid DuckDB database",
    "Serialization Error", "database has been invalidated", "version number",
    "INTERNAL Error", "Failed to load metadata", "could not read enough bytes",
)  # fmt: skip


def is_damage(error: BaseException) -> bool:
    """Whether an error of DuckDB's says that the file it reads is not whole."""
    return isinstance(error, duckdb.Error) and any(sign in str(error) for sign in _DAMAGE)


@contextmanager
def damage_named(path: Path, way_out: str) -> Iterator[None]:
    """Raise Damaged, naming the file and the way out, in the place of DuckDB's own errors."""
    try:
        yield
    except Damaged as error:
        raise Damaged(path, error.said, way_out) from error
    except duckdb.Error as error:
        if not is_damage(error):
            raise
        raise Damaged(path, str(error).splitlines()[0], way_out) from error


def _refuse_if_empty(path: Path) -> None:
    # DuckDB would take it for a new one
    if path.exists() and not path.stat().st_size:
        raise Damaged(path, "the file is empty")
