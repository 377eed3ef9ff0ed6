"""What the docs show runs, and every command is shown."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "docs" / "operating.md")

SALES = """\
sale_id,vendor,segment,region,basis,scope,period_start,period_end,revenue,currency,value_type,\
published_on,published_basis,source_id,confidence
mine-1,NVIDIA,Total,China,unspecified,company,2026-01-01,2026-03-31,1000.00,USD,estimate,\
2026-04-30,source_date,MINE,seen-estimate
"""
BARS = """\
Date,Open,High,Low,Close,Adj Close,Volume
2026-08-24,214.10,216.00,213.20,215.40,215.40,91000000
"""
NASDAQ = """\
Date,Close/Last,Volume,Open,High,Low
08/24/2026,$215.40,91000000,$214.10,$216.00,$213.20
"""


def _commands(page: Path) -> list[str]:
    blocks = re.findall(r"^```console\n(.*?)^```", page.read_text("utf-8"), re.S | re.M)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


CASES = [pytest.param(c, id=f"{p.stem}: {c}") for p in PAGES for c in _commands(p)]


@pytest.mark.trial
@pytest.mark.parametrize("command", CASES)
def test_a_command_in_the_docs_runs(
    command: str, own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    (tmp_path / "my").mkdir()
    (tmp_path / "my" / "sales.csv").write_text(SALES)
    (tmp_path / "my" / "NVDA.csv").write_text(BARS)
    (tmp_path / "my" / "HistoricalData_NVDA.csv").write_text(NASDAQ)
    program, *words = shlex.split(command)

    done = run_chipbrief(own_home, *words, cwd=tmp_path)

    assert program == "chipbrief"
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()


def test_the_readme_names_every_command(run_chipbrief: Run, tmp_path: Path) -> None:
    listed = run_chipbrief(tmp_path, "--help").stdout.split("Commands:")[1]
    names = re.findall(r"^  ([a-z]+) ", listed, re.M)
    shown = (ROOT / "README.md").read_text("utf-8")

    assert names
    assert [
        name for name in names if f"`{name}" not in shown and f"chipbrief {name}" not in shown
    ] == []


def test_every_exit_code_is_explained() -> None:
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")

    assert re.findall(r"^\| (\d) \|", page, re.M) == [str(code) for code in range(7)]


@pytest.mark.parametrize(
    "page", [*PAGES, *sorted((ROOT / "docs").glob("*.md"))], ids=lambda p: p.name
)
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []
