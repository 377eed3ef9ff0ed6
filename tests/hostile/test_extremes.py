"""Rows at the ends of what a contract lets in go through a build: none stops a briefing."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING

import dataframely as dy
import pytest

from flows import assets
from flows.ingest.contracts import KINDS, key_of
from tests.ingest import allowed_rows as allowed

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.trial
#: Bundled rows that are put to their ends, of each kind, and how they are told apart.
_ROWS = 3


def _bundled(kind: str) -> list[dict[str, str]]:
    text = (assets.seeds() / f"{kind}.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))[-_ROWS:]


def _ends(column: dy.Decimal) -> tuple[Decimal, Decimal]:
    low, high = allowed._in_steps(column)
    return Decimal(low).scaleb(-column.scale), Decimal(high).scaleb(-column.scale)


def _extremes(kind: str) -> Iterator[dict[str, str]]:
    """Bundled rows with every number, and all numbers together, at one end and the other."""
    numbers = {
        name: _ends(column)
        for name, column in allowed.columns_of(kind).items()
        if isinstance(column, dy.Decimal)
    }
    for row in _bundled(kind):
        for end in (0, 1):
            every = {name: allowed.written(ends[end]) for name, ends in numbers.items()}
            yield {**row, **every}
            for name, text in every.items():
                yield {**row, name: text}


def _apart(kind: str, rows: Iterator[dict[str, str]]) -> list[dict[str, str]]:
    """The rows as versions of the same records and as new ones, no two of one key and day."""
    apart = []
    ids = [c for c in key_of(kind) if c.endswith("_id") or c == "key"]
    for number, row in enumerate(rows):
        own = {**row, "source_id": f"END{number}", "published_on": "2026-11-20"}
        apart.append(own)
        if ids:
            apart.append({**own, ids[0]: f"{row[ids[0]]}-end-{number}"})
    return apart


@pytest.mark.parametrize("kind", list(KINDS))
def test_rows_at_the_ends_of_their_contract_stop_no_build(
    own_home: Path, run_chipbrief: Run, tmp_path: Path, kind: str
) -> None:
    rows = _apart(kind, _extremes(kind))
    with (tmp_path / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    run_chipbrief(own_home, "ingest", str(tmp_path / f"{kind}.csv"), "--kind", kind)

    done = run_chipbrief(own_home, "build")

    assert done.returncode in (0, 4), done.stderr
