"""Which values stand in several rows of a table of any size, in bounded memory.

DuckDB does not spill the table of groups, so values are counted by a hash of them and a part of the
hashes at a time. Two values may have one hash by chance: who asks looks at those rows again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

#: How many values are counted at once: a gigabyte holds them.
AT_ONCE = 10_000_000


def note(
    con: duckdb.DuckDBPyConnection, into: str, table: str, values: str, where: str = "true"
) -> str:
    """Make the temp table `into` of the hashes that several rows of a table have.

    `values` are columns, as SQL lists them. Returns the condition that a row has such a hash.
    """
    con.execute(f"create or replace temp table {into} (value_hash ubigint)")
    total = con.execute(f"select count(*) from {table}").fetchall()[0][0]
    parts = 1 + total // AT_ONCE
    for part in range(parts):
        con.execute(f"""
            insert into {into}
            select hash({values}) as value_hash from {table}
            where {where} and value_hash % {parts} = {part}
            group by value_hash having count(*) > 1
        """)
    return f"hash({values}) in (select value_hash from {into})"
