"""Rows and files leave quarantine by a person's decision, kept where a rebuild cannot lose it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

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
#: Two bars whose high is below their close, and one whose day is none.
BAD = (
    HEADER
    + "NVDA,XNAS,2025-12-08,split,184.2,185.1,183.9,185.55,1,USD,2025-12-08,MINE,seen-secondary\n"
    + "NVDA,XNAS,2025-12-09,split,184.2,184.3,183.9,184.97,1,USD,2025-12-09,MINE,seen-secondary\n"
    + "NVDA,XNAS,soon,split,184.2,184.3,183.9,184.97,1,USD,2025-12-09,MINE,seen-secondary\n"
)


@pytest.fixture
def bad_home(own_home: Path, run_chipbrief: Run, tmp_path: Path) -> Path:
    """A home with three quarantined rows of bad.csv and the refused file notes.txt."""
    (tmp_path / "bad.csv").write_text(BAD)
    (tmp_path / "notes.txt").write_text("call Li about the H20 lot\n")
    done = run_chipbrief(own_home, "ingest", str(tmp_path / "bad.csv"), str(tmp_path / "notes.txt"))
    assert done.returncode == 4
    return own_home


def listed(run: Run, home: Path) -> tuple[int, list[str]]:
    """Quarantined rows and the names of refused files, as `quarantine list` says."""
    told = json.loads(run(home, "quarantine", "list", "--json").stdout)
    return sum(row["rows"] for row in told["held"]), [r["file_name"] for r in told["refused"]]


def decided(run: Run, home: Path, *words: str) -> list[dict[str, Any]]:
    done = run(home, "quarantine", *words, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_rows_are_dismissed_by_line_or_all_and_come_back_when_restored(
    bad_home: Path, run_chipbrief: Run
) -> None:
    (first,) = decided(
        run_chipbrief, bad_home,
        "dismiss", "bad.csv", "--line", "4", "--because", "a typing trial", "--by", "Ann",
    )  # fmt: skip
    assert (first["who"], first["because"], first["file_name"]) == (
        "Ann", "a typing trial", "bad.csv",
    )  # fmt: skip
    assert listed(run_chipbrief, bad_home) == (2, ["notes.txt"])

    decided(run_chipbrief, bad_home, "dismiss", "bad.csv", "--because", "the wrong month")
    assert listed(run_chipbrief, bad_home) == (0, ["notes.txt"])
    told = decided(run_chipbrief, bad_home, "list", "--dismissed")
    assert [(one["number"], one["because"]) for one in told] == [
        (1, "a typing trial"), (2, "the wrong month"),
    ]  # fmt: skip

    again = run_chipbrief(
        bad_home, "quarantine", "restore", "bad.csv", "--line", "4", "--because", "it was none"
    )
    assert again.returncode == 2
    assert "Decision 2 dismissed all of bad.csv" in again.stderr
    decided(run_chipbrief, bad_home, "restore", "bad.csv", "--because", "it was the right one")
    assert listed(run_chipbrief, bad_home) == (3, ["notes.txt"])
    assert decided(run_chipbrief, bad_home, "list", "--dismissed") == []


def test_a_dismissed_file_is_refused_no_more_and_is_not_replayed(
    bad_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    notes = str(tmp_path / "notes.txt")
    assert run_chipbrief(bad_home, "ingest", notes).returncode == 4
    decided(run_chipbrief, bad_home, "dismiss", "notes.txt", "--because", "no records at all")
    decided(run_chipbrief, bad_home, "dismiss", "bad.csv", "--because", "the wrong month")

    done = run_chipbrief(bad_home, "ingest", notes)
    assert (done.returncode, "no records at all" in done.stdout) == (0, True)
    assert run_chipbrief(bad_home, "quarantine", "replay").returncode == 0
    (tmp_path / "notes.txt").write_text("call Wang about the H20 lot\n")  # other bytes: not decided
    assert run_chipbrief(bad_home, "ingest", notes).returncode == 4


@pytest.mark.trial
def test_what_was_dismissed_is_in_no_data_quality_and_a_rebuild_keeps_it(
    bad_home: Path, run_chipbrief: Run
) -> None:
    def quality() -> tuple[int, int]:
        """Quarantined rows that the page counts, and figures that they could move."""
        with duckdb.connect(Home(bad_home).published_file, read_only=True) as con:
            counted = con.execute(
                "select coalesce(sum(row_count), 0) from rpt_quality where check_kind = 'held_back'"
            ).fetchall()
            moved = con.execute("select count(*) from rpt_held").fetchall()
        return int(counted[0][0]), int(moved[0][0])

    assert run_chipbrief(bad_home, "build").returncode == 0
    assert quality()[0] == 3
    assert quality()[1] > 0
    decided(run_chipbrief, bad_home, "dismiss", "bad.csv", "--because", "the wrong month")
    assert run_chipbrief(bad_home, "build").returncode == 0
    assert quality() == (0, 0)

    Home(bad_home).warehouse_file.unlink()
    assert run_chipbrief(bad_home, "rebuild").returncode == 0
    assert quality() == (0, 0)
    assert listed(run_chipbrief, bad_home) == (0, ["notes.txt"])
    decided(run_chipbrief, bad_home, "restore", "bad.csv", "--because", "the right month")
    assert run_chipbrief(bad_home, "build").returncode == 0
    assert quality()[0] == 3


def test_a_decision_needs_a_reason_and_something_to_decide(
    bad_home: Path, run_chipbrief: Run
) -> None:
    for words, said in [
        (("dismiss", "bad.csv", "--because", "  "), "needs a reason in words"),
        (("dismiss", "nothing.csv", "--because", "gone"), "nothing.csv"),
        (("dismiss", "bad.csv", "--line", "99", "--because", "gone"), "on line 99"),
        (("restore", "bad.csv", "--because", "gone"), "was dismissed"),
    ]:
        done = run_chipbrief(bad_home, "quarantine", *words)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert not Home(bad_home).decisions.exists()


@pytest.mark.trial
def test_a_damaged_decision_stops_nothing_and_is_named_by_verify(
    bad_home: Path, run_chipbrief: Run
) -> None:
    decided(run_chipbrief, bad_home, "dismiss", "bad.csv", "--because", "the wrong month")
    (kept,) = Home(bad_home).decisions.iterdir()
    kept.write_text("{")
    assert run_chipbrief(bad_home, "build").returncode == 0
    assert listed(run_chipbrief, bad_home)[0] == 3
    done = run_chipbrief(bad_home, "verify")
    assert done.returncode == 5
    assert "000001-dismiss.json" in done.stdout.replace("\n", "")
    decided(run_chipbrief, bad_home, "dismiss", "bad.csv", "--because", "the wrong month")
    assert sorted(path.name for path in Home(bad_home).decisions.iterdir()) == [
        "000001-dismiss.json", "000002-dismiss.json",
    ]  # fmt: skip


def test_a_record_that_others_contradict_is_dismissed_and_makes_exit_code_4_no_more(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    def contradictions() -> list[int]:
        told = json.loads(run_chipbrief(own_home, "status", "--json").stdout)["contradictions"]
        return [one["line"] for one in told]

    bar = "688256,XSHG,2026-10-12,raw,1985.5,1999.5,1970.25,1985.99,1000,CNY,2026-10-12,MINE"
    (tmp_path / "limit.csv").write_text(f"{HEADER}{bar},seen-secondary\n")
    run_chipbrief(own_home, "ingest", str(tmp_path / "limit.csv"))
    assert (run_chipbrief(own_home, "build").returncode, contradictions()) == (4, [2])

    (one,) = decided(
        run_chipbrief, own_home,
        "dismiss", "limit.csv", "--line", "2", "--because", "a share was halved that day",
    )  # fmt: skip
    assert one["rows"] == [{"line": 2, "rule": "bar_beyond_price_limit", "rows": 1}]
    assert (run_chipbrief(own_home, "build").returncode, contradictions()) == (0, [])
    decided(run_chipbrief, own_home, "restore", "limit.csv", "--because", "it was not")
    assert (run_chipbrief(own_home, "build").returncode, contradictions()) == (4, [2])


def test_the_beginning_of_an_id_that_several_batches_have_decides_nothing(
    bad_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    (tmp_path / "more.csv").write_text(BAD.replace("soon", "later"))
    assert run_chipbrief(bad_home, "ingest", str(tmp_path / "more.csv")).returncode == 4
    done = run_chipbrief(bad_home, "quarantine", "dismiss", "prices-", "--because", "all of it")
    assert (done.returncode, "several batches" in done.stderr) == (2, True)
    assert listed(run_chipbrief, bad_home)[0] == 6
