"""The models that are kept are those of the files, for as long as these are the same."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from flows import assets
from flows.build import code, model

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own to keep them in, as where byte code may be written."""
    monkeypatch.setattr(code, "_BESIDE", tmp_path / "beside")
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    code._of.cache_clear()
    return tmp_path / "beside"


def test_remembered_models_are_those_of_the_files_but_for_their_tests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = assets.asset("sql")
    read = code.read(folder)
    code.remembered(folder)
    code._of.cache_clear()
    # from now on no file of the models is read
    monkeypatch.setattr(code, "read", None)
    kept = code.remembered(folder)

    bare = {name: dataclasses.replace(m, unit_tests=()) for name, m in read.models.items()}
    assert kept.models == bare
    assert {n: m.fingerprint for n, m in bare.items()} == {
        n: m.fingerprint for n, m in kept.models.items()
    }
    assert kept.reads == read.reads
    assert kept.order == read.order


def test_a_changed_twin_is_read_anew(sql: Path) -> None:
    twin = sql / "marts" / "fct_units.yml"
    code.remembered(sql)
    twin.write_text(twin.read_text().replace("units >= 0", "units >= 5"))
    again = code.remembered(sql)

    assert again.models["fct_units"].checks == (model.Check("units_not_negative", "units >= 5"),)


def test_a_file_that_was_cut_off_is_read_past_and_written_anew(sql: Path, beside: Path) -> None:
    stated = code.remembered(sql)
    (file,) = beside.iterdir()
    whole = file.read_text()
    file.write_text(whole[: len(whole) // 2])
    code._of.cache_clear()

    assert code.remembered(sql) == stated
    assert file.read_text() == whole


def test_nothing_is_kept_where_byte_code_may_not_be_written(
    sql: Path, beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)

    assert code.remembered(sql).models
    assert not beside.exists()
