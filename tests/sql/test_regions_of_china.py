"""What a report says of China is of China, whatever other regions the records are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

#: Reports that speak of China alone, and rows of them that say which region they are of otherwise.
OF_CHINA = {
    "rpt_coverage": "region = 'none' or region = 'World' and chip_id <> 'all'",
    "rpt_revenue": "false",
    "rpt_sales_quarter": "false",
    "fct_fee_month": "false",
}


def test_no_report_counts_another_region_as_china(briefed_home: Path) -> None:
    with duckdb.connect(str(briefed_home / "warehouse.duckdb"), read_only=True) as con:
        others = con.execute(
            "select count(distinct region) from rec_sales "
            "where region not like 'China%' and region <> 'World'"
        ).fetchone()
        wrong = {
            report: con.execute(
                f"select distinct vendor, region from {report} "
                f"where region not like 'China%' and not ({stated})"
            ).fetchall()
            for report, stated in OF_CHINA.items()
        }

    assert others is not None
    assert others[0] > 0
    assert wrong == {report: [] for report in OF_CHINA}
