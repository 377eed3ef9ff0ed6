"""Which checked rows are new: each is compared with the others of its file and with the store.

All in DuckDB, so that a batch may be larger than memory. The content of a row is compared by
`row_hash`, a hash of its text that does not change with the version of any library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.records import MAIN_SOURCE, STORE_COLUMNS

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import duckdb

    from warehouse.records import KindShape

#: Verdicts of `judge`, by row.
NEW, REPEATED, KNOWN, CONFLICTING = "new", "repeated", "known", "conflicting"


def judge(
    con: duckdb.DuckDBPyConnection, kind: str, shape: KindShape, candidates: Path
) -> dict[str, int]:
    """Give each row of a Parquet file of candidates its verdict, in the table `verdicts`.

    new: another content than the latest version of this key, published_on and main source, or a
    first one. known: the same content as that version. repeated: the same as an earlier row of
    the file. conflicting: the file holds other content for this key, published_on and source.
    Returns the number of rows by verdict.
    """
    stated = ", ".join(_quoted(name) for name in (*shape.key, "published_on"))
    version = f"{stated}, main_source"
    con.execute(
        f"""
        create or replace temp table verdicts as
        with hashed as (
            select row_no, {stated}, {MAIN_SOURCE} as main_source, {row_hash_sql(shape)} as row_hash
            from read_parquet(?)
        ),
        compared as (
            select
                *,
                min(row_hash) over same <> max(row_hash) over same as is_conflicting,
                row_number() over (
                    partition by {version}, row_hash order by row_no
                ) as occurrence
            from hashed
            window same as (partition by {version})
        ),
        stored as (
            select {version}, max_by(row_hash, batch_no) as stored_hash
            from (select *, {MAIN_SOURCE} as main_source from raw_{kind})
            semi join hashed using ({version})
            group by {version}
        )
        select
            row_no,
            row_hash,
            case
                when is_conflicting then '{CONFLICTING}'
                when occurrence > 1 then '{REPEATED}'
                when row_hash = stored_hash then '{KNOWN}'
                else '{NEW}'
            end as verdict
        from compared
        left join stored using ({version})
        """,
        [str(candidates)],
    )
    return dict(
        con.execute("select verdict, count(*) from verdicts group by all order by all").fetchall()
    )


def row_hash_sql(shape: KindShape) -> str:
    """The first 64 bits of the MD5 of `name=value` of every stated column, in contract order.

    `line` is left out: the same row on another line is the same row. Empty columns are left
    out, so that a column that a later contract adds leaves the hash of earlier rows as it is.
    """
    stated = ", ".join(
        f"'{name}=' || cast({_quoted(name)} as varchar)" for name in shape.columns if name != "line"
    )
    return f"left(md5(concat_ws(chr(31), {stated})), 16)"


def write_new(
    con: duckdb.DuckDBPyConnection,
    shape: KindShape,
    candidates: Path,
    target: Path,
    batch_id: str,
    batch_no: int,
    recorded_at: dt.datetime,
) -> None:
    """Write the rows judged new to a Parquet file, in the order of their key.

    The bytes depend on the rows and the arguments only, whatever the number of threads.
    """
    columns = ", ".join(f"candidate.{_quoted(name)}" for name in shape.columns)
    version = ", ".join(
        f"candidate.{_quoted(n)}" for n in (*shape.key, "published_on", "source_id")
    )
    stored = list(STORE_COLUMNS)
    con.execute(
        f"""
        copy (
            select
                {columns},
                cast(? as varchar) as {stored[0]},
                cast(? as bigint) as {stored[1]},
                cast(? as timestamp) as {stored[2]},
                judged.row_hash as {stored[3]}
            from read_parquet(?) as candidate
            inner join verdicts as judged using (row_no)
            where judged.verdict = '{NEW}'
            order by {version}
        )
        to '{_escaped(target)}' (format parquet, compression zstd, row_group_size 122880)
        """,
        [batch_id, batch_no, recorded_at.replace(tzinfo=None), str(candidates)],
    )


def conflicts(con: duckdb.DuckDBPyConnection) -> list[int]:
    """The numbers of the rows that contradict another row of the same file."""
    rows = con.execute(
        f"select row_no from verdicts where verdict = '{CONFLICTING}' order by row_no"
    ).fetchall()
    return [row_no for (row_no,) in rows]


def _quoted(name: str) -> str:
    return f'"{name}"'


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
