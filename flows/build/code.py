"""The models and what each reads, kept in `__pycache__` as Python keeps its own modules.

Reading some ninety twins and parsing as many queries takes longer than a day's build; both are
functions of the files below `sql/`, so they are kept under the hash of those files.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.build import graph
from flows.build.model import Check, Column, Model, Months, code_fingerprint, load_models

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Bumped when a model's parts, or how they are read, change.
_FORMAT = 3
#: Of so many states of the models at most the reading is kept; the oldest goes first.
_KEPT = 4
_BESIDE = Path(__file__).with_name("__pycache__")


@dataclasses.dataclass(frozen=True)
class Code:
    """Every model by name, the tables that each reads, and the order in which they are made."""

    models: Mapping[str, Model]
    reads: Mapping[str, frozenset[str]]

    @property
    def order(self) -> list[str]:
        """Model names so that each comes after what it reads."""
        return graph.in_order(self.reads)


def read(folder: Path) -> Code:
    """Read the models from their files."""
    models = load_models(folder)
    return Code(models, graph.inputs(models))


def remembered(folder: Path) -> Code:
    """The models without their unit tests, from what is kept of the same files.

    Kept where Python would keep its own: not under PYTHONDONTWRITEBYTECODE, and not in a folder
    that cannot be written, which is no reason to stop.
    """
    return _of(folder, f"{_FORMAT}-{code_fingerprint(folder)}")


@lru_cache(maxsize=_KEPT)
def _of(folder: Path, fingerprint: str) -> Code:
    file = _BESIDE / f"models-{fingerprint}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        return _parsed(file.read_text("utf-8"))
    found = _written(read(folder))
    if not sys.dont_write_bytecode:
        with suppress(OSError):
            _keep(file, found)
    return _parsed(found)


def _keep(file: Path, text: str) -> None:
    """Put the file in place whole, whoever else does so at the moment."""
    file.parent.mkdir(exist_ok=True)
    aside = file.with_suffix(f".{os.getpid()}")
    aside.write_text(text, "utf-8")
    aside.replace(file)
    kept = sorted(file.parent.glob("models-*.json"), key=lambda one: one.stat().st_mtime_ns)
    for old in kept[:-_KEPT]:
        old.unlink(missing_ok=True)


def _written(code: Code) -> str:
    def told(model: Model) -> dict[str, Any]:
        bare = dataclasses.replace(model, unit_tests=())
        return {**dataclasses.asdict(bare), "reads": sorted(code.reads[model.name])}

    return json.dumps([told(model) for model in code.models.values()], ensure_ascii=False)


def _parsed(text: str) -> Code:
    models: dict[str, Model] = {}
    reads: dict[str, frozenset[str]] = {}
    for told in json.loads(text):
        reads[told["name"]] = frozenset(told.pop("reads"))
        models[told["name"]] = Model(
            **{
                **told,
                "grain": tuple(told["grain"]),
                "columns": tuple(Column(**column) for column in told["columns"]),
                "checks": tuple(Check(**check) for check in told["checks"]),
                "unit_tests": (),
                "months": Months(**told["months"]) if told["months"] else None,
                "reads_only": tuple((table, where) for table, where in told["reads_only"]),
            }
        )
    return Code(models, reads)
