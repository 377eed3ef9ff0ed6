"""A small warehouse with two kinds of records and models of its own."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from flows import assets
from warehouse import ledger
from warehouse.home import Home
from warehouse.records import KindShape, ensure_kinds
from warehouse.store import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import duckdb

TWIN = """
meaning: Units by vendor.
grain: [vendor]
columns:
  vendor: {type: VARCHAR, says: who}
  units: {type: "DECIMAL(18,0)", says: how many}
checks:
  - holds: {name: units_not_negative, sql: "units >= 0"}
unit_tests:
  - {name: t, given: {}, expect: []}
"""
QUERY = """
select vendor, cast(sum(units) as decimal(18, 0)) as units
from rec_sales group by vendor
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@contextmanager
def opened(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse that knows the kind `sales`."""
    with open_warehouse(home) as con:
        ledger.ensure(con)
        columns = {"vendor": "VARCHAR", "units": "DECIMAL(18,0)", "published_on": "DATE",
                   "line": "BIGINT"}  # fmt: skip
        ensure_kinds(con, {"sales": KindShape(["vendor"], columns, 1)})
        yield con


def land(con: duckdb.DuckDBPyConnection, vendor: str, units: int, published: str) -> None:
    """Append a version of a record, as a batch of its own."""
    number = ledger.next_batch_no(con)
    con.execute(
        "insert into raw_sales values (?, ?, ?, 2, ?, ?, ?)",
        [vendor, units, published, f"b{number}", number, "2026-01-01 00:00:00"],
    )
    ledger.record_batch(
        con,
        ledger.Batch(
            f"b{number}", number, "sales", "tidy", "f.csv", "s", 1, 1, "accepted", "",
            1, 1, 0, 0, dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        ),
    )  # fmt: skip


@pytest.fixture
def histories() -> tuple[Any, Any]:
    """`opened` and `land`, for tests of more than one warehouse."""
    return opened, land


@pytest.fixture
def con(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(home) as con:
        yield con


@pytest.fixture
def sql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "sql"
    for layer in ("staging", "marts", "reports", "checks"):
        (folder / layer).mkdir(parents=True)
    (folder / "marts" / "fct_units.sql").write_text(QUERY)
    (folder / "marts" / "fct_units.yml").write_text(TWIN)
    monkeypatch.setattr(assets, "asset", lambda name: folder)
    return folder


@pytest.fixture
def add(con: duckdb.DuckDBPyConnection) -> Callable[[str, int, str], None]:
    """Append a version of a record to the warehouse of `con`."""
    return partial(land, con)
