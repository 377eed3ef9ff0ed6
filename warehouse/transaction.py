"""A transaction of a connection: all of it is written, or nothing is.

DuckDB is loaded by whoever opened the connection and not with this module.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what is done within, or roll it back where that raises.

    Statements that are committed one by one each wait for the disk.
    """
    import duckdb

    con.begin()
    try:
        yield
    except BaseException:
        # a full disk breaks the rollback as well: the next open of the file rolls back then
        with suppress(duckdb.Error):
            con.rollback()
        raise
    con.commit()
