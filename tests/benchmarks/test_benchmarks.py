"""What the benchmarks compare is the same work on the same records."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks import page
from benchmarks.process import Contender, race, table
from benchmarks.rivals import project
from benchmarks.statements import SOURCE, statements
from warehouse.home import Home
from warehouse.store import connect, open_published

if TYPE_CHECKING:
    import datetime as dt

ROOT = Path(__file__).parents[2]


def test_the_plain_statements_make_the_tables_that_the_build_made(
    briefed_home: Path, tmp_path: Path
) -> None:
    home = Home(briefed_home)

    with connect(":memory:") as con:
        con.execute(f"attach '{home.warehouse_file}' as {SOURCE} (read_only)")
        for made in statements(con, _as_of(home)):
            what = "view" if made.is_view else "table"
            con.execute(f'create {what} "{made.name}" as {made.sql}')
        models = [m for (m,) in con.execute(f"select model from {SOURCE}.ledger_models").fetchall()]
        differing = [
            model
            for model in models
            if con.execute(
                f'select count(*) from ((from "{model}" except all from {SOURCE}.main."{model}")'
                f' union all (from {SOURCE}.main."{model}" except all from "{model}"))'
            ).fetchall()
            != [(0,)]
        ]

    assert len(models) > 80
    assert differing == []


def test_the_rivals_projects_hold_every_statement(briefed_home: Path, tmp_path: Path) -> None:
    home = Home(briefed_home)
    with connect(":memory:") as con:
        con.execute(f"attach '{home.warehouse_file}' as {SOURCE} (read_only)")
        made = statements(con, _as_of(home))
        project.write_records(con, tmp_path / "records.duckdb")

    project.write_dbt(made, tmp_path / "dbt", tmp_path / "records.duckdb")
    project.write_sqlmesh(made, tmp_path / "sqlmesh", tmp_path / "records.duckdb")

    for rival in ("dbt", "sqlmesh"):
        written = {path.stem for path in (tmp_path / rival / "models").glob("*.sql")}
        assert written == {statement.name for statement in made}
    assert "ref('stg_fx_day')" in (tmp_path / "dbt/models/fct_revenue_month.sql").read_text()
    assert "main.stg_fx_day" in (tmp_path / "sqlmesh/models/fct_revenue_month.sql").read_text()


def test_a_race_tells_seconds_and_the_peak_of_each_run(tmp_path: Path) -> None:
    small = Contender("small", ["true"])
    large = Contender("large", ["python3", "-c", "b'x' * 200_000_000"])

    race([small, large], 2, tmp_path / "log.txt")

    assert len(large.seconds) == 2
    assert max(small.peak_mb) < 100 < min(large.peak_mb)
    assert table([small, large]).count("\n") == 3


def test_a_process_that_outlives_its_command_is_counted_too(tmp_path: Path) -> None:
    busy = (
        "import time; held = b'x' * 200_000_000; end = time.process_time() + 0.4\n"
        "while time.process_time() < end: pass"
    )
    orphaned = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {busy!r}])"
    contender = Contender("leaves another behind", ["python3", "-c", orphaned])

    race([contender], 1, tmp_path / "log.txt", warm_up=False)

    assert contender.median_cpu > 0.4
    assert max(contender.peak_mb) > 190


def test_a_contender_that_fails_ends_the_race(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="false ended with 1"):
        race([Contender("fails", ["false"])], 1, tmp_path / "log.txt")


def test_every_section_of_the_page_belongs_to_a_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    text = page.PAGE.read_text("utf-8")

    commands = re.findall(r"^    python -m (\S+)", text, re.M)

    sections = re.findall(r"<!-- (\w+): begin -->", text)
    assert len(commands) == len(sections)
    for command, section in zip(commands, sections, strict=True):
        folder = ROOT.joinpath(*command.split("."))
        module = folder / "__main__.py" if folder.is_dir() else folder.with_suffix(".py")
        assert re.search(rf'page\.write\(\s*"{section}"', module.read_text("utf-8")), command
        runpy.run_path(str(module), run_name="imported")


def _as_of(home: Home) -> dt.date:
    with open_published(home) as con:
        day: dt.date = con.execute("select as_of from parameters").fetchall()[0][0]
    return day
