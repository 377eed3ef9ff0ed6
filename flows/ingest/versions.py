"""Which checked rows are new: each is compared with the others of its file and with the store.

All in DuckDB, so that a batch may be larger than memory. Rows are looked at one by one only where
two share a key and `published_on`: mostly none do, and one pass over the keys says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from warehouse.records import MAIN_SOURCE

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from warehouse.records import KindShape

_NEW, _REPEATED, _KNOWN, _CONFLICTING = "new", "repeated", "known", "conflicting"


@dataclass(frozen=True)
class Verdicts:
    """What became of the rows of a draft.

    A version is of a key, a published_on and a main source.
    new: another content than the latest such version, or a first one.
    known: the same content as that version. repeated: the same as an earlier row of the file.
    conflicting: the file holds other content for the same three; `conflicts` are the
    lines of such rows. `dropped` are the numbers of all rows that are not new, 0 being the first.
    """

    new: int
    repeated: int
    known: int
    dropped: pl.Series
    conflicts: pl.Series


def judge(
    con: duckdb.DuckDBPyConnection, kind: str, shape: KindShape, draft: Path, rows: int
) -> Verdicts:
    """Compare the `rows` rows of a draft with each other and with the versions in the store."""
    version = ", ".join(_quoted(name) for name in (*shape.key, "published_on"))
    version = f"{version}, main_source"
    if not _is_any_shared(con, kind, version, draft, rows):
        nothing = pl.Series("line", dtype=pl.Int64)
        return Verdicts(rows, 0, 0, nothing.rename("row_no"), nothing)
    told = pl.DataFrame(con.sql(_verdicts_sql(kind, shape, version), params=[str(draft)]))
    counts = dict(told.group_by("verdict").len().iter_rows())
    return Verdicts(
        new=rows - told.height,
        repeated=counts.get(_REPEATED, 0),
        known=counts.get(_KNOWN, 0),
        dropped=told["row_no"],
        conflicts=told.filter(pl.col("verdict") == _CONFLICTING)["line"],
    )


def _is_any_shared(
    con: duckdb.DuckDBPyConnection, kind: str, version: str, draft: Path, rows: int
) -> bool:
    """Whether two rows of the draft, or one and a stored one, may share key and published_on."""
    drafted = f"(select *, {MAIN_SOURCE} as main_source from read_parquet($draft))"
    # fetched to the end: DuckDB 2 lets no other query in beside an unfinished result
    rows_told = con.execute(
        f"""
        select
            (select count(distinct hash({version})) from {drafted}) < $rows
            or exists (
                select 1 from (select *, {MAIN_SOURCE} as main_source from raw_{kind})
                semi join {drafted} as drafted using ({version})
            )
        """,
        {"draft": str(draft), "rows": rows},
    ).fetchall()
    return bool(rows_told[0][0])


def _verdicts_sql(kind: str, shape: KindShape, version: str) -> str:
    """Number, line and verdict of each row that is not new."""
    # both sides are hashed here and now, so the hash may change with the version of the library;
    # the line is left out: the same row on another line is the same row
    stated = ", ".join(_quoted(name) for name in shape.columns if name != "line")
    content = f"hash({stated})"
    return f"""
        with draft as (
            select *, {MAIN_SOURCE} as main_source, hash({version}) as version_hash
            from read_parquet(?, file_row_number = true)
        ),
        repeated as (
            select version_hash from draft group by version_hash having count(*) > 1
        ),
        stored as (
            select {version}, max_by({content}, batch_no) as stored_content
            from (select *, {MAIN_SOURCE} as main_source from raw_{kind})
            semi join draft using ({version})
            group by {version}
        ),
        shared as (
            select file_row_number, line, {version}, {content} as content, stored_content
            from draft
            left join stored using ({version})
            where
                stored_content is not null
                or version_hash in (select version_hash from repeated)
        ),
        compared as (
            select
                *,
                min(content) over same <> max(content) over same as is_conflicting,
                row_number() over (
                    partition by {version}, content order by file_row_number
                ) as occurrence
            from shared
            window same as (partition by {version})
        ),
        judged as (
            select
                file_row_number as row_no,
                line,
                case
                    when is_conflicting then '{_CONFLICTING}'
                    when occurrence > 1 then '{_REPEATED}'
                    when content = stored_content then '{_KNOWN}'
                    else '{_NEW}'
                end as verdict
            from compared
        )
        select row_no, line, verdict from judged where verdict <> '{_NEW}' order by row_no
        """


def _quoted(name: str) -> str:
    return f'"{name}"'
