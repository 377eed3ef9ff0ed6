"""A figure's descent ends at the line of the file it came from; two editions differ by figure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.brief.changes import KINDS

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.trial

EDITION = "weekly-2026-W47"


def test_a_figure_is_traced_to_the_line_of_its_file_as_its_edition_knew_it(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    listed = json.loads(
        run_chipbrief(own_home, "trace", "--list", EDITION, "--match", "|IDC|", "--json").stdout
    )
    wanted = next(r for r in listed if "|NVIDIA.share_high_pct" in r["figure"])
    later = Path("warehouse/seeds/share_estimates.csv").read_text().splitlines()
    changed = [line for line in later if "NVIDIA" in line and ",IDC26," in f"{line},"]
    (tmp_path / "later.csv").write_text("\n".join([later[0], *changed]).replace(",55,", ",54,"))
    run_chipbrief(own_home, "ingest", str(tmp_path / "later.csv"))

    told = json.loads(run_chipbrief(own_home, "trace", wanted["figure"], "--json").stdout)

    assert (told["edition"], told["figure"], told["is_same"]) == (EDITION, wanted["figure"], True)
    (shares,) = (r for r in told["records"] if r["kind"] == "share_estimates")
    assert shares["is_exact"]
    (row,) = [r for r in shares["rows"] if r["vendor"] == "NVIDIA"]
    assert row["file_name"] == "share_estimates.csv"
    assert row["raw"] in later
    assert row["raw"] == Path(row["original"]).read_text().splitlines()[row["line"] - 1]
    assert told["steps"][-1]["reads"] == ["rec_share_estimates.share_high_pct"]
    assert told["says"]
    spaced = wanted["figure"].replace(" ", "_")
    assert f'id="{spaced}"' in (own_home / "briefings" / EDITION / "web.en.html").read_text()


def test_a_figure_that_is_not_there_is_answered_with_those_near_it(
    briefed_home: Path, run_chipbrief: Run
) -> None:
    done = run_chipbrief(briefed_home, "trace", "rpt_headline.h200_tp.value")

    assert done.returncode == 2
    assert "rpt_headline.h200_tpp.value" in done.stderr
    assert run_chipbrief(briefed_home, "trace").returncode == 2


def test_two_editions_differ_by_figure_losses_first_then_by_size(
    own_home: Path, run_chipbrief: Run
) -> None:
    earlier = run_chipbrief(own_home, "brief", "--as-of", "2026-05-01", "--lang", "en", "--json")
    before = json.loads(earlier.stdout)[0]["edition_id"]

    told = json.loads(run_chipbrief(own_home, "diff", before, EDITION, "--json").stdout)

    kinds = [one["change"] for one in told["changes"]]
    assert kinds == sorted(kinds, key=KINDS.index)
    assert {"restated", "updated"} <= set(kinds)
    for kind in KINDS:
        sizes = [c["moved_pct"] or 0 for c in told["changes"] if c["change"] == kind]
        assert sizes == sorted(sizes, reverse=True)
    assert not told["is_code_changed"]
    assert told["records"]["events"] > 0
    assert {one["cause"] for one in told["changes"]} <= {
        "new_data", "restated_data", "dropped_data", "time"
    }  # fmt: skip
    same = json.loads(run_chipbrief(own_home, "diff", EDITION, EDITION, "--json").stdout)
    assert same["changes"] == []
