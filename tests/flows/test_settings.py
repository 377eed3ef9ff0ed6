"""Arguments win over the environment, the environment over the file, setting by setting."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from flows import settings
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, in an environment without a setting."""
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(f"CHIPBRIEF_{name.upper()}", raising=False)
    monkeypatch.delenv("CHIPBRIEF_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_each_setting_comes_from_the_nearest_that_states_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "chipbrief.toml").write_text(
        'title = "of the file"\nsender = "file@example.org"\nhome = "of-the-file"\n'
        '[smtp]\nhost = "mail.example.org"\nport = 25\n'
    )
    monkeypatch.setenv("CHIPBRIEF_SENDER", "environment@example.org")
    monkeypatch.setenv("CHIPBRIEF_HOME", "of-the-environment")
    monkeypatch.setenv("CHIPBRIEF_LANGUAGES", '["zh"]')
    monkeypatch.setenv("CHIPBRIEF_SMTP__PORT", "465")
    monkeypatch.setenv("CHIPBRIEF_TITLE", "")

    found = settings.load(home=folder / "of-the-argument")

    assert found.home == folder / "of-the-argument"
    assert (found.sender, found.title) == ("environment@example.org", "of the file")
    assert found.languages == ["zh"]
    assert found.smtp is not None
    assert (found.smtp.host, found.smtp.port) == ("mail.example.org", 465)


def test_an_environment_that_cannot_be_read_is_told_with_the_way_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHIPBRIEF_LANGUAGES", "[zh")

    with pytest.raises(WrongUse, match="as JSON"):
        settings.load()


def test_a_name_that_is_no_setting_is_refused(folder: Path) -> None:
    (folder / "chipbrief.toml").write_text("titel = 'a slip'\n")

    with pytest.raises(WrongUse, match="titel"):
        settings.load()


def test_a_file_that_is_no_toml_is_refused(folder: Path) -> None:
    (folder / "chipbrief.toml").write_text("title = \n")

    with pytest.raises(WrongUse, match="must be TOML"):
        settings.load()


@pytest.mark.usefixtures("folder")
def test_without_a_setting_in_the_environment_its_reader_is_not_loaded() -> None:
    script = (
        "import sys; from flows import settings; settings.load()\n"
        "print(*{'pydantic_settings', 'asyncio'} & sys.modules.keys())"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("HOME", "/dev/null/x"),
        ("HOME", "/proc/version"),
        ("LOCK_WAIT_SECONDS", "1e400"),
        ("LOCK_WAIT_SECONDS", "nan"),
        ("INPUTS", '[{"path": ""}]'),
        ("INPUTS", '[{"path": "a.csv", "requird": true}]'),
        ("INPUTS", '[{"path": "a.csv", "required": "perhaps"}]'),
    ],
)
def test_a_home_a_wait_or_an_input_that_cannot_be_is_refused_by_name(
    name: str, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"CHIPBRIEF_{name}", given)

    with pytest.raises(WrongUse, match=name.lower()):
        settings.load()


def test_an_input_is_a_path_or_a_table_that_may_require_it(folder: Path) -> None:
    (folder / "chipbrief.toml").write_text(
        'inputs = ["a/*.csv", { path = "b.csv", required = true }]\n'
    )

    read = settings.load()

    assert read.inputs == ["a/*.csv", settings.Input(path="b.csv", required=True)]
