"""An audit names what was changed behind ingest's back: the place, what is wrong, the way out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from flows.ingest.audit import audit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    from tests.ingest.conftest import Bar, Take, Write
    from warehouse.home import Home


@pytest.fixture
def flaws(con: duckdb.DuckDBPyConnection, home: Home) -> Callable[[], dict[str, str]]:
    def found() -> dict[str, str]:
        told = {a.name: a.flaws for a in audit(con, home) if a.flaws}
        assert all(f.what and f.way_out for flaws in told.values() for f in flaws)
        return {name: " ".join(f.where for f in flaws) for name, flaws in told.items()}

    return found


@pytest.fixture
def filled(take: Take, write: Write, prices: str, bar: Bar) -> None:
    take(write("a.csv", prices + bar(11, close="-1")))


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.usefixtures("filled")
def test_what_ingest_wrote_is_whole_and_was_looked_at(
    con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    audits = audit(con, home)

    assert [a.name for a in audits if a.flaws or not a.looked_at] == []


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("files", "name"),
    [
        ("landing/originals/*", "originals"),
        ("landing/prices/*.parquet", "landing"),
        ("quarantine/prices/*.parquet", "quarantine"),
    ],
)
def test_a_changed_and_a_missing_file_are_named(
    home: Home, flaws: Callable[[], dict[str, str]], files: str, name: str
) -> None:
    path = min(home.root.glob(files))
    _flip(path)

    assert path.name in flaws()[name]

    path.unlink()
    assert path.name in flaws()[name]


@pytest.mark.usefixtures("filled")
def test_a_file_that_no_manifest_states_is_named(
    home: Home, flaws: Callable[[], dict[str, str]]
) -> None:
    landed = min(home.root.glob("landing/prices/*.parquet"))
    landed.with_name("prices-0.parquet").write_bytes(landed.read_bytes())

    assert "prices-0.parquet" in flaws()["landing"]


@pytest.mark.usefixtures("filled")
def test_a_manifest_that_was_changed_breaks_the_law_and_the_ledger(
    home: Home, flaws: Callable[[], dict[str, str]]
) -> None:
    path = min(home.manifests.glob("*.json"))
    told = json.loads(path.read_text())
    told["batch"]["rows_duplicate"] += 1
    path.write_text(json.dumps(told))

    assert path.stem in flaws()["law"]
    assert path.stem in flaws()["ledger"]

    path.write_text("{")
    assert path.name in flaws()["manifests"]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("change", "names"),
    [
        ("delete from raw_prices where line = 2", {"records"}),
        ("update raw_prices set close = close + 1 where line = 3", {"records"}),
        ("insert into raw_prices select * from raw_prices limit 1", {"records", "uniqueness"}),
        ("update raw_prices set batch_id = 'prices-0'", {"records"}),
        ("delete from ledger_batches", {"ledger"}),
        ("update ledger_batches set rows_read = 9", {"ledger"}),
        ("insert into ledger_released values ('b', 2, 'r', 1, 'c', null)", {"ledger"}),
    ],
)
def test_records_and_ledgers_that_are_not_what_landing_holds_are_named(
    con: duckdb.DuckDBPyConnection,
    flaws: Callable[[], dict[str, str]],
    change: str,
    names: set[str],
) -> None:
    con.execute(change)

    assert flaws().keys() == names
