"""Landing files: the accepted rows of a batch, stamped with it, in the order of the received file.

The bytes depend on the rows and the stamp only: not on threads, nor on how the rows came in pieces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

#: Rows of a row group.
ROW_GROUP = 122_880


@dataclass(frozen=True)
class Stamp:
    """What the store adds to each row of a batch."""

    batch_id: str
    batch_no: int
    recorded_at: dt.datetime

    def on(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with the stamp."""
        return rows.with_columns(
            pl.lit(self.batch_id).alias("batch_id"),
            pl.lit(self.batch_no, pl.Int64).alias("batch_no"),
            pl.lit(self.recorded_at.replace(tzinfo=None), pl.Datetime("us")).alias("recorded_at"),
        )


def write(frames: Iterator[pl.DataFrame], schema: pl.Schema, target: Path) -> None:
    """Write frames of one schema to a Parquet file, in bounded memory.

    An error in making a frame comes out as it is, not as one of Polars' about its source.
    """
    raised: list[BaseException] = []

    def watched(*_: object) -> Iterator[pl.DataFrame]:
        try:
            yield from frames
        except BaseException as error:
            raised.append(error)
            raise

    rows = register_io_source(watched, schema=schema)
    try:
        rows.sink_parquet(target, compression="zstd", compression_level=1, row_group_size=ROW_GROUP)
    except BaseException as error:
        raise (raised or [error])[0] from None


def without(draft: Path, dropped: pl.Series, target: Path) -> None:
    """Write the rows of `draft` to `target` but for those of the numbers `dropped`, 0 the first."""
    rows = pl.scan_parquet(draft)
    height = rows.select(pl.len()).collect().item()
    is_kept = pl.repeat(value=True, n=height, eager=True).scatter(dropped, False)

    def kept() -> Iterator[pl.DataFrame]:
        for first in range(0, height, ROW_GROUP):
            group = rows.slice(first, ROW_GROUP).collect()
            yield group.filter(is_kept.slice(first, ROW_GROUP))

    write(kept(), rows.collect_schema(), target)
