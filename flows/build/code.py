"""The models and what each reads, as the store remembers them of code that has not changed.

Reading some seventy twins and parsing as many queries takes longer than a day's build; both are
functions of the files below `sql/`, so they are kept under the hash of those files.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from flows.build import graph
from flows.build.model import Check, Column, Model, Months, code_fingerprint, load_models

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb

#: Bumped when a model's parts, or how they are read, change.
_FORMAT = 1


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


def remembered(con: duckdb.DuckDBPyConnection, folder: Path) -> Code:
    """The models without their unit tests, from the ledger where their files are the same."""
    con.execute("create table if not exists ledger_code (code varchar, models varchar)")
    code = f"{_FORMAT} {code_fingerprint(folder)}"
    kept = con.execute("select models from ledger_code where code = ?", [code]).fetchall()
    if kept:
        return _parsed(kept[0][0])
    found = read(folder)
    con.execute("delete from ledger_code")
    con.execute("insert into ledger_code values (?, ?)", [code, _written(found)])
    return found


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
