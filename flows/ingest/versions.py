"""Which checked rows are new: each is compared with the others of its file and with the store.

All in DuckDB, so that a batch may be larger than memory. Rows are looked at one by one only where
two are of one version: mostly none are, which is told of the file as it is read (`distinct`) and of
the store by one pass over the keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from warehouse.records import MAIN_SOURCE, is_empty

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
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
    con: duckdb.DuckDBPyConnection,
    kind: str,
    shape: KindShape,
    draft: Path,
    rows: int,
    repeated: Path | None,
    contradicted: Sequence[Path] = (),
) -> Verdicts:
    """Compare the `rows` rows of a draft with each other and with the versions in the store.

    `contradicted` are files of versions of which the received file holds several contents, whose
    rows were held back before: a row of the draft that is of one of them is conflicting too.
    `repeated` is a file of the numbers of rows that may be of one version, or of a contradicted
    one; None where there are none.
    """
    version = ", ".join(_quoted(name) for name in (*shape.key, "published_on"))
    version = f"{version}, main_source"
    if repeated is None and not _is_any_stored(con, kind, version, draft):
        nothing = pl.Series("line", dtype=pl.Int64)
        return Verdicts(rows, 0, 0, nothing.rename("row_no"), nothing)
    params: dict[str, str | list[str]] = {"draft": str(draft)}
    if contradicted:
        params["contradicted"] = [str(file) for file in contradicted]
    if repeated:
        params["repeated"] = str(repeated)
    query = _verdicts_sql(kind, shape, version, params)
    con.complete()  # DuckDB 2 lets no relation in beside an unfinished result
    told = pl.DataFrame(con.sql(query, params=params))
    counts = dict(told.group_by("verdict").len().iter_rows())
    return Verdicts(
        new=rows - told.height,
        repeated=counts.get(_REPEATED, 0),
        known=counts.get(_KNOWN, 0),
        dropped=told["row_no"],
        conflicts=told.filter(pl.col("verdict") == _CONFLICTING)["line"],
    )


def _is_any_stored(con: duckdb.DuckDBPyConnection, kind: str, version: str, draft: Path) -> bool:
    """Whether a row of the draft is of a stored version."""
    if is_empty(con, kind):
        return False
    drafted = f"(select *, {MAIN_SOURCE} as main_source from read_parquet($draft))"
    stored = f"(select *, {MAIN_SOURCE} as main_source from raw_{kind})"
    shared = f"exists (select 1 from {stored} semi join {drafted} as drafted using ({version}))"
    # fetched to the end: DuckDB 2 lets no other query in beside an unfinished result
    return bool(con.execute(f"select {shared}", {"draft": str(draft)}).fetchall()[0][0])


def _verdicts_sql(kind: str, shape: KindShape, version: str, given: Container[str]) -> str:
    """Number, line and verdict of each row that is not new; `given` names the files at hand."""
    # both sides are hashed here and now, so the hash may change with the version of the library;
    # the line is left out: the same row on another line is the same row
    stated = ", ".join(_quoted(name) for name in shape.columns if name != "line")
    content = f"hash({stated})"
    source = "read_parquet($contradicted)" if "contradicted" in given else "keyed where false"
    shares = (
        "or file_row_number in (select row_no from read_parquet($repeated))"
        if "repeated" in given
        else ""
    )
    return f"""
        with keyed as (
            select file_row_number, {version}
            from (
                select *, {MAIN_SOURCE} as main_source
                from read_parquet($draft, file_row_number = true)
            )
        ),
        stored as (
            select {version}, max_by({content}, batch_no) as stored_content
            from (select *, {MAIN_SOURCE} as main_source from raw_{kind})
            semi join keyed using ({version})
            group by {version}
        ),
        contradicted as (
            select distinct {version}, true as is_contradicted from {source}
        ),
        of_interest as (
            select keyed.*, stored_content, is_contradicted
            from keyed
            left join stored using ({version})
            left join contradicted using ({version})
            where
                stored_content is not null
                or is_contradicted
                {shares}
        ),
        -- only of these rows are all columns read
        shared as (
            select of_interest.*, line, content
            from of_interest
            inner join (
                select file_row_number, line, {content} as content
                from read_parquet($draft, file_row_number = true)
            ) using (file_row_number)
        ),
        compared as (
            select
                *,
                min(content) over same <> max(content) over same
                or is_contradicted is not null as is_conflicting,
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
