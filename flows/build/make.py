"""Makes the models that a change reaches, in order: whole, or for the months that it touches.

Reads and writes the catalog in use; the caller holds the transaction. A model is known by what
it was made of, the prints of its SQL and of its inputs' content. Where a model that was made anew
has the content that it had, its table stays and nothing that reads it is made again.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from flows.build import months
from flows.build.check import Finding, check_model, content_of
from warehouse import clock
from warehouse.errors import ModelFailed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping

    from flows.build.code import Code
    from flows.build.current import Records
    from flows.build.model import Model

    #: What another engine computed: a query of the rows, what is wrong with them or, where it did
    #: not look, None.
    Computed = tuple[str, list[Finding] | None]
    #: Computes a model elsewhere, under what it is made of, whole or for some months; None where
    #: it leaves the model to DuckDB.
    Compute = Callable[[Model, str, frozenset[dt.date] | None], Computed | None]


@dataclass(frozen=True)
class Progress:
    """One model done, of how many."""

    what: str
    done: int
    total: int


@dataclass(frozen=True)
class Standing:
    """The tables that stand: what each was made of, its content, and the content of all inputs."""

    made_of: Mapping[str, str] = field(default_factory=dict)
    content: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, con: duckdb.DuckDBPyConnection) -> Standing:
        """What the ledgers of the last build say; a table of unknown content does not stand."""
        models = con.execute(
            "select model, fingerprint, content from ledger_models where content is not null"
        ).fetchall()
        inputs = con.execute("select input, content from ledger_inputs").fetchall()
        return cls(
            {model: made_of for model, made_of, _ in models},
            {**dict(inputs), **{model: content for model, _, content in models}},
        )


@dataclass(frozen=True)
class Made:
    """A model that was made anew, as the ledger tells of it."""

    model: str
    made_of: str
    rows: int
    at: dt.datetime
    seconds: float
    content: str


def make_models(
    con: duckdb.DuckDBPyConnection,
    code: Code,
    records: Records,
    standing: Standing,
    *,
    compute: Compute | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> tuple[list[Made], list[Finding]]:
    """Make each model whose SQL or inputs changed, in order, and check it.

    Returns what was made, and what the checks found.
    """
    models, reads, order = code.models, code.reads, code.order
    records.prints.update(prints_of_parts(con, models.values(), records, standing))
    content = dict(records.prints)
    touched = months.Touched(con, models.values(), records.days)
    made: list[Made] = []
    findings: list[Finding] = []
    moment = clock.now().replace(tzinfo=None)
    for done, name in enumerate(order, start=1):
        model = models[name]
        is_made_of = made_of(model, reads[name], content)
        if standing.made_of.get(name) == is_made_of:
            content[name] = standing.content[name]
        else:
            began = time.monotonic()
            # what stands may be mended only if it is this SQL's, of the inputs as they were
            is_ours = standing.made_of.get(name) == made_of(model, reads[name], standing.content)
            changed = {
                table
                for table in reads[name]
                if content.get(_seen(model, table)) != standing.content.get(_seen(model, table))
            }
            part = touched.reach(model, reads[name], changed) if is_ours else None
            try:
                elsewhere = compute(model, is_made_of, part) if compute else None
                rows, content[name], wrong = make_model(
                    con,
                    model,
                    part,
                    standing.content.get(name),
                    touched if is_ours else None,
                    elsewhere,
                )
            except duckdb.Error as error:
                raise ModelFailed(name, error) from error
            findings += wrong
            seconds = time.monotonic() - began
            made.append(Made(name, is_made_of, rows, moment, seconds, content[name]))
        if on_progress:
            on_progress(Progress(name, done, len(order)))
    return made, findings


def write_ledger(
    con: duckdb.DuckDBPyConnection, made: Iterable[Made], inputs: Mapping[str, str]
) -> None:
    """Tell the ledgers what was made, and of which records."""
    rows = [(m.model, m.made_of, m.rows, m.at, m.seconds, m.content) for m in made]
    if rows:
        con.execute(
            "delete from ledger_models where list_contains(?, model)", [[r[0] for r in rows]]
        )
        marks = ", ".join("(?, ?, ?, ?, ?, ?)" for _ in rows)
        con.execute(f"insert into ledger_models values {marks}", [v for row in rows for v in row])
    con.execute("delete from ledger_inputs")
    con.execute(
        "insert into ledger_inputs select unnest(?), unnest(?)",
        [list(inputs), list(inputs.values())],
    )


def made_of(model: Model, reads: frozenset[str], content: Mapping[str, str]) -> str:
    """What tells whether a model would come out as it stands: its SQL, its inputs' content."""
    seen = [_seen(model, table) for table in sorted(reads)]
    said = [model.fingerprint, *(f"{table}={content.get(table, '')}" for table in seen)]
    return hashlib.sha256("\n".join(said).encode("utf-8")).hexdigest()


