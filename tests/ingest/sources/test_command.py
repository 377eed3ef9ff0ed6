"""Addresses on the command line and among the inputs, as their user names them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.ingest.sources.conftest import body

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from tests.ingest.sources.conftest import Server

    Run = Callable[..., subprocess.CompletedProcess[str]]


def test_an_address_among_the_inputs_and_one_on_the_command_line_are_read(
    server: Server, run_chipbrief: Run, tmp_path: Path, prices: str, header: str,
    bar: Callable[..., str],
) -> None:  # fmt: skip
    first = server.on("/a.csv", body(prices, ETag='"1"'))
    second = server.on("/b.csv?key=hunter2", body(header + bar(11)))
    gone = server.on("/gone.csv", body("", 404))
    config = tmp_path / "chipbrief.toml"
    config.write_text(f'use_seeds = false\ninputs = ["{first}"]\n[http]\nallow_private = true\n')

    done = run_chipbrief(tmp_path / "home", "ingest", second, gone, first, cwd=tmp_path)
    told = run_chipbrief(tmp_path / "home", "ingest", "--json", first, cwd=tmp_path)

    assert done.returncode == 4, done.stderr
    assert f"accepted {server.address('/b.csv?key=…')} (prices, tidy): 1 rows" in done.stdout
    assert f"refused  {gone}: {gone} cannot be fetched: 404." in done.stdout
    assert told.returncode == 0
    (file,) = json.loads(told.stdout)["files"]
    assert (file["status"], file["origin"], file["path"]) == ("unchanged", first, "a.csv")
    assert "hunter2" not in done.stdout + done.stderr


def test_private_addresses_are_refused_where_nothing_is_said(
    server: Server, run_chipbrief: Run, tmp_path: Path, prices: str
) -> None:
    done = run_chipbrief(
        tmp_path / "home", "ingest", server.on("/a.csv", body(prices)), cwd=tmp_path
    )

    assert done.returncode == 4
    assert "not a public address" in done.stdout
    assert server.asked == []


def test_a_query_that_is_not_set_is_wrong_use(run_chipbrief: Run, tmp_path: Path) -> None:
    done = run_chipbrief(tmp_path / "home", "ingest", "query:desk", cwd=tmp_path)

    assert done.returncode == 2
    assert "There is no query 'desk'" in done.stderr
