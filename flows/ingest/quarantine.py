"""Rows held back, written with rule, reason, file, line and the raw text as received."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.report import Finding

if TYPE_CHECKING:
    from pathlib import Path

#: A longer row is cut in quarantine, with a mark; the original holds it whole.
LONGEST_RAW = 8000
COLUMNS = (
    "batch_id", "kind", "provider", "file_name", "file_sha256", "line", "rule", "rules", "reason",
    "raw",
)  # fmt: skip


def held_rows(
    held: pl.DataFrame, ragged: pl.DataFrame, conflicting: pl.DataFrame, raw: pl.DataFrame
) -> pl.DataFrame:
    """All rows held back, in the order of the file, with their raw text."""
    if held.is_empty() and ragged.is_empty() and conflicting.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(("line", "rule", "rules", "reason", "raw")))
    alone = pl.col("rule").alias("rules")
    contradiction = (
        pl.lit("conflicting_rows").alias("rule"),
        pl.lit("conflicting_rows").alias("rules"),
        pl.lit(
            "The file has other rows with the same key and published_on and other content: "
            "which of them holds is not known."
        ).alias("reason"),
    )
    parts = [
        held.select("line", "rule", "rules", "reason"),
        ragged.select("line", "rule", alone, "reason"),
        conflicting.select("line", *contradiction),
    ]
    length = pl.col("raw").str.len_chars()
    head = pl.col("raw").str.slice(0, LONGEST_RAW)
    cut = pl.format("{}… [cut: {} characters in all]", head, length)
    return (
        pl.concat(parts)
        .join(raw, on="line", how="left")
        .with_columns(pl.when(length > LONGEST_RAW).then(cut).otherwise("raw").alias("raw"))
        .sort("line", "rule", "reason", maintain_order=True)
    )


def write(target: Path, rows: pl.DataFrame, **stated: str) -> None:
    """Write rows held back to a Parquet file; `stated` gives the columns of the batch."""
    said = [pl.lit(value).alias(name) for name, value in stated.items()]
    rows.with_columns(said).select(COLUMNS).write_parquet(
        target, compression="zstd", row_group_size=122_880, statistics=True
    )


def findings(rows: pl.DataFrame) -> list[Finding]:
    """How many rows each rule held back, the first line and reason of each; most rows first."""
    if rows.is_empty():
        return []
    counted = (
        rows.group_by("rule")
        .agg(pl.len().alias("count"), pl.col("line").first(), pl.col("reason").first())
        .sort("count", "rule", descending=[True, False])
    )
    return [Finding(rule, count, line, text) for rule, count, line, text in counted.iter_rows()]
