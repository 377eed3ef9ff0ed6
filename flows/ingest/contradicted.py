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


class Contradicted:
    """The versions of which a file holds several contents, as files below `folder`."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.files: list[Path] = []
        self._folder = folder
        self._version = [*key_of(kind), "published_on"]
        self._content = [name for name in KINDS[kind].column_names() if name != "line"]

    def of(self, rows: pl.DataFrame, is_good: pl.Series) -> pl.DataFrame:
        """`row_no` and `line` of the good rows that another of them contradicts; they are noted."""
        # without the source, which is dear to tell: two of one key and day are rare as it is
        version = rows.select(self._version).hash_rows()
        of_good = version.filter(is_good)
        if of_good.n_unique() == len(of_good):
            return rows.select("row_no", "line").clear()
        shared = rows[is_good.arg_true().filter(of_good.is_duplicated())]
        content = shared.select(self._content).hash_rows().alias("content")
        told = shared.select(
            *self._version, pl.sql_expr(MAIN_SOURCE).alias("main_source"), "row_no", "line", content
        )
        one = [*self._version, "main_source"]
        told = told.filter(pl.col("content").n_unique().over(one) > 1)
        if told.height:
            file = self._folder / f"contradicted-{len(self.files)}.parquet"
            told.select(one).unique(maintain_order=True).write_parquet(file)
            self.files.append(file)
        return told.select("row_no", "line")
