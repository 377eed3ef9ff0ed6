"""Whether a built model is what its twin states; a finding names the check and shows rows.

One query a model counts what fails; only a check that fails is asked for its rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from flows.build.model import Model

_SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """A check that does not hold on a model, with some of the rows it fails on.

    `meaning` is what a model of the `checks` layer says of its rows, the way out among it.
    """

    model: str
    check: str
    rows: int
    sample: str
    meaning: str = ""

    def __str__(self) -> str:
        said = f"{self.model}: {self.check} fails on {self.rows} row(s): {self.sample}"
        return f"{said}\n    {self.meaning}" if self.meaning else said


def check_model(con: duckdb.DuckDBPyConnection, model: Model) -> tuple[int, list[Finding]]:
    """The number of rows of a built model, and what is wrong with it.

    Columns and types must be as stated, the grain unique and whole, every check true or unknown
    on each row. A model of the `checks` layer holds offending rows and must be empty.
    """
    if model.layer == "checks":
        rows = _count(con, f'select count(*) from "{model.name}"')[0]
        sample = _sample(con, f'select * from "{model.name}"') if rows else ""
        found = Finding(model.name, "is_empty", rows, sample, model.meaning)
        return rows, [found] if rows else []
    wrong = _columns(con, model)
    if wrong:
        return 0, [wrong]
    tests = {f"{column}_not_null": f'"{column}" is not null' for column in model.grain}
    tests |= {check.name: check.holds for check in model.checks}
    grain = ", ".join(f'"{column}"' for column in model.grain)
    twice = f'select {grain}, count(*) as rows from "{model.name}" group by {grain}'
    twice += " having count(*) > 1"
    counted = ", ".join(f"count(*) filter (where not ({holds}))" for holds in tests.values())
    rows, doubled, *failed = _count(
        con,
        f'select count(*), (select count(*) from ({twice})), {counted} from "{model.name}"',
    )
    findings = []
    if doubled:
        findings.append(Finding(model.name, "grain_is_unique", doubled, _sample(con, twice)))
    for (name, holds), count in zip(tests.items(), failed, strict=True):
        if count:
            query = f'select * from "{model.name}" where not ({holds})'
            findings.append(Finding(model.name, name, count, _sample(con, query)))
    return rows, findings


def _columns(con: duckdb.DuckDBPyConnection, model: Model) -> Finding | None:
    built = [(row[0], row[1]) for row in con.execute(f'describe "{model.name}"').fetchall()]
    stated = [(column.name, column.type.upper()) for column in model.columns]
    if built == stated:
        return None
    wrong = sorted(f"{name} {type_}" for name, type_ in set(built) ^ set(stated))
    shown = ", ".join(wrong[:8]) or "the order of the columns"
    return Finding(model.name, "columns_as_stated", len(wrong), shown)


def _count(con: duckdb.DuckDBPyConnection, query: str) -> list[int]:
    return [int(value) for value in con.execute(query).fetchall()[0]]


def _sample(con: duckdb.DuckDBPyConnection, query: str) -> str:
    found = con.execute(f"{query} limit {_SHOWN}")
    names = [column[0] for column in found.description or ()]
    rows = found.fetchall()
    return "; ".join(
        ", ".join(f"{name} {value}" for name, value in zip(names, row, strict=True)) for row in rows
    )
