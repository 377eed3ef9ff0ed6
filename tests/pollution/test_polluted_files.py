"""No file however dirty stops a run, loses a row, or takes more memory than its due.

23 kinds of dirt, a hundred files of each: `make faults` takes them all, `make test` a few.
"""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

import pytest

from flows.ingest.run import ingest
from warehouse import store
from warehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

LISTINGS = """\
symbol,mic,security_type,title,title_zh,currency,calendar_mic,published_on,source_id,confidence
NVDA,XNAS,equity,NVIDIA,英伟达,USD,XNAS,2022-01-01,T,seen-secondary
"""
#: Bytes that taking in small files may add to the process at most.
MOST_MEMORY = 1 << 30


@pytest.mark.parametrize(
    "seeds", [range(4), pytest.param(range(4, 100), marks=pytest.mark.faults)], ids=["few", "all"]
)
def test_the_law_of_the_batch_holds_on_dirt(
    seeds: range,
    polluted: Callable[[int], tuple[str, bytes]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CHIPBRIEF_NOW", "2026-01-05T08:00:00+00:00")
    home = Home(tmp_path / "home")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    listings = inbox / "listings.csv"
    listings.write_text(LISTINGS, "utf-8")
    before = _most_memory()
    with store.open_warehouse(home) as con:
        assert not ingest(con, home, [listings]).refused_any
        for seed in seeds:
            name, data = polluted(seed)
            file = inbox / str(seed) / name
            file.parent.mkdir()
            file.write_bytes(data)

            report = ingest(con, home, [_as_path(file)])

            for one in report.files:
                assert one.rows_read == (
                    one.rows_accepted + one.rows_duplicate + one.rows_quarantined
                ), name
                if one.status == "refused":
                    assert one.reason, name
        _law(con, home)
    assert {path.name for path in inbox.iterdir()} == {"listings.csv", *map(str, seeds)}
    assert _most_memory() - before < MOST_MEMORY


def _as_path(file: Path) -> str:
    """A path in which no character is a wild card."""
    import glob

    return glob.escape(str(file))


def _law(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """What the ledger says, the store and the quarantine hold, batch by batch."""
    batches = con.execute(
        "select batch_id, kind, rows_read, rows_accepted, rows_duplicate, rows_quarantined"
        " from ledger_batches where status = 'accepted'"
    ).fetchall()
    for batch_id, kind, read, accepted, duplicate, quarantined in batches:
        assert read == accepted + duplicate + quarantined, batch_id
        query = f"select count(*) from raw_{kind} where batch_id = ?"
        assert con.execute(query, [batch_id]).fetchall() == [(accepted,)]
        held = home.quarantine_file(kind, batch_id)
        if quarantined:
            found = con.execute(
                "select count(*), count(rule), count(reason), count(line), count(file_name)"
                " from read_parquet(?)",
                [str(held)],
            ).fetchall()
            assert found == [(quarantined,) * 5]
        else:
            assert not held.exists()


def _most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
