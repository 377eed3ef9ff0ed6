"""Ingest ends with what its rows may move and why some move nothing; a run with what moved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

HEADER = (
    "sale_id,vendor,chip_id,segment,region,basis,scope,period_start,period_end,units,revenue,"
    "currency,value_type,published_basis,published_on,source_id,confidence\n"
)
#: The clock of these tests says 23 November 2026, the briefing that is due is of the 22nd.
SHIPMENT = (
    "shipment,AMD,amd-mi308x,MI308,China,shipment,product,2026-10-12,2026-10-12,1000,12000000.5,"
    "USD,reported,stated,2026-11-02,AMD10K25,seen-primary\n"
)
FILED = (
    "filed,Hygon,,Total,China,billing,company,2026-07-01,2026-09-30,,4100000000,"
    "CNY,reported,stated,{day},HYG-FY,seen-primary\n"
)


@pytest.fixture
def feed(own_home: Path, run_chipbrief: Run, tmp_path: Path) -> Callable[..., Any]:
    """Ingest rows of sales and give what ingest says, as a program reads it."""

    def fed(rows: str, name: str = "sales.csv") -> Any:
        file = tmp_path / name
        file.write_text(HEADER + rows, encoding="utf-8")
        done = run_chipbrief(own_home, "ingest", str(file), "--kind", "sales", "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["moves"]

    return fed


def test_a_shipment_and_a_filing_move_what_reads_them(feed: Callable[..., Any]) -> None:
    shipped, filed = feed(SHIPMENT + FILED.format(day="2026-11-02"))

    assert filed["series"] == ["Hygon", "China", "billing", "reported"]
    assert shipped["series"] == ["AMD", "China", "shipment", "reported"]
    assert "Fees and duties" in shipped["sections"]
    assert "Claims checked" not in shipped["sections"]
    assert "Revenue from China" in filed["sections"]
    assert (shipped["rows"], shipped["reasons"], filed["reasons"]) == (1, [], [])


def test_rows_that_move_nothing_yet_or_ever_say_why(feed: Callable[..., Any]) -> None:
    (later,) = feed(FILED.format(day="2026-11-23"))
    (elsewhere,) = feed(SHIPMENT.replace(",China,", ",Atlantis,"), "elsewhere.csv")
    (older,) = feed(FILED.format(day="2026-10-31").replace("41000", "39000"), "older.csv")

    assert "2026-11-22" in later["reasons"][0]
    assert "none is of region Atlantis" in elsewhere["reasons"]
    assert elsewhere["sections"] == []
    assert "older than the version on record" in older["reasons"][0]


@pytest.mark.trial
def test_the_lines_of_ingest_and_run_say_it_to_a_person(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    file = tmp_path / "sales.csv"
    file.write_text(HEADER + SHIPMENT, encoding="utf-8")

    told = run_chipbrief(own_home, "ingest", str(file)).stdout
    ran = json.loads(run_chipbrief(own_home, "run", "--json").stdout)
    again = json.loads(run_chipbrief(own_home, "run", "--json").stdout)

    last = told.splitlines()[-1]
    assert last.startswith("may move: sales of AMD, China, shipment, reported, 2026-10 (1 row): ")
    assert ran["moved"]["Fees and duties"] > 0
    assert again["moved"] is None


def test_a_run_says_how_many_figures_moved_and_bundled_records_are_not_told(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    file = tmp_path / "companies.csv"
    row = Path(__file__).parents[2] / "warehouse" / "seeds" / "companies.csv"
    lines = row.read_text("utf-8").splitlines()
    file.write_text("\n".join(lines[:2]) + "\n\n", encoding="utf-8")

    known = json.loads(run_chipbrief(own_home, "ingest", str(file), "--json").stdout)
    ran = run_chipbrief(own_home, "run").stdout

    assert known["moves"] == []
    assert "figures moved" not in ran