def _seen(model: Model, table: str) -> str:
    """What a model sees of an input: the table, or its rows of one condition."""
    condition = dict(model.reads_only).get(table)
    return f"{table} where {condition}" if condition else table


def prints_of_parts(
    con: duckdb.DuckDBPyConnection,
    models: Iterable[Model],
    records: Records,
    standing: Standing,
) -> dict[str, str]:
    """The print of each part of the records that some model reads alone.

    It stays as it was where none of the rows that are known to have changed is of the part.
    """
    asked = {(t, c, _seen(model, t)) for model in models for t, c in model.reads_only}
    prints: dict[str, str] = {}
    for table, condition, part in sorted(asked):
        before = standing.content.get(part)
        if before and table in records.changed:
            query = f"select count(*) from ({records.changed[table]}) where {condition}"
            if con.execute(query).fetchall() == [(0,)]:
                prints[part] = before
                continue
        prints[part] = f"{records.prints.get(table, '')} {condition}"
    return prints


def make_model(
    con: duckdb.DuckDBPyConnection,
    model: Model,
    part: frozenset[dt.date] | None = None,
    before: str | None = None,
    touched: months.Touched | None = None,
    elsewhere: Computed | None = None,
) -> tuple[int, str, list[Finding]]:
    """Make a model, whole or in part, and check what was made; returns rows, content, findings.

    `before` is the content of the table that stands; `touched` is told of the months in which
    the new one differs. `elsewhere` is the query and the findings of another engine.
    """
    sql, found = elsewhere or (model.sql, None)
    order = ", ".join(f'"{column}"' for column in model.grain) or "all"
    ordered = f"select * from (\n{sql}\n) order by {order}"
    if before is None:
        con.execute(f'create or replace table "{model.name}" as {ordered}')
        rows, content, findings = _look(con, model, model.name, found)
        return rows, f"{model.shape} {content}", findings
    new = f"new {model.name}"
    if part is None:
        con.execute(f'create or replace temp table "{new}" as {ordered}')
        rows, content, findings = _look(con, model, new, found)
    else:
        remade = f"remade {model.name}"
        with nullcontext() if elsewhere else months.shadowed(con, model, part):
            con.execute(f'create or replace temp table "{remade}" as {ordered}')
        inside = months.within(model.months.by, part) if model.months else "true"
        findings = check_model(con, model, remade, inside).findings if found is None else found
        con.execute(
            f'create or replace temp table "{new}" as select * from ('
            f' select * from "{model.name}" where not ({inside})'
            f' union all select * from "{remade}") order by {order}'
        )
        con.execute(f'drop table "{remade}"')
        rows, content = content_of(con, new)
    content = f"{model.shape} {content}"
    if content != before:
        if touched:
            touched.replaced(model.name, new)
        con.execute(f'create or replace table "{model.name}" as from "{new}"')
    con.execute(f'drop table "{new}"')
    return rows, content, findings


def _look(
    con: duckdb.DuckDBPyConnection, model: Model, table: str, found: list[Finding] | None
) -> tuple[int, str, list[Finding]]:
    """Rows, content and findings of a whole table, where another engine has not looked for them."""
    if found is not None:
        return *content_of(con, table), found
    checked = check_model(con, model, table)
    return checked.rows, checked.content, checked.findings
