"""Rows held back from the command line to the page: listed, shown, told of, mended, let in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import duckdb
import pytest

from warehouse.home import Home

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

HEADER = (
    "symbol,mic,traded_on,adjustment,open,high,low,close,volume,currency,published_on,source_id,"
    "confidence\n"
)
ROW = "NVDA,XNAS,2026-10-12,split,{open},{high},150,{close},1,USD,2026-10-12,MINE,seen-secondary\n"
BAD = HEADER + ROW.format(open=214, high=213, close=215) + "NVDA,\x1b[31mXNAS,soon\n"


def test_rows_held_back_are_listed_shown_and_let_in_when_mended(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    bad, mended = tmp_path / "bad.csv", tmp_path / "mended.csv"
    bad.write_text(BAD)
    assert run_chipbrief(own_home, "ingest", str(bad)).returncode == 4

    listed = json.loads(run_chipbrief(own_home, "quarantine", "list", "--json").stdout)
    assert {(r["file_name"], r["rule"], r["rows"]) for r in listed["held"]} == {
        ("bad.csv", "high_is_highest", 1),
        ("bad.csv", "ragged_row", 1),
    }
    only = run_chipbrief(own_home, "quarantine", "list", "--rule", "high", "--kind", "prices")
    assert "1 rows held back" in only.stdout
    shown = run_chipbrief(own_home, "quarantine", "show", "bad.csv")
    assert "NVDA,XNAS,2026-10-12,split,214,213" in shown.stdout
    assert "chipbrief quarantine replay" in shown.stdout
    assert "\x1b" not in shown.stdout
    (row,) = json.loads(
        run_chipbrief(own_home, "quarantine", "show", "bad.csv", "--line", "2", "--json").stdout
    )
    assert (row["line"], row["released_by"]) == (2, None)
    assert "high is '213'" in row["reason"]

    run_chipbrief(own_home, "quarantine", "show", "bad.csv", "--mend", str(mended))
    assert mended.read_text() == BAD
    mended.write_text(HEADER + ROW.format(open=214, high=216, close=215) + "NVDA,XNAS,soon\n")
    words = ("quarantine", "replay", "bad.csv", "--file", str(mended), "--json")
    (done,) = json.loads(run_chipbrief(own_home, *words).stdout)
    assert (done["rows_read"], done["rows_accepted"], done["rows_quarantined"]) == (2, 1, 1)
    (left,) = json.loads(run_chipbrief(own_home, "quarantine", "list", "--json").stdout)["held"]
    assert (left["rule"], left["rows"]) == ("ragged_row", 1)
    records = json.loads(run_chipbrief(own_home, "status", "--json").stdout)["records"]
    (prices,) = (r for r in records if r["kind"] == "prices")
    assert (prices["held_back"], prices["quarantined"]) == (1, 2)
    wrong = run_chipbrief(own_home, "quarantine", "show", "none.csv")
    assert (wrong.returncode, "quarantine list" in wrong.stderr) == (2, True)


def test_a_file_that_was_refused_is_listed_and_let_in_by_what_is_said_of_it(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    bars = tmp_path / "bars.csv"
    bars.write_text("Date,Open,High,Low,Close,Volume\n2026-10-12,214,216,213,215,1000\n")
    assert run_chipbrief(own_home, "ingest", str(bars)).returncode == 4

    shown = run_chipbrief(own_home, "quarantine", "show", "bars.csv")
    assert (shown.returncode, "quarantine replay bars.csv" in shown.stderr) == (2, True)
    again = run_chipbrief(own_home, "quarantine", "replay", "bars.csv")
    assert (again.returncode, "the file: file_refused" in again.stdout) == (4, True)
    words = ("replay", "bars.csv", "--symbol", "NVDA", "--provider", "yahoo")
    said = run_chipbrief(own_home, "quarantine", *words, "--adjustment", "split", "--json")

    (done,) = json.loads(said.stdout)
    assert (said.returncode, done["rows_accepted"]) == (0, 1)
    left = json.loads(run_chipbrief(own_home, "quarantine", "list", "--json").stdout)
    assert left["refused"] == []


def test_rows_that_an_ingest_held_back_are_told_of_by_the_next_build(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(BAD)
    run_chipbrief(own_home, "ingest", str(bad))

    assert run_chipbrief(own_home, "build").returncode == 0

    with duckdb.connect(Home(own_home).published_file, read_only=True) as con:
        told = con.execute("select measure, subject, row_count from rpt_held").fetchall()
    assert ("close", "NVDA:XNAS", 1) in told


@pytest.mark.trial
def test_a_quarantined_row_is_in_no_edition_of_a_day_before_it_was_known(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    bars = tmp_path / "bars.csv"
    bars.write_text(
        HEADER
        # high below open: without a day, with none that can be read, with an early and a late one
        + "".join(
            f"TEST,XNAS,{traded_on},split,214,213,150,215,1,USD,{said},MINE,seen-secondary\n"
            for traded_on, said in [
                ("2026-05-11", ""),
                ("2026-05-12", "May 2026"),
                ("2025-05-13", "2025-05-13"),
                ("2026-05-14", "2026-05-14"),
            ]
        )
    )
    assert run_chipbrief(own_home, "ingest", str(bars)).returncode == 4

    def told(as_of: str) -> tuple[set[str], int]:
        """Days of the closes that quarantined rows could move, and how many rows are counted."""
        assert run_chipbrief(own_home, "brief", "--as-of", as_of).returncode == 0
        (edition,) = Home(own_home).briefings.glob(f"weekly-*-at-{as_of}")
        tables = json.loads((edition / "data.json").read_text())["tables"]
        column = [c[0] for c in tables["rpt_held"]["columns"]].index("period_from")
        days = {row[column] for row in tables["rpt_held"]["rows"]}
        names = [c[0] for c in tables["rpt_quality"]["columns"]]
        held = [
            dict(zip(names, row, strict=True))
            for row in tables["rpt_quality"]["rows"]
            if row[names.index("check_kind")] == "held_back"
        ]
        return days, sum(row["row_count"] for row in held)

    assert told("2025-04-30") == (set(), 0)
    assert told("2025-12-31") == ({"2025-05-13"}, 1)
    assert told("2026-11-20") == ({"2025-05-13", "2026-05-14"}, 2)
    assert told("2026-11-23")[1] == 4
