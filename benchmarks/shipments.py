"""Invented shipments in a home's store, by SQL alone: a history of some millions, and a day of it.

A shipment has a chip of the bundled records, a day of three years, units and a price. Ids say
nothing of the day, so no part of the history lies together: the hard case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

#: A day's new shipments, and of them those that arrive late and those that correct earlier ones.
DAY_ROWS, LATE, CORRECTED = 30_000, 300, 300

_FIRST, _DAYS = "date '2023-11-20'", 1095

_SHIPMENT = f"""
    {_FIRST} + {{day}} as period_start,
    {_FIRST} + {{day}} as period_end,
    'INVENTED' as source_id,
    'invented' as confidence,
    id + 2 as line,
    chip.vendor,
    chip.chip_id,
    'AI accelerators' as segment,
    'Customer ' || cast(hash(id, 3) % 400 as varchar) as customer,
    list_extract(
        ['China', 'World', 'China incl. HK', 'non-China'], cast(1 + hash(id, 4) % 4 as bigint)
    ) as region,
    'shipment' as basis,
    'product' as scope,
    cast(1 + hash(id, 5) % 64 as decimal(18, 0)) as units,
    cast(1000 + hash(id, 6) % 30000 as decimal(18, 4)) as unit_price,
    list_extract(['USD', 'USD', 'CNY'], cast(1 + hash(id, 7) % 3 as bigint)) as currency,
    'reported' as value_type,
    'stated' as published_basis
"""
_CHIPS = """
    (
        select list({'chip_id': chip_id, 'vendor': vendor} order by chip_id) as chips
        from (select distinct chip_id, vendor from raw_chips)
    )
"""


def add_history(con: duckdb.DuckDBPyConnection, rows: int) -> None:
    """Append one batch of so many shipments of three years."""
    day = f"cast(hash(id) % {_DAYS - 1} as integer)"
    _add(con, "history", f"select range as id from range({rows})", day, "'s' || id", 3)


def add_day(con: duckdb.DuckDBPyConnection, history: int, number: int) -> None:
    """Append one batch of a day: new shipments, some late by up to two months, some corrected."""
    today = f"{_DAYS - 1}"
    late = f"{today} - 1 - cast(hash(id, {number}) % 60 as integer)"
    day = f"case when id < {LATE} then {late} else {today} end"
    new = DAY_ROWS - CORRECTED
    _add(
        con,
        f"day{number}",
        f"select range as id from range({new})",
        day,
        f"'d{number}-' || id",
        0,
    )
    con.execute(
        f"""
        insert into raw_sales by name
        select * replace (units + 1 as units, {_FIRST} + {_DAYS} as published_on,
            'day{number}' as batch_id, (select max(batch_no) from ledger_batches) as batch_no)
        from raw_sales
        where batch_id = 'history' and period_start > {_FIRST} + {_DAYS} - 62
        order by hash(sale_id, {number}) limit {CORRECTED}
        """
    )


def _add(
    con: duckdb.DuckDBPyConnection, batch: str, ids: str, day: str, sale_id: str, lag: int
) -> None:
    con.execute(
        """
        insert into ledger_batches
        select ?, max(batch_no) + 1, 'sales', 'tidy', 'invented.csv', '', 0, 1, 'accepted', '',
            0, 0, 0, 0, timestamp '2026-11-20'
        from ledger_batches
        """,
        [batch],
    )
    con.execute(
        f"""
        insert into raw_sales by name
        with numbered as ({ids}), made as (
            select
                {sale_id} as sale_id,
                {_SHIPMENT.format(day=f"({day})")}
            from (
                select
                    id,
                    list_extract(chips, cast(1 + hash(id, 2) % len(chips) as bigint)) as chip
                from numbered, {_CHIPS}
            )
        )
        select *, least(period_start + {lag}, {_FIRST} + {_DAYS - 1}) as published_on,
            '{batch}' as batch_id,
            (select max(batch_no) from ledger_batches) as batch_no,
            timestamp '2026-11-20' as recorded_at
        from made
        """
    )
