"""The models that the store remembers are those of the files, for as long as these are the same."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from flows import assets
from flows.build import code, model
from warehouse.store import connect

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_remembered_models_are_those_of_the_files_but_for_their_tests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = assets.asset("sql")
    with connect(":memory:") as con:
        read = code.remembered(con, folder)
        # from now on no file is read
        monkeypatch.setattr(code, "read", None)
        kept = code.remembered(con, folder)

    bare = {name: dataclasses.replace(m, unit_tests=()) for name, m in read.models.items()}
    assert kept.models == bare
    assert {n: m.fingerprint for n, m in bare.items()} == {
        n: m.fingerprint for n, m in kept.models.items()
    }
    assert kept.reads == read.reads
    assert kept.order == read.order


def test_a_changed_twin_is_read_anew(sql: Path) -> None:
    twin = sql / "marts" / "fct_units.yml"
    with connect(":memory:") as con:
        code.remembered(con, sql)
        twin.write_text(twin.read_text().replace("units >= 0", "units >= 5"))
        again = code.remembered(con, sql)

    assert again.models["fct_units"].checks == (model.Check("units_not_negative", "units >= 5"),)
