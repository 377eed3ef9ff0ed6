"""What the readers of single sources share: rows made in Python to a reading, texts to ids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.readers.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RAGGED = {"line": pl.Int64, "rule": pl.String, "reason": pl.String}
RAW = {"line": pl.Int64, "raw": pl.String}


def reading_of(
    rows: Iterable[Mapping[str, str | int | None]],
    columns: Iterable[str],
    ragged: pl.DataFrame,
    raw: pl.DataFrame,
) -> Reading:
    """The rows in these columns and `line`, all but that as text."""
    schema = dict.fromkeys(columns, pl.String) | {"line": pl.Int64}
    told = [[row.get(name) for name in schema] for row in rows]
    return Reading(pl.DataFrame(told, schema=schema, orient="row"), ragged, raw)


def id_of(*parts: str) -> str:
    """Texts as one id: `epoch-nvidia-h200-sxm`."""
    joined = "-".join(re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in parts)
    return re.sub("-+", "-", joined).strip("-")[:119]
