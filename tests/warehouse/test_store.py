"""The writer's queries stay within a memory limit and spill below the home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows import settings
from warehouse import limits
from warehouse.errors import WrongUse
from warehouse.home import Home
from warehouse.store import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def within_60_mb() -> Iterator[None]:
    limits.hold("60MB", None)
    yield
    limits.hold(None, None)


@pytest.mark.usefixtures("within_60_mb")
def test_a_query_beyond_the_memory_limit_spills_below_the_home_and_ends(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with open_warehouse(home) as con:
        con.execute("create table t as select range as i, hash(range) as h from range(3_000_000)")
        con.execute("create temp table sorted as from t order by h")
        spilled = list(home.spill.iterdir())
        rows = con.execute("select count(*) from sorted").fetchall()

    assert rows == [(3_000_000,)]
    assert spilled
    assert not home.spill.exists()


def test_what_a_killed_run_spilled_is_swept_by_the_next(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.spill.mkdir()
    (home.spill / "left.tmp").write_bytes(b"half")

    open_warehouse(home).close()

    assert not home.spill.exists()


@pytest.mark.parametrize("given", ["lots", "0GB", "8", "150%", "8GB; drop table t"])
def test_a_memory_limit_that_is_none_is_refused_by_name(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHIPBRIEF_MEMORY_LIMIT", given)

    with pytest.raises(WrongUse, match="memory_limit: "):
        settings.load()
