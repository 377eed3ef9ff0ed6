"""A second source may speak of any bundled record: both stand, and the briefing goes out."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from flows import assets

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.trial
def test_a_second_source_of_a_record_of_any_kind_stops_no_briefing(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    kinds, folder = [], tmp_path / "second"
    folder.mkdir()
    for seeds in sorted(assets.seeds().glob("*.csv")):
        with seeds.open(encoding="utf-8", newline="") as source:
            reader = csv.DictReader(source)
            row = next(reader)
        with (folder / seeds.name).open("w", encoding="utf-8", newline="") as sink:
            writer = csv.DictWriter(sink, list(row))
            writer.writeheader()
            writer.writerow(row | {"source_id": "SECOND"})
        kinds.append(seeds.stem)

    fed = run_chipbrief(own_home, "ingest", str(folder), "--json")
    done = run_chipbrief(own_home, "run")

    taken = {file["kind"]: file["rows_accepted"] for file in json.loads(fed.stdout)["files"]}
    assert taken == dict.fromkeys(kinds, 1), fed.stdout
    assert done.returncode in (0, 4), done.stdout + done.stderr
