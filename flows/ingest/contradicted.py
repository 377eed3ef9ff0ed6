"""Rows that another row of the same piece of a file contradicts, found while the piece is at hand.

What is found here need not be read and written again later. Rows that contradict each other from
one piece to another are left to `versions`, which is told which versions were found here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.contracts import KINDS, version_of
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
        self._version = version_of(kind)
        self._one = [*self._version, "main_source"]
        self._content = [name for name in KINDS[kind].column_names() if name != "line"]

    def of(self, rows: pl.DataFrame, is_good: pl.Series) -> pl.DataFrame | None:
        """The good rows of a piece that another of them contradicts: version, `row_no`, `line`.

        None where there are none. May be asked by several threads at once.
        """
        # without the source, which is dear to tell: two of one key and day are rare as it is
        version = rows.select(self._version).hash_rows()
        # where all the rows are good, none is told twice as a rule: that is quicker to see
        if is_good.all() and version.n_unique() == len(version):
            return None
        of_good = version.filter(is_good)
        twice = of_good.filter(~of_good.is_first_distinct())
        if twice.is_empty():
            return None
        shared = rows[(version.is_in(twice.implode()) & is_good).arg_true()]
        content = shared.select(self._content).hash_rows().alias("content")
        main_source = pl.sql_expr(MAIN_SOURCE).alias("main_source")
        told = shared.select(*self._version, main_source, "row_no", "line", content)
        told = told.filter(pl.col("content").n_unique().over(self._one) > 1)
        return told if told.height else None

    def add(self, told: pl.DataFrame) -> None:
        """Note the versions of rows that `of` told."""
        self._waiting.append(told.select(self._one).unique(maintain_order=True))
        if sum(versions.height for versions in self._waiting) > _MOST_IN_MEMORY:
            self.files()

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
