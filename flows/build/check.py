"""Whether a built model is what its twin states; a finding names the check and shows rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from flows.build.model import Model

_SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """A check that does not hold on a model, with some of the rows it fails on."""

    model: str
    check: str
    rows: int
    sample: str

    def __str__(self) -> str:
        return f"{self.model}: {self.check} fails on {self.rows} row(s): {self.sample}"


def check_model(con: duckdb.DuckDBPyConnection, model: Model) -> list[Finding]:
    """Check a built model: columns and types as stated, grain unique and whole, checks hold.

    A model of the `checks` layer holds offending rows and must be empty.
    """
    if model.layer == "checks":
        return _offenders(con, model.name, "is_empty", f'select * from "{model.name}"')
    built = {
        row[0]: row[1]
        for row in con.execute(
            "select column_name, data_type from duckdb_columns() where table_name = ?"
            " and database_name = current_database() order by column_index",
            [model.name],
        ).fetchall()
    }
    stated = {column.name: column.type.upper() for column in model.columns}
    if list(built.items()) != list(stated.items()):
        wrong = sorted(
            f"{name} {type_}" for name, type_ in set(built.items()) ^ set(stated.items())
        )
        shown = ", ".join(wrong[:8]) or "the order of the columns"
        return [Finding(model.name, "columns_as_stated", len(wrong), shown)]
    grain = ", ".join(f'"{c}"' for c in model.grain)
    findings = _offenders(
        con,
        model.name,
        "grain_is_unique",
        f'select {grain}, count(*) as rows from "{model.name}"'
        f" group by {grain} having count(*) > 1",
    )
    for column in model.grain:
        findings += _offenders(
            con,
            model.name,
            f"{column}_not_null",
            f'select * from "{model.name}" where "{column}" is null',
        )
    for check in model.checks:
        findings += _offenders(
            con, model.name, check.name, f'select * from "{model.name}" where not ({check.holds})'
        )
    return findings


def _offenders(con: duckdb.DuckDBPyConnection, model: str, check: str, query: str) -> list[Finding]:
    rows = con.execute(query).fetchmany(1000)
    if not rows:
        return []
    return [Finding(model, check, len(rows), "; ".join(str(r) for r in rows[:_SHOWN]))]
