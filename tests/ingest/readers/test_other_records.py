"""Files of sources that are no bars: each figure at its right value, or refused with a way on."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import duckdb

    from tests.ingest.conftest import HeldBack, Take, Write

FIELD = Path(__file__).parents[4] / "shared" / "field"
EPOCH = """\
Hardware name,Manufacturer,Notes,Release date,Tensor-FP16/BF16 performance (FLOP/s),\
FP8 performance (FLOP/s),Memory (bytes),Memory bandwidth (byte/s),TDP (W),Process size (nm),\
Last modified
Acme X1,NVIDIA,,2024-11-18,312400000000000.0,1.2e+15,80000000000.0,3350000000000.0,700.0,5.0,\
2025-03-18 12:56:18+00:00
Acme X2,Nobody,,2024-11-18,1e14,,,,,,2025-03-18 12:56:18+00:00
"""
CHIP = "select {} from raw_chips where chip_id = 'epoch-{}'"
SALES = (
    "select vendor, region, cast(period_start as varchar), cast(period_end as varchar), units,"
    " revenue, currency, value_type, fiscal_period, cast(published_on as varchar), published_basis"
    " from raw_sales order by period_start, period_end, vendor desc"
)


def facts(*periods: tuple[str, str, object, str, str]) -> str:
    stated = [
        {"start": start, "end": end, "val": value, "accn": "0000000077-25-000001", "fy": 2031,
         "fp": fp, "form": "10-Q", "filed": filed}
        for start, end, value, fp, filed in periods
    ]  # fmt: skip
    told = {"us-gaap": {"Revenues": {"units": {"USD": stated}}}}
    return json.dumps({"cik": 77, "entityName": "ACME CORP", "facts": told})


def test_operations_and_bytes_a_second_become_the_units_of_a_chip(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, held_back: HeldBack
) -> None:
    report = take(write("hardware.csv", EPOCH)).files[0]

    columns = "fp16_dense_tflops, fp8_dense_tflops, memory_gb, memory_bandwidth_gbs, tdp_w"
    assert con.execute(CHIP.format(columns, "acme-x1")).fetchall() == [
        (Decimal("312.4"), Decimal(1200), Decimal(80), Decimal(3350), Decimal(700))
    ]
    # where its maker sits is not known, so whether our rules are for it is not either
    assert "vendor_country|nullability" in held_back(report)["rules"][0]


def test_a_quarter_and_a_sum_of_quarters_are_told_by_their_days_and_not_by_labels(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, held_back: HeldBack
) -> None:
    text = facts(
        ("2023-01-30", "2024-01-28", 60922000001, "FY", "2024-02-21"),
        ("2024-01-29", "2024-04-28", 26044000000, "Q3", "2024-05-29"),
        ("2024-01-29", "2024-07-28", 56084000000, "Q1", "2024-08-28"),
        ("2024-04-29", "2024-07-28", 30040000000, "Q1", "2024-08-28"),
        ("2024-01-29", "2024-10-27", 91166000000, "Q2", "2024-11-20"),
        ("2024-07-01", "2024-07-31", 1, "Q2", "2024-11-20"),
        ("2024-04-29", "2024-07-28", 30040000000, "Q2", "2024-08-28"),
    )

    report = take(write("CIK77.json", text)).files[0]

    assert [(row[2], row[3], int(row[5]), *row[7:10]) for row in con.execute(SALES).fetchall()] == [
        ("2023-01-30", "2024-01-28", 60922000001, "ytd", "FY24", "2024-02-21"),
        ("2024-01-29", "2024-04-28", 26044000000, "reported", "FY25Q1", "2024-05-29"),
        ("2024-01-29", "2024-07-28", 56084000000, "ytd", "FY25H1", "2024-08-28"),
        ("2024-01-29", "2024-10-27", 91166000000, "ytd", "FY25 9M", "2024-11-20"),
        ("2024-04-29", "2024-07-28", 30040000000, "reported", "FY25Q2", "2024-08-28"),
    ]
    assert held_back(report)["rule"].to_list() == ["period_of_no_quarters"]
    assert con.execute(
        "select distinct vendor, region, source_id, note from raw_sales where line = 1"
    ).fetchall() == [
        ("ACME", "World", "SEC-CIK0000000077;0000000077-25-000001",
         "Form 10-Q, https://www.sec.gov/Archives/edgar/data/77/000000007725000001/")
    ]  # fmt: skip


def test_amounts_in_chinese_units_are_exact_and_columns_are_known_by_their_names(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, held_back: HeldBack
) -> None:
    text = (
        "公司,报告期,地区,营业收入（万元）,出货量(万台),备注\n"
        '寒武纪,2025年一季度,中国,"111,139.26",1.25,x\n'
        "海光信息,2024H1,中国,37.63亿元,,\n"
        "某某,2024年,全球,3.5亿美元,3万颗,\n"
        "某某,后来,全球,1,,\n"
    )

    report = take(write("sheet.csv", text.encode("gb18030"))).files[0]

    rows = con.execute(SALES).fetchall()
    assert [(row[0], row[1], row[3], row[4], row[5], row[6], row[7]) for row in rows] == [
        ("Hygon", "China", "2024-06-30", None, Decimal(3763000000), "CNY", "ytd"),
        ("某某", "World", "2024-12-31", Decimal(30000), Decimal(350000000), "USD", "ytd"),
        ("Cambricon", "China", "2025-03-31", Decimal(12500), Decimal("1111392600"), "CNY",
         "reported"),
    ]  # fmt: skip
    assert [(row[9], row[10]) for row in rows] == [
        ("2024-08-31", "filing_deadline"), ("2025-04-30", "filing_deadline"),
        ("2025-04-30", "filing_deadline"),
    ]  # fmt: skip
    held = held_back(report)
    assert "period_start|not_a_date" in held["rules"][0]
    assert "period_start is '后来'" in held["reason"][0]


def test_statistics_of_customs_are_refused_by_name_and_not_taken_for_sales(
    take: Take, write: Write
) -> None:
    text = (
        "数据年月,商品编码,贸易伙伴名称,第一数量,第一计量单位,美元\n"
        '202501,84718000,韩国,"1,204",千克,"1,874"\n'
    )

    report = take(write("customs.csv", text.encode("gb18030"))).files[0]

    assert report.status == "refused"
    assert "China's customs" in report.reason
    assert "chipbrief quarantine replay customs.csv" in report.way_out


@pytest.mark.skipif(not FIELD.is_dir(), reason="the files from the field are not beside us")
def test_the_files_from_the_field_have_their_right_values(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHIPBRIEF_NOW", "2026-11-23T08:00:00+00:00")
    names = ("epoch_ml_hardware.csv", "sec_companyfacts_NVDA.json", "sales_company_sheet_zh.csv",
             "cn_customs_84733090.csv")  # fmt: skip

    reports = [take(write(name, (FIELD / name).read_bytes())).files[0] for name in names]

    assert [report.status for report in reports] == ["accepted"] * 3 + ["refused"]
    assert all(report.rows_quarantined == 0 for report in reports)
    h200 = con.execute(CHIP.format("fp16_dense_tflops, memory_gb", "nvidia-h200-sxm")).fetchall()
    assert h200 == [(Decimal("989.5"), Decimal(141))]
    nvidia = con.execute(
        "select revenue, value_type from raw_sales where vendor = 'NVIDIA'"
        " and period_end = '2025-07-27' order by revenue"
    ).fetchall()
    assert nvidia == [(Decimal(46743000000), "reported"), (Decimal(90805000000), "ytd")]
    cambricon = con.execute(
        "select revenue, currency, cast(period_start as varchar) from raw_sales"
        " where vendor = 'Cambricon'"
    ).fetchall()
    assert cambricon == [(Decimal(3120000000), "CNY", "2026-04-01")]
