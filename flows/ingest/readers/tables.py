"""A file of bars as text in columns, whether it came as CSV, Parquet or objects of JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.lines import Table, blank_as_null, column_names, read_table
from flows.ingest.readers.tidy_objects import object_pieces
from flows.ingest.received import MOST_OF_ONE_OBJECT
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.ingest.received import Received

#: Bars of one file are held in memory whole.
_MOST_ROWS = 5_000_000
_RAGGED = {"line": pl.Int64, "rule": pl.String, "reason": pl.String}


def any_table(received: Received) -> Table:
    """The rows as text under the columns' names. Raises Refused where they cannot be read."""
    if received.form == "csv":
        return read_table(received)
    if received.form == "parquet":
        return _of_parquet(received)
    if received.form == "ndjson" and received.path.stat().st_size <= MOST_OF_ONE_OBJECT:
        return _of_objects(received)
    raise Refused(
        f"{received.name} is {received.form.upper()}, and bars of this provider are read from"
        " CSV, Parquet or JSON of one object a bar.",
        "Save it as CSV (UTF-8) or Parquet.",
        kind="prices",
    )


def table_of(columns: Sequence[str], rows: Sequence[Sequence[object]], raw: Sequence[str]) -> Table:
    """A table of values that were read from a text without lines of its own: places are lines."""
    texts = [tuple(None if value is None else str(value) for value in row) for row in rows]
    line = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("line")
    schema = dict.fromkeys(columns, pl.String)
    frame = pl.DataFrame(texts, schema=schema, orient="row").with_columns(line)
    said = pl.DataFrame({"raw": list(raw)}, schema={"raw": pl.String}).with_columns(line)
    return Table(blank_as_null(frame), pl.DataFrame(schema=_RAGGED), said.select("line", "raw"))


def _of_objects(received: Received) -> Table:
    """The members of each object, under the names that the first one has."""
    pieces = list(object_pieces(received, received.header))
    no_lines = pl.Series(dtype=pl.Int64)
    again = [piece.reread(no_lines) for piece in pieces]
    rows = pl.concat(piece.rows for piece in pieces).drop("row_no")
    ragged, raw = (pl.concat(getattr(one, name) for one in again) for name in ("ragged", "raw"))
    return Table(blank_as_null(rows), ragged, raw)


def _of_parquet(received: Received) -> Table:
    try:
        scanned = pl.scan_parquet(received.path)
        height = scanned.select(pl.len()).collect().item()
        if height > _MOST_ROWS:
            raise Refused(
                f"{received.name} has {height:,} rows, more than a file of daily bars is read for.",
                "Write it as a table of our own columns (docs/records.md), or in parts.",
                kind="prices",
            )
        frame = scanned.collect()
        texts = frame.select(
            _as_text(frame, stated).alias(name)
            for stated, name in zip(frame.columns, column_names(tuple(frame.columns)), strict=True)
        )
        raw = texts.select(pl.struct(pl.all()).struct.json_encode().alias("raw"))
    except pl.exceptions.PolarsError as error:
        raise Refused(
            f"{received.name} cannot be read as Parquet: {str(error)[:120]}",
            "It may have been cut off, or hold nested columns: write plain columns.",
            kind="prices",
        ) from None
    line = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("line")
    rows = blank_as_null(texts).with_columns(line)
    return Table(rows, pl.DataFrame(schema=_RAGGED), raw.with_columns(line).select("line", "raw"))


def _as_text(frame: pl.DataFrame, name: str) -> pl.Expr:
    """A column as text: a moment with its offset, a number with its digits."""
    dtype = frame.schema[name]
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        return column.dt.strftime("%Y-%m-%d %H:%M:%S%z" if dtype.time_zone else "%Y-%m-%d %H:%M:%S")
    if dtype.is_float():
        return pl.when(column.is_finite()).then(column.cast(pl.String))
    if dtype.is_nested() or dtype == pl.Binary:
        return pl.lit(None, pl.String)
    return column.cast(pl.String)
