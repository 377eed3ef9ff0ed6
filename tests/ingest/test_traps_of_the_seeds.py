"""Traps that fetched material sets for the bundled records, by their numbers in the domain."""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import warehouse
from flows.brief import formats
from flows.brief.language import language

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

SEEDS = Path(warehouse.__file__).parent / "seeds"
#: Sites that print figures of their own making.
FARMS = ("luminarysignal", "shidaotec", "techplugged", "mirrorfrog", "combofin", "qiwuyouxuan")
SALES = """\
sale_id,vendor,segment,region,basis,scope,period_start,period_end,revenue,currency,value_type,\
published_on,published_basis,source_id,confidence
whole,NVIDIA,Total,China,unspecified,company,2026-01-01,2026-03-31,1000000000,USD,estimate,\
2026-04-30,source_date,MINE,seen-estimate
yi,NVIDIA,Total,China,unspecified,company,2026-04-01,2026-06-30,10亿,USD,estimate,\
2026-07-30,source_date,MINE,seen-estimate
wan,NVIDIA,Total,China,unspecified,company,2025-10-01,2025-12-31,5万,USD,estimate,\
2026-01-30,source_date,MINE,seen-estimate
"""


def rows_of(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("10000", "1万美元"),
        ("75000", "7.5万美元"),
        ("1000000000", "10亿美元"),
        ("100000000", "1亿美元"),
        ("4510000000000", "4.51万亿美元"),
    ],
)
def test_trap_14_wan_is_four_zeros_yi_eight_and_wan_yi_twelve(value: str, written: str) -> None:
    assert formats.money(language("zh"), Decimal(value)) == written


def test_trap_14_an_amount_in_yi_is_held_back_and_never_read_as_its_digits(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")

    done = run_chipbrief(own_home, "ingest", str(tmp_path / "sales.csv"), "--json")

    (file,) = json.loads(done.stdout)["files"]
    assert done.returncode == 4
    assert (file["rows_accepted"], file["rows_quarantined"]) == (1, 2)


def test_trap_18_no_content_farm_is_the_main_source_of_anything() -> None:
    farms = {
        row["key"]
        for row in rows_of("sources")
        if any(farm in (row["address"] + row["title"]).lower() for farm in FARMS)
    }
    cited = {
        (path.stem, row["source_id"])
        for path in SEEDS.glob("*.csv")
        for row in rows_of(path.stem)
        if path.stem != "sources" and farms & set(row["source_id"].split(";"))
    }

    assert farms == {"QIWU"}
    assert {source.split(";")[0] for _, source in cited} & farms == set()
    assert {kind for kind, _ in cited} == {"chip_prices"}


def test_trap_18_the_figures_that_content_farms_print_are_not_in_the_records() -> None:
    chips = {(row["chip_id"], row["memory_bandwidth_gbs"]) for row in rows_of("chips")}
    cambricon = [row for row in rows_of("sales") if row["sale_id"].startswith("cambricon-2025q1")]
    units = [Decimal(row["units"]) for row in rows_of("sales") if row["units"]]
    shares = rows_of("share_estimates")

    assert ("nv-h20-96", "900") not in chips
    assert not any("Blackwell" in row["architecture"] for row in rows_of("chips")
                   if row["chip_id"].startswith("nv-h20"))  # fmt: skip
    assert {row["memory_gb"] for row in rows_of("chips") if row["chip_id"] == "mt-s5000"} == {"80"}
    assert {Decimal(row["revenue"]) for row in cambricon} == {Decimal(1_111_000_000)}
    assert Decimal(2_500_000) not in units
    assert not any("QIWU" in row["source_id"] for row in shares)


def test_trap_19_no_record_holds_the_advert_an_order_or_mark_up() -> None:
    text = "".join(path.read_text("utf-8") for path in SEEDS.glob("*.csv"))

    assert "配资" not in text
    assert "不代表本站观点" not in text
    assert re.findall(r"<\s*(?:script|img|iframe|a)\b|javascript:", text, re.I) == []
    assert re.findall(r"ignore (?:all |any )?(?:previous|prior) instructions", text, re.I) == []
