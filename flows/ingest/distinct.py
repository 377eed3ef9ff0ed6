"""Whether all rows of a file are of different versions, told as they pass by from a hash of each.

Two versions may have one hash by chance: then the file is looked at row by row, as is any that
holds a version twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.contracts import key_of

if TYPE_CHECKING:
    from pathlib import Path

#: Hashes that are held in memory at once.
_AT_ONCE = 10_000_000


class Distinct:
    """The versions of the rows added so far, as hashes; more than a few wait in `folder`."""

    def __init__(self, kind: str, folder: Path) -> None:
        main_source = pl.col("source_id").str.splitn(";", 2).struct.field("field_0")
        self._version = [*key_of(kind), "published_on", main_source]
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

    def are_all(self) -> bool:
        """Whether no two of the rows are of one version."""
        if not self._waiting:
            return not self._hashes or pl.concat(self._hashes).n_unique() == self._rows
        self._set_aside()
        hashes = pl.scan_parquet(self._waiting)
        parts = 1 + self._rows // _AT_ONCE
        distinct = [
            hashes.filter(pl.col("hash") % parts == part).select(pl.col("hash").n_unique())
            for part in range(parts)
        ]
        return self._rows == sum(int(count.collect().item()) for count in distinct)

    def _set_aside(self) -> None:
        if self._hashes:
            waiting = self._folder / f"hashes-{len(self._waiting)}.parquet"
            hashes = pl.concat(self._hashes).alias("hash").to_frame()
            hashes.write_parquet(waiting, compression="uncompressed", statistics=False)
            self._waiting.append(waiting)
            self._hashes, self._in_memory = [], 0
