"""Connections to the warehouse file and to the published copy."""

from __future__ import annotations

import shutil
from types import MappingProxyType
from typing import TYPE_CHECKING

import duckdb

from warehouse.errors import NotBuilt, Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from warehouse.home import Home

#: No extension is ever fetched, and results keep the order that the query states.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
#: Of each connection. A long query would draw a bar of DuckDB's own among what a command prints.
_SESSION = "set timezone = 'UTC'; set enable_progress_bar = false"


#: Of this machine's memory (or of what its container is allowed): the rest is for Polars.
MEMORY_LIMIT = "60%"


def connect(
    path: Path | str,
    *,
    read_only: bool = False,
    settings: Mapping[str, str | bool | int | float | list[str]] = MappingProxyType({}),
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file under our settings; time zone UTC, no extension is fetched."""
    try:
        con = duckdb.connect(str(path), read_only=read_only, config={**_CONFIG, **settings})
    except duckdb.IOException as error:
        raise Trouble(
            f"{path} cannot be opened: {error}",
            "If another program has the file open, close it there.",
        ) from error
    con.execute(_SESSION)
    return con


def another(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """One more connection to what `con` has open, with transactions of its own."""
    other = con.cursor()
    other.execute(_SESSION)
    return other


def open_warehouse(home: Home, memory_limit: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open the warehouse for writing; the caller holds the writer lock.

    What a query needs beyond `memory_limit` (`8GB`, `50%`; 60% where none is given) spills
    into `spill/` below the home, which DuckDB removes when the connection closes.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(home.spill, ignore_errors=True)  # of a run that was killed
    limits = {"memory_limit": memory_limit or MEMORY_LIMIT, "temp_directory": str(home.spill)}
    return connect(home.warehouse_file, settings=limits)


def open_published(home: Home) -> duckdb.DuckDBPyConnection:
    """Open what readers see. It never waits for a writer and never shows half a build."""
    if not home.published_file.exists():
        raise NotBuilt(
            f"Nothing has been published in {home.root} yet.",
            "Run `chipbrief run` first: it reads the bundled records and builds.",
        )
    return connect(home.published_file, read_only=True)
