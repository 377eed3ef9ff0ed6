"""The build: models that a change reaches, checks, one transaction, then publishing.

May touch the warehouse file and the published copy, both through `warehouse`.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from flows import assets
from flows.build import current, graph
from flows.build.check import Finding, check_model
from flows.build.model import Model, code_fingerprint, load_models
from warehouse import clock, ledger, publish
from warehouse.errors import CheckFailed, Trouble, WrongUse
from warehouse.records import known_kinds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from warehouse.home import Home

    #: Computes a model elsewhere under its fingerprint: a query of its rows, and what is wrong.
    Compute = Callable[[Model, str], tuple[str, list[Finding]]]

#: Kinds too large to travel in the published copy; readers get them as marts.
BULK = frozenset({"prices", "sales", "sessions"})
_ID_LENGTH = 16
_LEDGERS = ("ledger_batches", "ledger_quarantine", "ledger_runs", "ledger_models",
            "ledger_builds", "ledger_kinds")  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """One model done, of how many."""

    what: str
    done: int
    total: int


@dataclass(frozen=True)
class BuildReport:
    """What a build did: the models made anew, those left as they were, and the build's id."""

    build_id: str
    as_of: dt.date
    built: list[str] = field(default_factory=list)
    unchanged: int = 0
    seconds: float = 0.0
    is_new: bool = True


