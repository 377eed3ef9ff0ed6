"""A model: its SQL, and its twin that states meaning, grain, columns, checks and unit tests.

Reads the files below `sql/` and nothing else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from pathlib import Path

LAYERS = ("staging", "marts", "reports", "checks")
#: `invariant`: ours, and a build that breaks it is not published. `records`: what records may do
#: to each other; those that do are in no figure by the rule that the twin states, and are told of
#: (int_contradiction), and the build is published.
SEVERITIES = ("invariant", "records")


@dataclass(frozen=True)
class Column:
    """A column of a model: its exact DuckDB type, its unit, and what it says."""

    name: str
    type: str
    says: str
    unit: str | None = None


@dataclass(frozen=True)
class Check:
    """Something that must be true on every row (or unknown): a boolean SQL expression."""

    name: str
    holds: str
    severity: str = "invariant"


@dataclass(frozen=True)
class UnitTest:
    """Given rows by table, and the rows that the model must make of them."""

    name: str
    given: dict[str, list[dict[str, Any]]]
    expect: list[dict[str, Any]]


@dataclass(frozen=True)
class Months:
    """How a model may be remade for some months alone.

    `by` is the column of its grain that holds the first day of the month; `of` gives, for each
    input whose rows reach a single month only, the date column that says which.
    """

    by: str
    of: dict[str, str]


@dataclass(frozen=True)
class Model:
    """One SQL file and its twin.

    `reads_only` gives, for an input of which some rows alone can reach the model, the condition
    that they meet: a change of other rows is none to this model. `severity` is that of a model of
    the checks layer, and of what is checked of every model: its columns and its grain.
    """

    name: str
    layer: str
    sql: str
    meaning: str
    grain: tuple[str, ...]
    columns: tuple[Column, ...]
    checks: tuple[Check, ...] = ()
    unit_tests: tuple[UnitTest, ...] = field(default=(), repr=False)
    months: Months | None = None
    reads_only: tuple[tuple[str, str], ...] = ()
    severity: str = "invariant"

    @property
    def fingerprint(self) -> str:
        """Changes when the SQL, the columns or the checks change; not with prose or tests."""
        columns = [(c.name, c.type) for c in self.columns]
        said = (self.sql, self.grain, columns, self.checks, self.months, self.reads_only)
        return hashlib.sha256(repr(said).encode("utf-8")).hexdigest()

    @property
    def shape(self) -> str:
        """Changes with a column's name, type or place: content is equal in one shape only."""
        columns = [(c.name, c.type) for c in self.columns]
        return hashlib.sha256(repr(columns).encode("utf-8")).hexdigest()[:16]


def load_models(folder: Path) -> dict[str, Model]:
    """Every model below the layers of `folder`, by name.

    Raises WrongUse for SQL without a twin, a twin without SQL, or a twin that lacks a part.
    """
    models: dict[str, Model] = {}
    for layer in LAYERS:
        queries = {p.stem: p for p in sorted((folder / layer).glob("*.sql"))}
        twins = {p.stem: p for p in sorted((folder / layer).glob("*.yml"))}
        for name in sorted(queries.keys() ^ twins.keys()):
            raise WrongUse(f"{layer}/{name} lacks its twin: each NAME.sql has a NAME.yml.")
        for name, path in queries.items():
            if name in models:
                raise WrongUse(f"Two models are called {name}.")
            models[name] = _read(name, layer, path, twins[name])
    return models


def code_fingerprint(folder: Path) -> str:
    """One hash over every file below `folder`, so that unchanged code is seen without parsing."""
    digest = hashlib.sha256()
    for layer in LAYERS:
        for path in sorted((folder / layer).glob("*.[sy][qm]l")):
            digest.update(path.name.encode("utf-8") + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _read(name: str, layer: str, query: Path, twin: Path) -> Model:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        stated = yaml.load(twin.read_text("utf-8"), Loader=loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise WrongUse(f"{twin.name} is not YAML: {error}") from error
    try:
        severity = _severity(stated.get("severity"))
        columns = tuple(
            Column(column, str(told["type"]), str(told["says"]), told.get("unit"))
            for column, told in stated["columns"].items()
        )
        return Model(
            name=name,
            layer=layer,
            sql=query.read_text("utf-8"),
            meaning=str(stated["meaning"]).strip(),
            grain=tuple(stated["grain"]),
            columns=columns,
            checks=tuple(c for told in stated.get("checks") or () for c in _checks(told, severity)),
            severity=severity,
            unit_tests=tuple(
                UnitTest(test["name"], test.get("given") or {}, test["expect"] or [])
                for test in stated.get("unit_tests") or ()
            ),
            reads_only=tuple(sorted((stated.get("reads_only") or {}).items())),
            months=_months(stated.get("incremental"), stated["grain"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise WrongUse(f"{twin.name} lacks a part or has it in another shape: {error!r}") from error


def _months(told: dict[str, Any] | None, grain: list[str]) -> Months | None:
    if told is None:
        return None
    if told["by"] not in grain:
        raise TypeError(f"incremental by {told['by']}, which is not in the grain")
    return Months(str(told["by"]), {str(k): str(v) for k, v in told["of"].items()})


def _severity(told: Any) -> str:
    """As a twin states it; what is not stated stops a build."""
    if told is None:
        return SEVERITIES[0]
    if told not in SEVERITIES:
        raise TypeError(f"severity is {told!r}, not one of {', '.join(SEVERITIES)}")
    return str(told)


def _checks(told: dict[str, Any], of_the_twin: str) -> list[Check]:
    """The checks of one entry, of the twin's severity where it states none of its own."""
    (kind, content), *others = told.items()
    if others:
        raise TypeError(f"one check an entry, not {list(told)}")
    if kind == "not_null":
        return [
            Check(f"{column}_not_null", f'"{column}" is not null', of_the_twin)
            for column in content
        ]
    severity = _severity(content.get("severity") or of_the_twin)
    if kind == "accepted":
        words = ", ".join("'" + str(v).replace("'", "''") + "'" for v in content["values"])
        name = f"{content['column']}_accepted"
        return [Check(name, f'"{content["column"]}" in ({words})', severity)]
    if kind == "holds":
        return [Check(str(content["name"]), str(content["sql"]), severity)]
    raise TypeError(f"no such check: {kind}")
