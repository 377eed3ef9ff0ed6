"""Whether a built model is what its twin states; a finding names the check and shows rows.

One query a model counts what fails and takes its content's print; only a check that fails is
asked for its rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flows.build.model import SEVERITIES

if TYPE_CHECKING:
    import duckdb

    from flows.build.model import Model

_SHOWN = 3

#: Of a table called `this_row`: order does not matter, every row and the number of rows does.
_PRINT = "concat_ws(' ', count(*), sum(cast(hash(this_row) as hugeint)))"


@dataclass(frozen=True)
class Finding:
    """A check that does not hold on a model, with some of the rows it fails on.

    `meaning` is what a model of the `checks` layer says of its rows, the way out among it. `keys`
    are some of the rows by the model's grain, `behind` the records found behind them, in words.
    """

    model: str
    check: str
    rows: int
    sample: str
    meaning: str = ""
    severity: str = "invariant"
    keys: tuple[dict[str, Any], ...] = ()
    offending: str = ""
    behind: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = f"{self.model}: {self.check} fails on {self.rows} row(s): {self.sample}"
        lines = [said, *([f"    {self.meaning}"] if self.meaning else [])]
        lines += ["    behind it:"] if self.behind else []
        return "\n".join([*lines, *(f"      {one}" for one in self.behind)])


@dataclass(frozen=True)
class Checked:
    """What a look at a table said: its rows, the print of its content, and what is wrong.

    Equal prints mean equal rows; they are compared within one store, under one DuckDB.
    """

    rows: int
    content: str
    findings: list[Finding] = field(default_factory=list)


def check_model(
    con: duckdb.DuckDBPyConnection,
    model: Model,
    table: str | None = None,
    holds: str | None = None,
    *,
    printed: bool = True,
) -> Checked:
    """What is wrong with a built model, which stands in `table` where that is not its own.

    Columns and types must be as stated, the grain unique and whole, every check true or unknown
    on each row. A model of the `checks` layer holds offending rows and must be empty. `holds`
    is one more condition on every row; without `printed` the content is not taken.
    """
    table = table or model.name
    content_print = _PRINT if printed else "''"
    if model.layer == "checks":
        rows, content = con.execute(
            f'select count(*), {content_print} from "{table}" as this_row'
        ).fetchall()[0]
        found = _finding(con, model, table, "is_empty", rows, f'from "{table}"', model.severity)
        return Checked(rows, content, [found] if rows else [])
    wrong = _columns(con, model, table)
    if wrong:
        return Checked(0, "", [wrong])
    tests = {f"{c}_not_null": (f'"{c}" is not null', model.severity) for c in model.grain}
    tests |= {check.name: (check.holds, check.severity) for check in model.checks}
    if holds:
        tests["months_as_stated"] = (holds, SEVERITIES[0])
    grain = ", ".join(f'"{column}"' for column in model.grain)
    twice = f'from (select {grain}, count(*) as rows from "{table}" group by {grain}'
    twice += " having count(*) > 1)"
    counted = ", ".join(f"count(*) filter (where not ({test}))" for test, _ in tests.values())
    rows, content, doubled, *failed = con.execute(
        f"select count(*), {content_print}, (select count(*) {twice}), {counted}"
        f' from "{table}" as this_row'
    ).fetchall()[0]
    findings = []
    if doubled:
        found = _finding(con, model, table, "grain_is_unique", doubled, twice, model.severity)
        findings.append(found)
    for (name, (test, severity)), count in zip(tests.items(), failed, strict=True):
        if count:
            offending = f'from "{table}" where not ({test})'
            findings.append(_finding(con, model, table, name, count, offending, severity))
    return Checked(rows, content, findings)


def _finding(
    con: duckdb.DuckDBPyConnection,
    model: Model,
    table: str,
    check: str,
    rows: int,
    offending: str,
    severity: str,
) -> Finding:
    """What a check found; `offending` is the end of the query that has its rows."""
    if not rows:
        return Finding(model.name, check, 0, "")
    shown = _rows(con, f"select * {offending}")
    sample = "; ".join(", ".join(f"{n} {v}" for n, v in row.items()) for row in shown)
    return Finding(
        model.name,
        check,
        rows,
        sample,
        model.meaning if model.layer == "checks" else "",
        severity,
        tuple({name: row[name] for name in model.grain} for row in shown),
        offending.replace(f'"{table}"', f'"{model.name}"'),
    )


def content_of(con: duckdb.DuckDBPyConnection, table: str) -> tuple[int, str]:
    """The rows of a table and the print of its content, whatever the order of its rows."""
    rows, content = con.execute(f'select count(*), {_PRINT} from "{table}" as this_row').fetchall()[
        0
    ]
    return rows, content


def _columns(con: duckdb.DuckDBPyConnection, model: Model, table: str) -> Finding | None:
    built = [(row[0], row[1]) for row in con.execute(f'describe "{table}"').fetchall()]
    stated = [(column.name, column.type.upper()) for column in model.columns]
    if built == stated:
        return None
    wrong = sorted(f"{name} {type_}" for name, type_ in set(built) ^ set(stated))
    shown = ", ".join(wrong[:8]) or "the order of the columns"
    return Finding(model.name, "columns_as_stated", len(wrong), shown)


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """The first rows of a query."""
    found = con.execute(f"{query} limit {_SHOWN}")
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
