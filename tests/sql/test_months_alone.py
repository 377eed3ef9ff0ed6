"""The real models, made for the months that a change touches, are what the whole build makes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path  # noqa: TC003  pytest reads it
from typing import TYPE_CHECKING, Any

import pytest

from flows.build import superseded
from flows.build.run import build
from warehouse.home import Home
from warehouse.store import open_warehouse

if TYPE_CHECKING:
    import duckdb

DAY = dt.date(2026, 11, 22)

#: Shipments that begin and end a series, one of them late, in a currency that needs a rate.
_SHIPMENTS = """
    insert into raw_sales by name
    select
        'shipment-' || n as sale_id, 'NVIDIA' as vendor, 'nv-h200-sxm' as chip_id,
        'H200' as segment, 'China' as region, 'shipment' as basis, 'product' as scope,
        sold_on as period_start, sold_on as period_end, 10 * n as units, 27000 as unit_price,
        currency, 'reported' as value_type, 'stated' as published_basis,
        date '2026-11-20' as published_on, 'INVENTED' as source_id, 'invented' as confidence,
        n as line, 'b' as batch_id, (select max(batch_no) from ledger_batches) as batch_no,
        timestamp '2026-11-20' as recorded_at
    from (values (1, date '2026-11-18', 'USD'), (2, date '2026-11-19', 'CNY'),
        (3, date '2025-03-04', 'CNY')) as shipment (n, sold_on, currency)
"""
#: A filing that is filed again with another amount.
_CORRECTION = """
    insert into raw_sales by name
    select * replace (revenue + 1000000 as revenue, date '2026-11-20' as published_on,
        (select max(batch_no) from ledger_batches) as batch_no)
    from raw_sales
    where period_start < period_end and revenue is not null
    order by sale_id limit 1
"""


def _batch(con: duckdb.DuckDBPyConnection, rows: str) -> None:
    con.execute(
        "insert into ledger_batches by name select * replace ('b' || batch_no as batch_id,"
        " batch_no + 1 as batch_no) from ledger_batches order by batch_no desc limit 1"
    )
    con.execute(rows)


def _content(con: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    models = con.execute("select model from ledger_models order by model").fetchall()
    return {model: con.execute(f'from "{model}"').fetchall() for (model,) in models}


@pytest.mark.trial
def test_shipments_and_a_corrected_filing_give_what_the_whole_build_gives(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(superseded, "KEPT_FROM", 0)
    monkeypatch.setattr("flows.build.run._publish", lambda *_, **__: None)
    home = Home(own_home)
    with open_warehouse(home) as con:
        build(con, home, as_of=DAY, full=True)
        _batch(con, _SHIPMENTS)
        shipped = build(con, home, as_of=DAY)
        _batch(con, _CORRECTION)
        corrected = build(con, home, as_of=DAY)
        followed = _content(con)
        whole = build(con, home, as_of=DAY, full=True)

        assert _content(con) == followed
    assert whole.build_id == corrected.build_id
    assert "fct_revenue_month" in shipped.built
    # shipments are no filings: what is made of these alone was left as it stood
    assert "int_sales_row" not in shipped.built
    assert "int_sales_row" in corrected.built
