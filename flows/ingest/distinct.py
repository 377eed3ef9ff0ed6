"""Which rows of a file are of one version, told as they pass by from a hash of each.

Two versions may have one hash by chance, so what is told here is looked at row by row (`versions`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.contracts import version_of
from warehouse.records import MAIN_SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: Hashes that are held in memory at once.
_AT_ONCE = 10_000_000


class Distinct:
    """The versions of the rows added so far, as hashes; more than a few wait in `folder`."""

    def __init__(self, kind: str, folder: Path) -> None:
        main_source = pl.sql_expr(MAIN_SOURCE).alias("main_source")
        self._names = [*version_of(kind), "main_source"]
        self._version = [*version_of(kind), main_source]
        self._folder = folder
        self._hashes: list[pl.Series] = []
        self._waiting: list[Path] = []
        self._rows = self._in_memory = 0

    def add(self, rows: pl.DataFrame) -> None:
        """Take in rows that follow the others, in the contract's types."""
        self._hashes.append(rows.select(self._version).hash_rows())
        self._rows += rows.height
        self._in_memory += rows.height
        if self._in_memory >= _AT_ONCE:
            self._set_aside()

    def repeated(self, contradicted: Sequence[Path] = ()) -> Path | None:
        """A Parquet file of the numbers (`row_no`, 0 the first) of rows that may be of the version
        of another, or of one in these files (`contradicted`); None where there are none.
        """
        if not self._rows:
            return None
        if self._waiting:
            self._set_aside()
            hashes = pl.scan_parquet(self._waiting, row_index_name="row_no")
        else:
            hashes = pl.LazyFrame({"hash": pl.concat(self._hashes)}).with_row_index("row_no")
        parts = 1 + self._rows // _AT_ONCE
        others = [pl.read_parquet(file, columns=self._names).hash_rows() for file in contradicted]
        other = pl.concat([pl.Series(dtype=pl.UInt64), *others])
        found = []
        for part in range(parts):
            some = hashes.filter(pl.col("hash") % parts == part).collect()
            is_other = some["hash"].is_in(other.implode())
            if some["hash"].n_unique() < some.height or is_other.any():
                is_repeated = pl.col("hash").is_duplicated() | is_other
                found.append(some.filter(is_repeated).select("row_no"))
        if not found:
            return None
        file = self._folder / "repeated.parquet"
        pl.concat(found).cast(pl.Int64).write_parquet(file)
        return file

    def _set_aside(self) -> None:
        if self._hashes:
            waiting = self._folder / f"hashes-{len(self._waiting)}.parquet"
            hashes = pl.concat(self._hashes).alias("hash").to_frame()
            hashes.write_parquet(waiting, compression="uncompressed", statistics=False)
            self._waiting.append(waiting)
            self._hashes, self._in_memory = [], 0
