"""Closes that a batch changes: a later version wins, so a reader is told which and how far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.ingest.report import Finding

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

#: Providers round differently; a close that moves by more is another price.
_ROUNDING = 0.005


def changed_closes(con: duckdb.DuckDBPyConnection, landed: Path) -> list[Finding]:
    """How many rows of a landing file change a close that the store holds, by over half a per
    cent; with the first line and its figures. No row is held back for it.
    """
    found = con.execute(
        f"""
        with candidate as (
            select * from read_parquet(?)
        ),
        stored as (
            select
                symbol, mic, traded_on, adjustment,
                max_by(close, (published_on, batch_no)) as stored_close,
                max_by(source_id, (published_on, batch_no)) as stored_source
            from raw_prices
            semi join candidate using (symbol, mic, traded_on, adjustment)
            group by all
        )
        select count(*), min(line), min_by(
            format(
                'On {{}} the close of {{}} was {{}} ({{}}) and is now {{}}.',
                traded_on, symbol, stored_close, stored_source, close
            ), line
        )
        from candidate
        inner join stored using (symbol, mic, traded_on, adjustment)
        where abs(close / stored_close - 1) > {_ROUNDING}
        """,
        [str(landed)],
    ).fetchone()
    if found is None or not found[0]:
        return []
    count, line, example = found
    return [Finding("close_changed", count, line, example)]
