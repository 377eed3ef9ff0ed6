"""What sources disagree on, by field and beyond rounding: counted, and listed record by record."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import chipbrief
from warehouse.home import Home
from warehouse.store import open_published

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS = Path(__file__).parents[2] / "warehouse" / "seeds"
ROUNDED = 40


@pytest.fixture(scope="module")
def told(briefed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which another source has NVDA's bars too: rounded, as floats, and one day off."""
    import shutil

    folder = tmp_path_factory.mktemp("second")
    home = folder / "home"
    shutil.copytree(briefed_home, home, copy_function=shutil.copy2)
    with (SEEDS / "prices.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["symbol"] == "NVDA"][-ROUNDED:]
    for number, row in enumerate(rows):
        row["source_id"] = "SECOND"
        # trailing noughts and the noise of a float, a volume in thousands, a blank
        for price in ("open", "high", "low", "close"):
            row[price] = format(Decimal(row[price]) + Decimal("0.000003"), "f")
        row["volume"] = "" if number == 7 else str(round(int(row["volume"]), -3))
    # three that are no rounding: one by half, one by a cent, one volume by a tenth
    rows[3]["close"] = rows[3]["high"] = str(round(Decimal(rows[3]["high"]) * Decimal("1.5"), 2))
    rows[5]["low"] = str(round(Decimal(rows[5]["low"]), 2) - Decimal("0.01"))
    rows[9]["volume"] = str(int(rows[9]["volume"]) * 11 // 10 // 1000 * 1000)
    file = folder / "second.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    for words in (["ingest", str(file)], ["build"]):
        done = chipbrief(home, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    return home


@pytest.fixture(scope="module")
def listed(told: Path) -> Callable[..., list[dict[str, Any]]]:
    def ask(*words: str) -> list[dict[str, Any]]:
        done = chipbrief(told, "status", "--disagreements", "--json", *words)
        assert done.returncode == 0, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)["disagreements"]
        return found

    return ask


def test_only_what_differs_beyond_rounding_is_listed_the_widest_first(
    listed: Callable[..., list[dict[str, Any]]],
) -> None:
    found = listed()

    assert [one["field"] for one in found] == ["close", "high", "volume", "low"]
    assert [one["difference_pct"] for one in found] == sorted(
        (one["difference_pct"] for one in found), reverse=True
    )
    assert {one["taken_source_id"] for one in found} == {"PX-NVDA"}
    assert {one["other_source_id"] for one in found} == {"SECOND"}
    assert {one["other_file"] for one in found} == {"second.csv"}
    assert all("symbol=NVDA; mic=XNAS; traded_on=" in one["record_key"] for one in found)


def test_a_kind_and_a_field_choose_and_one_that_nobody_disagrees_on_names_those_there_are(
    told: Path, listed: Callable[..., list[dict[str, Any]]]
) -> None:
    assert [one["field"] for one in listed("--kind", "prices", "--field", "low")] == ["low"]

    done = chipbrief(told, "status", "--disagreements", "--field", "clse")
    assert done.returncode == 2
    assert "prices close" in done.stderr
    assert chipbrief(told, "status", "--kind", "prices").returncode == 2


def test_status_and_data_quality_count_them_by_field_with_the_widest(told: Path) -> None:
    with open_published(Home(told)) as con:
        counted = con.execute(
            "select item, row_count, quality_no from rpt_quality"
            " where check_kind = 'disagreement' order by quality_no"
        ).fetchall()
    status = chipbrief(told, "status", COLUMNS="200").stdout
    table = chipbrief(told, "status", "--disagreements", COLUMNS="200").stdout

    assert counted == [
        (f"prices:{field}, PX-NVDA / SECOND", 1, number)
        for number, field in enumerate(("close", "high", "volume", "low"), start=1)
    ]
    assert "prices:close, PX-NVDA / SECOND" in status
    assert "% apart" in status
    assert "chipbrief status --disagreements" in status
    assert "4 disagreement(s), the widest first" in table


def test_a_home_without_any_says_so(briefed_home: Path) -> None:
    done = chipbrief(briefed_home, "status", "--disagreements")

    assert done.returncode == 0
    assert "No two sources on record say otherwise" in done.stdout
