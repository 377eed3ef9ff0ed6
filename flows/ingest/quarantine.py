"""Rows held back, written with rule, reason, file, line and the raw text as received."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest import landing
from flows.ingest.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: A longer row is cut in quarantine, with a mark; the original holds it whole.
LONGEST_RAW = 8000
#: Rows that wait in memory.
_MOST_IN_MEMORY = 100_000
_ORDER = ("line", "rule", "reason")
COLUMNS = (
    "batch_id", "kind", "provider", "file_name", "file_sha256", "line", "rule", "rules", "reason",
    "raw",
)  # fmt: skip


def held_rows(held: pl.DataFrame | None, ragged: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
    """Rows that break a rule (`check.HELD`) and rows of another shape, in the order of the file,
    with their raw text.
    """
    parts = [ragged.select("line", "rule", pl.col("rule").alias("rules"), "reason")]
    if held is not None:
        parts.append(held.select("line", "rule", "rules", "reason"))
    return _with_raw(pl.concat(parts), raw)


def named_rows(rows: pl.DataFrame, rule: str, raw: pl.DataFrame) -> pl.DataFrame:
    """Rows (`line`, `reason`) that break one rule, with their raw text."""
    as_rule = pl.lit(rule)
    told = rows.select("line", as_rule.alias("rule"), as_rule.alias("rules"), "reason")
    return _with_raw(told, raw)


def conflicting_rows(lines: pl.Series, raw: pl.DataFrame) -> pl.DataFrame:
    """Rows of these lines, held back because another row of the file contradicts them."""
    told = (
        lines.rename("line")
        .to_frame()
        .select(
            "line",
            pl.lit("conflicting_rows").alias("rule"),
            pl.lit("conflicting_rows").alias("rules"),
            pl.lit(
                "The file has other rows with the same key and published_on and other content: "
                "which of them holds is not known."
            ).alias("reason"),
        )
    )
    return _with_raw(told, raw)


def _with_raw(told: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
    length = pl.col("raw").str.len_chars()
    head = pl.col("raw").str.slice(0, LONGEST_RAW)
    cut = pl.format("{}… [cut: {} characters in all]", head, length)
    return (
        told.join(raw, on="line", how="left")
        .with_columns(pl.when(length > LONGEST_RAW).then(cut).otherwise("raw").alias("raw"))
        .sort(_ORDER, maintain_order=True)
    )


def in_order(*rows: pl.DataFrame) -> pl.DataFrame:
    """Rows held back for several reasons, in the order of the file."""
    return pl.concat(rows).sort(_ORDER, maintain_order=True)


def unbound(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with texts of their own: a part of a frame keeps all the text of the whole alive."""
    return rows.with_columns(pl.col(pl.String) + pl.lit(""))


class HeldBack:
    """The rows of a file that are held back, in its order; many of them wait in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.height = 0
        self._folder = folder
        self._waiting: list[Path] = []
        self._frames: list[pl.DataFrame] = []

    def add(self, rows: pl.DataFrame) -> None:
        """Add rows that come after all the others."""
        if rows.is_empty():
            return
        self.height += rows.height
        self._frames.append(unbound(rows))
        if sum(frame.height for frame in self._frames) > _MOST_IN_MEMORY:
            waiting = self._folder / f"held-{len(self._waiting)}.parquet"
            pl.concat(self._frames).write_parquet(waiting)
            self._waiting.append(waiting)
            self._frames = []

    def mix_in(self, rows: pl.DataFrame) -> None:
        """Add rows from anywhere in the file."""
        together = in_order(*self.frames(), rows)
        self.height, self._waiting, self._frames = together.height, [], [together]

    def frames(self) -> Iterator[pl.DataFrame]:
        """All of them, in the order of the file."""
        yield from (pl.read_parquet(path) for path in self._waiting)
        yield from self._frames


def write(target: Path, held_back: HeldBack, **stated: str) -> None:
    """Write rows held back to a Parquet file; `stated` gives the columns of the batch."""
    said = [pl.lit(value).alias(name) for name, value in stated.items()]
    frames = (rows.with_columns(said).select(COLUMNS) for rows in held_back.frames())
    schema = pl.Schema({name: pl.String() for name in COLUMNS} | {"line": pl.Int64()})
    landing.write(frames, schema, target)


def findings(held_back: HeldBack) -> list[Finding]:
    """How many rows each rule held back, the first line and reason of each; most rows first."""
    counted = [
        rows.group_by("rule", maintain_order=True).agg(
            pl.len().alias("count"), pl.col("line").first(), pl.col("reason").first()
        )
        for rows in held_back.frames()
    ]
    if not counted:
        return []
    told = (
        pl.concat(counted)
        .group_by("rule", maintain_order=True)
        .agg(pl.col("count").sum(), pl.col("line").first(), pl.col("reason").first())
        .sort("count", "rule", descending=[True, False])
    )
    return [Finding(rule, count, line, text) for rule, count, line, text in told.iter_rows()]
