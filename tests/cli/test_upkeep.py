"""Verify names everything that is not as it was written; rebuild gives the same content again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from warehouse import content, durable
from warehouse.home import Home
from warehouse.store import connect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

BARS = """\
symbol,mic,traded_on,adjustment,open,high,low,close,volume,currency,published_on,source_id,confidence
NVDA,XNAS,2026-08-24,split,214,216,213,215,1,USD,2026-08-24,MINE,seen-secondary
NVDA,XNAS,2026-08-25,split,214,213,212,215,1,USD,2026-08-25,MINE,seen-secondary
"""


def _flaws(done: subprocess.CompletedProcess[str]) -> dict[str, list[dict[str, str]]]:
    audits: list[dict[str, Any]] = json.loads(done.stdout)["audits"]
    return {audit["name"]: audit["flaws"] for audit in audits if audit["flaws"]}


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_home_after_a_run_is_whole_and_every_promise_was_looked_at(
    own_home: Path, run_chipbrief: Run
) -> None:
    done = run_chipbrief(own_home, "verify", "--json")

    told = json.loads(done.stdout)
    assert (done.returncode, told["is_whole"]) == (0, True), done.stdout
    assert len(told["content"]) == 64
    looked_at = {a["name"]: a["looked_at"] for a in told["audits"]}
    assert looked_at.pop("quarantine") == 0  # the bundled records hold nothing back
    assert all(looked_at.values()), looked_at


def test_verify_names_each_thing_that_was_changed_behind_its_back(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    home = Home(own_home)
    (tmp_path / "bars.csv").write_text(BARS)
    assert run_chipbrief(own_home, "ingest", str(tmp_path / "bars.csv")).returncode == 4
    assert run_chipbrief(own_home, "build").returncode == 0
    original = min(home.originals.iterdir())
    landed = min(own_home.glob("landing/fees/*.parquet"))
    held = min(own_home.glob("quarantine/prices/*.parquet"))
    claims = min(home.manifests.glob("claims-*.json"))
    page = min(home.briefings.glob("*/web.zh.html"))
    for path in (original, landed, held, page):
        _flip(path)
    told = json.loads(claims.read_text())
    told["batch"]["rows_duplicate"] += 1
    claims.write_text(json.dumps(told))
    with connect(home.warehouse_file) as con:
        con.execute("delete from raw_events where event_id = (select min(event_id) from raw_events)")
        con.execute("insert into raw_fx select * from raw_fx limit 1")
        con.execute("update fct_share set share_low_pct = 1 where vendor = 'NVIDIA'")

    done = run_chipbrief(own_home, "verify", "--json")

    assert done.returncode == 5
    flaws = _flaws(done)
    where = {name: " ".join(f["where"] for f in found) for name, found in flaws.items()}
    assert original.name in where["originals"]
    assert landed.name in where["landing"]
    assert held.name in where["quarantine"]
    assert claims.stem in where["law"]
    assert claims.stem in where["ledger"]
    assert "events-" in where["records"]
    assert "fx-" in where["records"]
    assert where["uniqueness"] == "raw_fx"
    assert "fct_share" in where["models"]
    assert "published.duckdb" in where["published"]
    assert page.name in where["editions"]
    assert all(f["what"] and f["way_out"] for found in flaws.values() for f in found)


def test_a_warehouse_that_cannot_be_read_is_told_and_made_again(
    own_home: Path, run_chipbrief: Run
) -> None:
    before = json.loads(run_chipbrief(own_home, "verify", "--json").stdout)["content"]
    Home(own_home).warehouse_file.write_bytes(b"not a database" * 1000)

    told = run_chipbrief(own_home, "verify", "--json")
    made = json.loads(run_chipbrief(own_home, "rebuild", "--json").stdout)

    assert told.returncode == 5
    assert "rebuild" in _flaws(told)["warehouse"][0]["way_out"]
    assert (made["after"], made["kept"]) == (before, [])
    assert run_chipbrief(own_home, "verify").returncode == 0


def test_rebuild_gives_the_same_content_and_keeps_the_history_of_runs(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    (tmp_path / "bars.csv").write_text(BARS)
    run_chipbrief(own_home, "ingest", str(tmp_path / "bars.csv"))

    made = json.loads(run_chipbrief(own_home, "rebuild", "--json").stdout)

    assert made["is_same"]
    assert len(made["after"]) == 64
    with connect(Home(own_home).warehouse_file) as con:
        commands = [r[0] for r in con.execute("select command from ledger_runs").fetchall()]
    assert commands == ["run", "ingest", "rebuild"]
    assert json.loads(run_chipbrief(own_home, "run", "--json").stdout)["ingest"]["rows_accepted"] == 0


@pytest.mark.parametrize("moment", ["before_swap", "after_swap"])
def test_a_rebuild_that_is_killed_leaves_a_whole_warehouse(
    own_home: Path, run_chipbrief: Run, moment: str
) -> None:
    home = Home(own_home)
    with connect(home.warehouse_file) as con:
        before = content.of_warehouse(con)
    kill = "os.kill(os.getpid(), signal.SIGKILL)"
    script = f"""
import os, signal
from pathlib import Path
from flows.ingest.rebuild import rebuild
from warehouse import durable
from warehouse.home import Home
real = durable.sync_folder if {moment!r} == "after_swap" else durable.sync_file
def die(path):
    {kill}
durable.{"sync_folder" if moment == "after_swap" else "sync_file"} = die
rebuild(Home(Path({str(own_home)!r})))
"""
    died = subprocess.run([sys.executable, "-c", script], check=False, timeout=120)

    assert died.returncode == -signal.SIGKILL
    with connect(home.warehouse_file) as con:
        assert content.of_warehouse(con) == before
    again = json.loads(run_chipbrief(own_home, "rebuild", "--json").stdout)
    assert again["is_same"]
    assert list(own_home.glob(".warehouse.duckdb.*")) == []


def test_the_content_hash_minds_rows_and_not_their_order() -> None:
    def hashed(*rows: tuple[int, str | None], column: str = "b") -> str:
        with duckdb.connect() as con:
            con.execute(f"create table raw_x (a integer, {column} varchar)")
            con.executemany("insert into raw_x values (?, ?)", rows)
            return content.of_warehouse(con)

    assert hashed((1, "x"), (2, None)) == hashed((2, None), (1, "x"))
    assert hashed((1, "x"), (2, None)) != hashed((1, "x"), (2, ""))
    assert hashed((1, "x")) != hashed((1, "x"), (1, "x"))
    assert hashed((1, "x")) != hashed((1, "x"), column="c")


def test_rebuild_refuses_where_landing_is_damaged_and_leaves_the_old_file(
    own_home: Path, run_chipbrief: Run
) -> None:
    home = Home(own_home)
    landed = min(own_home.glob("landing/fees/*.parquet"))
    durable.write_bytes(landed, b"PAR1")
    before = home.warehouse_file.stat().st_ino

    done = run_chipbrief(own_home, "rebuild")

    assert done.returncode == 1
    assert landed.name in done.stderr
    assert home.warehouse_file.stat().st_ino == before
