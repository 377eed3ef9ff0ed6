"""Compiled templates are kept as Python keeps modules, and what cannot be kept stops nobody."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import jinja2

from flows.brief.compiled import Beside

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def _environment(module: Path, text: str) -> jinja2.Environment:
    loader = jinja2.DictLoader({"a.txt": text})
    return jinja2.Environment(loader=loader, bytecode_cache=Beside(module), autoescape=True)


def _module(folder: Path) -> Path:
    module = folder / "render.py"
    module.write_text("one environment")
    return module


def _kept(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("__pycache__/*")}


def test_a_template_is_compiled_once_for_one_text_of_it_and_of_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    module = _module(tmp_path)
    _environment(module, "{{ 1 }}").get_template("a.txt")
    kept = _kept(tmp_path)
    compiled: list[str] = []
    monkeypatch.setattr(
        jinja2.Environment, "compile", lambda _, source, *__, **___: compiled.append(source)
    )

    _environment(module, "{{ 1 }}").get_template("a.txt")

    assert len(kept) == 1
    assert compiled == []
    monkeypatch.undo()
    assert _environment(module, "{{ 2 }}").get_template("a.txt").render() == "2"
    module.write_text("another environment")
    assert _environment(module, "{{ 3 }}").get_template("a.txt").render() == "3"


def test_nothing_is_written_where_python_writes_no_byte_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    rendered = _environment(_module(tmp_path), "{{ 1 }}").get_template("a.txt").render()

    assert rendered == "1"
    assert _kept(tmp_path) == set()


def test_a_folder_that_cannot_be_made_is_no_reason_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "__pycache__").write_text("a file is in the way")

    assert _environment(_module(tmp_path), "{{ 1 }}").get_template("a.txt").render() == "1"


def test_a_changed_template_is_compiled_once_more_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    module = _module(tmp_path)
    compiled: list[str] = []
    compile_it = jinja2.Environment.compile

    def counted(environment: jinja2.Environment, source: str, *names: str) -> object:
        compiled.append(source)
        return compile_it(environment, source, *names)

    monkeypatch.setattr(jinja2.Environment, "compile", counted)
    rendered = [
        _environment(module, text).get_template("a.txt").render()
        for text in ("{{ 1 }}", "{{ 2 }}", "{{ 2 }}")
    ]

    assert rendered == ["1", "2", "2"]
    assert compiled == ["{{ 1 }}", "{{ 2 }}"]
