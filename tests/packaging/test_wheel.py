"""A wheel, installed away from the checkout, holds all it needs and makes the same pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOW = "2026-11-23T08:00:00+00:00"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "build",
            "--wheel",
            "--no-isolation",
            "--outdir",
            str(out),
            str(ROOT),
        ],
        check=True,
        capture_output=True,
    )
    (built,) = out.glob("*.whl")
    return built


def test_models_templates_and_seeds_travel_inside_and_data_does_not(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {
        "flows",
        "warehouse",
    }
    for folder in ("sql", "templates"):
        inside = {
            n.removeprefix(f"flows/_assets/{folder}/") for n in names if f"_assets/{folder}/" in n
        }
        tracked = subprocess.run(
            ["git", "ls-files", folder], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout.splitlines()
        assert {name.removeprefix(f"{folder}/") for name in tracked} <= inside
    assert "warehouse/seeds/chips.csv" in names
    assert not [name for name in names if name.startswith("warehouse/data")]


@pytest.mark.trial
def test_an_installed_wheel_makes_the_same_edition_as_the_checkout(
    wheel: Path, tmp_path: Path, briefed_home: Path
) -> None:
    site = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
         "--target", str(site), str(wheel)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    # the wheel's packages stand before the checkout's, whose editable install comes last
    start = (
        "import sys; sys.path.insert(0, sys.argv.pop(1));"
        " sys.meta_path = [f for f in sys.meta_path if 'editable' not in repr(f).lower()];"
        " import flows.cli; assert '_assets' not in flows.cli.__file__;"
        " assert flows.cli.__file__.startswith(sys.path[0]), flows.cli.__file__; flows.cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", start, str(site), "--home", str(tmp_path / "home"), "run", "--json"],
        cwd=tmp_path,
        env={**os.environ, "CHIPBRIEF_NOW": NOW},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    (edition,) = json.loads(done.stdout)["editions"]
    for language, page in edition["pages"].items():
        same = briefed_home / "briefings" / edition["edition_id"] / f"web.{language}.html"
        assert Path(page).read_bytes() == same.read_bytes()
