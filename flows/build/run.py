"""The build: models that a change reaches, checks, one transaction, then publishing.

May touch the warehouse file and the published copy, both through `warehouse`.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from flows import assets
from flows.build.model import code_fingerprint
from warehouse import clock, failpoint, ledger, publish
from warehouse.errors import CheckFailed, ModelFailed, WrongUse
from warehouse.records import BULK, known_kinds
from warehouse.transaction import transaction

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Container, Iterator

    from flows.build.check import Finding
    from flows.build.code import Code
    from flows.build.current import Records
    from flows.build.make import Compute, Progress
    from warehouse.home import Home

_ID_LENGTH = 16
_LEDGERS = ("ledger_batches", "ledger_quarantine", "ledger_released", "ledger_dismissed",
            "ledger_runs", "ledger_models", "ledger_builds", "ledger_kinds")  # fmt: skip


@dataclass(frozen=True)
class BuildReport:
    """What a build did: the models made anew, those left as they were, and the build's id; how
    many records are left out because they contradict others.
    """

    build_id: str
    as_of: dt.date
    built: list[str] = field(default_factory=list)
    unchanged: int = 0
    seconds: float = 0.0
    is_new: bool = True
    #: What was wrong with the published file that this build has written anew.
    mended: str = ""
    contradictions: int = 0

    @property
    def exit_code(self) -> int:
        """0 done, 4 some records are left out of the figures because others contradict them."""
        return 4 if self.contradictions else 0


def build(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    *,
    as_of: dt.date,
    full: bool = False,
    compute: Compute | None = None,
    when_made: Callable[[duckdb.DuckDBPyConnection], object] = lambda _: None,
    on_progress: Callable[[Progress], None] | None = None,
) -> BuildReport:
    """Bring every model up to date with the records as known on `as_of`, check and publish.

    All or nothing: when a check of severity `invariant` fails the transaction is rolled back,
    CheckFailed names the rows and the records behind them, and readers keep what was published
    before; so does ModelFailed for a model that cannot be computed. `compute` is another engine's.
    `when_made` is called with a connection that sees the models, once they are checked and as
    early as it can do no harm to the build; it raises nothing.
    """
    ledger.ensure(con)
    started = time.monotonic()
    fingerprint = _build_fingerprint(con, as_of)
    build_id = fingerprint[:_ID_LENGTH]
    last = con.execute(
        "select fingerprint from ledger_builds order by build_no desc limit 1"
    ).fetchone()
    if not full and last and last[0] == fingerprint:
        mended = publish.damage(home)
        if mended or not _is_published(home, build_id):
            _publish(con, home, build_id, full=bool(mended))
        return BuildReport(
            build_id,
            as_of,
            is_new=False,
            mended=mended,
            contradictions=_contradictions(con),
        )
    if not known_kinds(con):
        raise WrongUse(
            "There are no records to build from yet.",
            "Run `chipbrief run`, or `chipbrief ingest` with files of your own.",
        )
    # a run in which nothing changed comes no further, and loads nothing of the making
    from flows.build import abreast
    from flows.build.code import remembered
    from flows.build.make import Standing, make_models, write_ledger

    code = remembered(assets.asset("sql"))
    standing = Standing() if full else Standing.of(con)
    is_small = compute is None and abreast.suits(con)
    failpoint.reach("build.begin")
    with (
        _explained(con, code, as_of),
        abreast.connections(con) if is_small else nullcontext() as beside,
        ExitStack() as stack,
    ):
        if beside:
            records = prepare(beside[0], as_of, catalog_of(con))
            made, findings = abreast.make_all(
                beside, code, records, standing, catalog_of(con), on_progress=on_progress
            )
            _refuse(findings)
            when_made(beside[0])
            # only now: a transaction sees of a catalog what was there when it first looked
            stack.enter_context(transaction(con))
            prepare(con, as_of, catalog_of(con), full=full)
            abreast.take(con, made, standing)
        else:
            stack.enter_context(transaction(con))
            records = prepare(con, as_of, catalog_of(con), full=full)
            made, findings = make_models(
                con, code, records, standing, compute=compute, on_progress=on_progress
            )
            _refuse(findings)
        write_ledger(con, made, records.prints)
        _drop_orphans(con, code.models)
        _record(con, fingerprint, as_of)
        failpoint.reach("build.made")
    failpoint.reach("build.committed")
    if not is_small:
        when_made(con)
    mended = publish.damage(home)
    _publish(con, home, build_id, full=full or bool(mended))
    built = [one.model for one in made]
    return BuildReport(
        build_id,
        as_of,
        built,
        len(code.models) - len(built),
        time.monotonic() - started,
        mended=mended,
        contradictions=_contradictions(con),
    )


def is_of_this_code(con: duckdb.DuckDBPyConnection, catalog: str = "") -> bool:
    """Whether the last build in a catalog was made by the models of this version."""
    own = f'"{catalog}".main.' if catalog else ""
    row = con.execute(
        f"select code from {own}ledger_builds order by build_no desc limit 1"
    ).fetchone()
    return row is not None and row[0] == code_fingerprint(assets.asset("sql"))


def build_id_for(con: duckdb.DuckDBPyConnection, as_of: dt.date) -> str:
    """The id that a build of the present records and models has as of a day."""
    return _build_fingerprint(con, as_of)[:_ID_LENGTH]


def build_aside(con: duckdb.DuckDBPyConnection, as_of: dt.date, catalog: str) -> None:
    """Build every model as known on `as_of` into an in-memory catalog, and use that catalog.

    The caller goes back by `use` and drops it by `detach`. Raises CheckFailed as `build` does.
    """
    from flows.build import abreast
    from flows.build.code import remembered
    from flows.build.make import Standing, make_models

    source = catalog_of(con)
    is_small = abreast.suits(con)
    con.execute(f"attach ':memory:' as {catalog}")
    code = remembered(assets.asset("sql"))
    con.execute(f"use {catalog}")
    records = prepare(con, as_of, source)
    if is_small:
        with abreast.connections(con, catalog) as beside:
            _, findings = abreast.make_all(beside, code, records, Standing(), source)
    else:
        _, findings = make_models(con, code, records, Standing())
    broken = _broken(findings)
    if broken:
        raise CheckFailed(f"Checks failed as of {as_of}:\n" + "\n".join(f"  {f}" for f in broken))


def prepare(
    con: duckdb.DuckDBPyConnection, as_of: dt.date, source: str, *, full: bool = False
) -> Records:
    """Create the views of current records and the parameters; returns their fingerprints."""
    from flows.build import current

    records = current.create_views(con, as_of, source, full=full)
    con.execute("create or replace table parameters as select cast(? as date) as as_of", [as_of])
    records.prints["parameters"] = as_of.isoformat()
    return records


def _broken(findings: list[Finding]) -> list[Finding]:
    """The findings that stop a build."""
    return [finding for finding in findings if finding.severity == "invariant"]


class _Violated(Exception):
    """Checks of ours that do not hold, on the way out of the transaction."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(len(findings))
        self.findings = findings


