"""Invented shipments in a home's store, by SQL alone: a history of some millions, and a day of it.

A shipment has a chip of the bundled records, a day of three years, units and a price. Ids say
nothing of the day, so no part of the history lies together: the hard case.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from warehouse import landed, ledger
from warehouse.ledger import Batch

if TYPE_CHECKING:
    import duckdb

    from warehouse.home import Home

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


def add_history(con: duckdb.DuckDBPyConnection, home: Home, rows: int) -> None:
    """Land one batch of so many shipments of three years."""
    day = f"cast(hash(id) % {_DAYS - 1} as integer)"
    _land(con, home, "history", _shipments(f"range({rows})", day, "'s' || id", 3))


def add_day(con: duckdb.DuckDBPyConnection, home: Home, number: int) -> None:
    """Land one batch of a day: new shipments, some late by up to two months, some corrected."""
    today = f"{_DAYS - 1}"
    late = f"{today} - 1 - cast(hash(id, {number}) % 60 as integer)"
    day = f"case when id < {LATE} then {late} else {today} end"
    new = _shipments(f"range({DAY_ROWS - CORRECTED})", day, f"'d{number}-' || id", 0)
    corrected = f"""
        select * exclude (batch_id, batch_no, recorded_at)
            replace (units + 1 as units, {_FIRST} + {_DAYS} as published_on)
        from (select columns(lambda c: c <> 'row_id') from raw_sales)
        where batch_id = 'history' and period_start > {_FIRST} + {_DAYS} - 62
        order by hash(sale_id, {number}) limit {CORRECTED}
    """
    _land(con, home, f"day{number}", f"from ({new}) union all by name from ({corrected})")


def _shipments(ids: str, day: str, sale_id: str, lag: int) -> str:
    """The query of a shipment for each id, on a day and published so many days after it."""
    return f"""
        select *, least(period_start + {lag}, {_FIRST} + {_DAYS - 1}) as published_on
        from (
            select
                {sale_id} as sale_id,
                {_SHIPMENT.format(day=f"({day})")}
            from (
                select
                    id,
                    list_extract(chips, cast(1 + hash(id, 2) % len(chips) as bigint)) as chip
                from (select range as id from {ids}), {_CHIPS}
            )
        )
    """


def _land(con: duckdb.DuckDBPyConnection, home: Home, batch_id: str, query: str) -> None:
    """Write a batch's landing file and put it into the store, as ingest does."""
    number = ledger.next_batch_no(con)
    at = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    file = home.landing_file("sales", batch_id)
    file.parent.mkdir(parents=True, exist_ok=True)
    con.execute(
        f"copy (select *, '{batch_id}' as batch_id, cast({number} as bigint) as batch_no,"
        f" timestamp '{at:%Y-%m-%d}' as recorded_at from ({query}))"
        f" to '{file}' (format parquet, compression zstd)"
    )
    rows = con.execute("select sum(num_rows) from parquet_file_metadata(?)", [str(file)])
    count = int(rows.fetchall()[0][0])
    batch = Batch(
        batch_id, number, "sales", "tidy", "invented.csv", "", 0, 1, "accepted", "", count, count,
        0, 0, at,
    )  # fmt: skip
    landed.add(con, home, batch)
    ledger.record_batch(con, batch)
