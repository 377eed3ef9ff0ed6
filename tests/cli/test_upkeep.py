"""Verify looks at models, copies and editions too; rebuild brings an unreadable warehouse back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from warehouse import content
from warehouse.home import Home
from warehouse.store import connect

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.trial


def _audits(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    return {audit["name"]: audit for audit in json.loads(done.stdout)["audits"]}


def test_verify_names_a_changed_model_copy_and_page_and_nothing_else(
    own_home: Path, run_chipbrief: Run
) -> None:
    home = Home(own_home)
    page = min(home.briefings.glob("*/web.zh.html"))
    page.write_bytes(page.read_bytes() + b" ")
    with connect(home.warehouse_file) as con:
        con.execute("update fct_share set share_low_pct = 1 where vendor = 'NVIDIA'")

    done = run_chipbrief(own_home, "verify", "--json")

    audits = _audits(done)
    flaws = {name: audit["flaws"] for name, audit in audits.items() if audit["flaws"]}
    assert done.returncode == 5
    assert flaws.keys() == {"models", "published", "editions"}
    assert flaws["models"][0]["where"] == "fct_share"
    assert "fct_share" in flaws["published"][0]["what"]
    assert page.name in flaws["editions"][0]["where"]
    assert {n for n, a in audits.items() if not a["looked_at"]} == {"quarantine", "decisions"}


def test_a_warehouse_that_cannot_be_read_is_told_and_made_again(
    own_home: Path, run_chipbrief: Run
) -> None:
    home = Home(own_home)
    with connect(home.warehouse_file) as con:
        before = content.of_warehouse(con)
    home.warehouse_file.write_bytes(b"not a database" * 1000)

    told = run_chipbrief(own_home, "verify", "--json")
    made = json.loads(run_chipbrief(own_home, "rebuild", "--json").stdout)

    assert told.returncode == 5
    assert "rebuild" in _audits(told)["warehouse"]["flaws"][0]["way_out"]
    assert (made["after"], made["kept"]) == (before, [])
    again = run_chipbrief(own_home, "verify", "--json")
    assert again.returncode == 0, again.stdout
