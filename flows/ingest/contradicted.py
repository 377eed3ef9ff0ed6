"""Rows that another row of the same piece of a file contradicts, found while the piece is at hand.

What is found here need not be read and written again later. Rows that contradict each other from
one piece to another are left to `versions`, which is told which versions were found here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.contracts import KINDS, key_of
from warehouse.records import MAIN_SOURCE

if TYPE_CHECKING:
    from pathlib import Path


#: Versions that wait in memory.
_MOST_IN_MEMORY = 100_000


class Contradicted:
    """The versions of which a file holds several contents; many of them wait in `folder`."""

    def __init__(self, kind: str, folder: Path) -> None:
        self._files: list[Path] = []
        self._waiting: list[pl.DataFrame] = []
        self._folder = folder
        self._version = [*key_of(kind), "published_on"]
        self._content = [name for name in KINDS[kind].column_names() if name != "line"]

    def of(self, rows: pl.DataFrame, is_good: pl.Series) -> pl.DataFrame:
        """`row_no` and `line` of the good rows that another of them contradicts; they are noted."""
        # without the source, which is dear to tell: two of one key and day are rare as it is
        version = rows.select(self._version).hash_rows()
        # in a piece all of whose rows are good, none is mostly told twice: that is quicker to see
        if is_good.all() and version.n_unique() == len(version):
            return rows.select("row_no", "line").clear()
        of_good = version.filter(is_good)
        twice = of_good.filter(~of_good.is_first_distinct())
        if twice.is_empty():
            return rows.select("row_no", "line").clear()
        shared = rows[(version.is_in(twice.implode()) & is_good).arg_true()]
        content = shared.select(self._content).hash_rows().alias("content")
        told = shared.select(
            *self._version, pl.sql_expr(MAIN_SOURCE).alias("main_source"), "row_no", "line", content
        )
        one = [*self._version, "main_source"]
        told = told.filter(pl.col("content").n_unique().over(one) > 1)
        if told.height:
            self._waiting.append(told.select(one).unique(maintain_order=True))
            if sum(versions.height for versions in self._waiting) > _MOST_IN_MEMORY:
                self.files()
        return told.select("row_no", "line")

    def files(self) -> list[Path]:
        """The versions found so far, as Parquet files of their key, `published_on` and main source
        (`main_source`).
        """
        if self._waiting:
            file = self._folder / f"contradicted-{len(self._files)}.parquet"
            pl.concat(self._waiting).write_parquet(file)
            self._files.append(file)
            self._waiting = []
        return list(self._files)
