"""What a record names and no record has is told at the command line and on the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

SALES = (
    "sale_id,vendor,chip_id,segment,region,basis,scope,period_start,period_end,units,unit_price,"
    "revenue,currency,value_type,published_basis,published_on,source_id,confidence\n"
    "a,NVIDEA,nv-h200,H200,Chnia,shipment,product,2026-06-10,2026-06-10,2,27000.25,54000.5,USD,"
    "reported,stated,2026-07-01,OURDESK,seen-primary\n"
)


@pytest.mark.trial
def test_a_slip_is_told_by_ingest_by_status_and_on_the_page_in_both_languages(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    file = tmp_path / "sales.csv"
    file.write_text(SALES, encoding="utf-8")

    told = run_chipbrief(own_home, "ingest", str(file))
    assert "vendor NVIDEA is not in companies; near: NVIDIA" in told.stdout
    assert told.returncode == 0
    brief = run_chipbrief(own_home, "brief", "--period", "monthly", "--json")
    (edition,) = json.loads(brief.stdout)

    quality = json.loads(run_chipbrief(own_home, "status", "--json").stdout)["quality"]
    unknown = {q["item"]: q["row_count"] for q in quality if q["check_kind"] == "unknown_reference"}
    assert unknown == {
        "sales:chip:nv-h200": 1,
        "sales:region:Chnia": 1,
        "sales:source:OURDESK": 1,
        "sales:vendor:NVIDEA": 1,
    }
    english, chinese = (Path(edition["pages"][lang]).read_text("utf-8") for lang in ("en", "zh"))
    assert "no such chip on record" in english
    assert "nv-h200" in english
    assert "记录中没有这款芯片" in chinese