def _refuse(findings: list[Finding]) -> None:
    broken = _broken(findings)
    if broken:
        raise _Violated(broken)


@contextmanager
def _explained(con: duckdb.DuckDBPyConnection, code: Code, as_of: dt.date) -> Iterator[None]:
    """Name the records behind what stops a build, once it is rolled back."""
    try:
        yield
    except _Violated as violated:
        from flows.build import violation

        findings = violation.of_findings(con, code, as_of, violated.findings)
        raise CheckFailed(
            "Checks failed, nothing was published:\n"
            + "\n".join(f"  {finding}" for finding in findings),
            "Mend the records or the model; the last published build stays as it was.",
        ) from None
    except ModelFailed as failed:
        from flows.build import violation

        behind = violation.of_model(con, code, as_of, failed.model)
        raise ModelFailed(failed.model, failed.error, behind) from failed


def _contradictions(con: duckdb.DuckDBPyConnection) -> int:
    """How many records are left out of the figures because others contradict them, but for those
    that somebody has dismissed.
    """
    try:
        rows = con.execute(
            "select count(*) from int_contradiction"
            " anti join ledger_dismissed using (batch_id, line, rule)"
        ).fetchall()
    except duckdb.CatalogException:  # models of a test, or of a build before there was one
        return 0
    return int(rows[0][0])


def _record(con: duckdb.DuckDBPyConnection, fingerprint: str, as_of: dt.date) -> None:
    con.execute(
        "insert into ledger_builds select count(*) + 1, ?, ?, ?, ?, ? from ledger_builds",
        [
            fingerprint[:_ID_LENGTH],
            fingerprint,
            as_of,
            clock.now().replace(tzinfo=None),
            code_fingerprint(assets.asset("sql")),
        ],
    )


def _drop_orphans(con: duckdb.DuckDBPyConnection, models: Container[str]) -> None:
    told = con.execute("select model from ledger_models order by model").fetchall()
    for (name,) in told:
        if name not in models:
            con.execute(f'drop table if exists "{name}"')
            con.execute("delete from ledger_models where model = ?", [name])


def _build_fingerprint(con: duckdb.DuckDBPyConnection, as_of: dt.date) -> str:
    # the id of a batch is a hash of its content: the same records give the same build anywhere
    batches = con.execute(
        "select md5(string_agg(concat_ws(' ', batch_id, rows_accepted, rows_quarantined), ' '"
        " order by batch_no)) from ledger_batches"
    ).fetchone()
    dismissed = con.execute(
        "select md5(string_agg(concat_ws(' ', batch_id, line, rule, rows), ';' order by batch_id,"
        " line, rule)) from ledger_dismissed"
    ).fetchone()
    said = (batches, dismissed, as_of, code_fingerprint(assets.asset("sql")))
    return hashlib.sha256(repr(said).encode("utf-8")).hexdigest()


def _publish(
    con: duckdb.DuckDBPyConnection, home: Home, build_id: str, *, full: bool = False
) -> None:
    # a model of the checks layer has no rows in a build that stands
    contents: dict[str, str] = dict(
        con.execute(
            "select model, content from ledger_models where not starts_with(model, 'chk_')"
            " order by 1"
        ).fetchall()
    )
    kinds = [f"raw_{kind}" for kind in known_kinds(con) if kind not in BULK]
    tables = ["parameters", *contents, *kinds, *_LEDGERS]
    # versions are only appended, a batch at a time, and a batch is named by its content
    contents |= con.execute(
        "select 'raw_' || kind, md5(concat_ws(' ', any_value(columns), string_agg(concat_ws("
        "' ', batch_id, batch_no, rows_accepted, recorded_at), ' ' order by batch_no)))"
        " from ledger_kinds left join ledger_batches using (kind) group by kind"
    ).fetchall()
    publish.publish(con, home, tables, build_id, contents=contents, anew=full)


def _is_published(home: Home, build_id: str) -> bool:
    kept = home.published_before / f"{build_id}.duckdb"
    return kept.exists() and home.published_file.exists() and kept.samefile(home.published_file)


def catalog_of(con: duckdb.DuckDBPyConnection) -> str:
    """The catalog in use."""
    row = con.execute("select current_database()").fetchone()
    return str(row[0]) if row else "warehouse"