def build(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    *,
    as_of: dt.date,
    full: bool = False,
    compute: Compute | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> BuildReport:
    """Bring every model up to date with the records as known on `as_of`, check and publish.

    All or nothing: when a check fails the transaction is rolled back, CheckFailed names the
    rows, and readers keep what was published before. `compute` is another engine's.
    """
    ledger.ensure(con)
    started = time.monotonic()
    fingerprint = _build_fingerprint(con, as_of)
    build_id = fingerprint[:_ID_LENGTH]
    last = con.execute(
        "select fingerprint from ledger_builds order by build_no desc limit 1"
    ).fetchone()
    if not full and last and last[0] == fingerprint:
        if not _is_published(home, build_id):
            _publish(con, home, build_id)
        return BuildReport(build_id, as_of, is_new=False)
    if not known_kinds(con):
        raise WrongUse(
            "There are no records to build from yet.",
            "Run `chipbrief run`, or `chipbrief ingest` with files of your own.",
        )
    source = _catalog(con)
    models = load_models(assets.asset("sql"))
    con.execute("begin transaction")
    try:
        prints = prepare(con, as_of, source)
        known = dict(con.execute("select model, fingerprint from ledger_models").fetchall())
        built, findings = make_models(
            con, models, prints, {} if full else known, compute=compute, on_progress=on_progress
        )
        _refuse(findings, "nothing was published")
        _drop_orphans(con, models, known)
        con.execute(
            "insert into ledger_builds select count(*) + 1, ?, ?, ?, ?, ? from ledger_builds",
            [
                build_id,
                fingerprint,
                as_of,
                clock.now().replace(tzinfo=None),
                code_fingerprint(assets.asset("sql")),
            ],
        )
        con.execute("commit")
    except BaseException:
        # a full disk breaks the rollback as well: the next open of the file rolls back then
        with suppress(duckdb.Error):
            con.execute("rollback")
        raise
    _publish(con, home, build_id)
    return BuildReport(build_id, as_of, built, len(models) - len(built), time.monotonic() - started)


def build_id_for(con: duckdb.DuckDBPyConnection, as_of: dt.date) -> str:
    """The id that a build of the present records and models has as of a day."""
    return _build_fingerprint(con, as_of)[:_ID_LENGTH]


def build_aside(con: duckdb.DuckDBPyConnection, as_of: dt.date, catalog: str) -> None:
    """Build every model as known on `as_of` into an in-memory catalog, and use that catalog.

    The caller goes back by `use` and drops it by `detach`. Raises CheckFailed as `build` does.
    """
    source = _catalog(con)
    con.execute(f"attach ':memory:' as {catalog}")
    models = load_models(assets.asset("sql"))
    con.execute(f"use {catalog}")
    prints = prepare(con, as_of, source)
    _, findings = make_models(con, models, prints, {}, keep_ledger=False)
    if findings:
        raise CheckFailed(f"Checks failed as of {as_of}:\n" + "\n".join(f"  {f}" for f in findings))


def prepare(con: duckdb.DuckDBPyConnection, as_of: dt.date, source: str) -> dict[str, str]:
    """Create the views of current records and the parameters; returns their fingerprints."""
    prints = current.create_views(con, as_of, source)
    con.execute("create or replace table parameters as select cast(? as date) as as_of", [as_of])
    prints["parameters"] = as_of.isoformat()
    return prints


def make_models(
    con: duckdb.DuckDBPyConnection,
    models: Mapping[str, Model],
    prints: dict[str, str],
    known: Mapping[str, str],
    *,
    keep_ledger: bool = True,
    compute: Compute | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> tuple[list[str], list[Finding]]:
    """Make each model whose SQL or inputs changed, in order, and check it.

    `prints` holds the inputs' fingerprints and gains the models'; `known` holds those of the
    tables that stand. Returns the names made and what the checks found.
    """
    reads = graph.inputs(models)
    order = graph.in_order(reads)
    made: list[str] = []
    findings: list[Finding] = []
    told: list[tuple[str, str, int, dt.datetime, float]] = []
    moment = clock.now().replace(tzinfo=None)
    for done, name in enumerate(order, start=1):
        model = models[name]
        said = [model.fingerprint, *(f"{t}={prints.get(t, '')}" for t in sorted(reads[name]))]
        prints[name] = hashlib.sha256("\n".join(said).encode("utf-8")).hexdigest()
        if known.get(name) != prints[name]:
            began = time.monotonic()
            rows, wrong = _make(con, model, prints[name], compute)
            findings += wrong
            made.append(name)
            told.append((name, prints[name], rows, moment, time.monotonic() - began))
        if on_progress:
            on_progress(Progress(name, done, len(order)))
    if keep_ledger and told:
        con.executemany("delete from ledger_models where model = ?", [row[:1] for row in told])
        con.executemany("insert into ledger_models values (?, ?, ?, ?, ?)", told)
    return made, findings


def _make(
    con: duckdb.DuckDBPyConnection, model: Model, fingerprint: str, compute: Compute | None
) -> tuple[int, list[Finding]]:
    query, findings = compute(model, fingerprint) if compute else (model.sql, [])
    grain = ", ".join(f'"{c}"' for c in model.grain) or "all"
    try:
        con.execute(
            f'create or replace table "{model.name}" as'
            f" select * from (\n{query}\n) order by {grain}"
        )
    except duckdb.Error as error:
        raise Trouble(f"The model {model.name} cannot be computed: {error}") from error
    if compute is None:
        return check_model(con, model)
    row = con.execute(f'select count(*) from "{model.name}"').fetchone()
    return (int(row[0]) if row else 0), findings


def _refuse(findings: list[Finding], where: str) -> None:
    if findings:
        raise CheckFailed(
            f"Checks failed, {where}:\n" + "\n".join(f"  {finding}" for finding in findings),
            "Mend the records or the model; the last published build stays as it was.",
        )


def _drop_orphans(
    con: duckdb.DuckDBPyConnection, models: Mapping[str, Model], known: Mapping[str, str]
) -> None:
    for name in sorted(known.keys() - models.keys()):
        con.execute(f'drop table if exists "{name}"')
        con.execute("delete from ledger_models where model = ?", [name])


def _build_fingerprint(con: duckdb.DuckDBPyConnection, as_of: dt.date) -> str:
    # the id of a batch is a hash of its content: the same records give the same build anywhere
    batches = con.execute(
        "select md5(string_agg(concat_ws(' ', batch_id, rows_accepted, rows_quarantined), ' '"
        " order by batch_no)) from ledger_batches"
    ).fetchone()
    said = (batches, as_of, code_fingerprint(assets.asset("sql")))
    return hashlib.sha256(repr(said).encode("utf-8")).hexdigest()


def _publish(con: duckdb.DuckDBPyConnection, home: Home, build_id: str) -> None:
    models = [
        row[0] for row in con.execute("select model from ledger_models order by 1").fetchall()
    ]
    records = [f"raw_{kind}" for kind in known_kinds(con) if kind not in BULK]
    publish.publish(con, home, ["parameters", *models, *records, *_LEDGERS], build_id)


def _is_published(home: Home, build_id: str) -> bool:
    kept = home.published_before / f"{build_id}.duckdb"
    return kept.exists() and home.published_file.exists() and kept.samefile(home.published_file)


def _catalog(con: duckdb.DuckDBPyConnection) -> str:
    row = con.execute("select current_database()").fetchone()
    return str(row[0]) if row else "warehouse"
