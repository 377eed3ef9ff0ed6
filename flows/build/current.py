"""The current-version rule: which version of each record counts, on a day.

A version counts when the world knew it by then; of those the one published last wins; of sources
that say otherwise on the same day the one of the stated precedence; of one source's versions the
one recorded last (a correction). An unverified version never displaces another
source's that somebody has seen. Where that version says that it is withdrawn, none counts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flows.build import disagreement, superseded
from flows.build.precedence import needs_words, version_order, word_rank
from flows.build.superseded import Versions
from warehouse import held, landed
from warehouse.records import ROW_ID, KindShape, known_kinds, tables

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import duckdb

    from warehouse.home import Home

#: Rows still held back, by file and rule, for the data-quality section.
QUARANTINE_COLUMNS = {
    "kind": "VARCHAR",
    "batch_id": "VARCHAR",
    "file_name": "VARCHAR",
    "rule": "VARCHAR",
    "rows": "BIGINT",
}

#: Columns of the store that models may read besides a kind's own.
VERSION_COLUMNS = {"batch_id": "VARCHAR", "batch_no": "BIGINT", "recorded_at": "TIMESTAMP"}


@dataclass(frozen=True)
class Records:
    """The views of current records: a fingerprint each, and what is known to have changed.

    `changed` holds, for a view whose versions are kept, the query of the rows that began or
    ceased to count since the last build, `days` that of their days alone, which costs less.
    """

    prints: dict[str, str]
    changed: dict[str, str] = field(default_factory=dict)
    days: dict[str, str] = field(default_factory=dict)


def kind_columns(kinds: Mapping[str, KindShape]) -> dict[str, dict[str, str]]:
    """The columns, with DuckDB types, of the two views of each kind."""
    return {
        f"rec_{kind}{versions}": {**shape.columns, **VERSION_COLUMNS}
        for kind, shape in kinds.items()
        for versions in ("", "_versions")
    }


def view_columns(kinds: Mapping[str, KindShape]) -> dict[str, dict[str, str]]:
    """The columns, with DuckDB types, of every view of records that a model may read."""
    return {
        **kind_columns(kinds),
        "rec_quarantine": QUARANTINE_COLUMNS,
        "rec_held": held.COLUMNS,
        "rec_disagreements": disagreement.DISAGREEMENT_COLUMNS,
    }


def current_sql(
    kind: str,
    shape: KindShape,
    known_to: dt.date,
    source: str,
    precedence: Mapping[str, int] | None = None,
) -> str:
    """The query behind `rec_<kind>`: one row a key, as known on `known_to`.

    `source` qualifies the version table: the catalog that holds it. `precedence` is that of
    `precedence_of`.
    """
    key = ", ".join(f'"{c}"' for c in shape.key)
    known = f"from \"{source}\".main.raw_{kind} where published_on <= date '{known_to.isoformat()}'"
    if needs_words(shape):
        known = f"from (select *, {word_rank(shape)} as word_rank {known})"
    return (
        f"select {_own(shape)} from (select *, row_number() over (partition by {key}"
        f" order by {version_order(shape, precedence or {})}) as version_rank {known})"
        f" where version_rank = 1 and {_stands(shape)}"
    )


def precedence_of(con: duckdb.DuckDBPyConnection, known_to: dt.date, source: str) -> dict[str, int]:
    """The precedence that the records of sources state, as known on a day: id → number."""
    shape = known_kinds(con, source).get("sources")
    if shape is None or "precedence" not in shape.columns:
        return {}
    query = current_sql("sources", shape, known_to, source)
    return dict(
        con.execute(
            f"select key, precedence from ({query}) where precedence is not null order by 1"
        ).fetchall()
    )


def versions_sql(kind: str, shape: KindShape, known_to: dt.date, source: str) -> str:
    """The query behind `rec_<kind>_versions`: all that was said of each key by `known_to`."""
    return (
        f'select {_own(shape)} from "{source}".main.raw_{kind}'
        f" where published_on <= date '{known_to.isoformat()}'"
    )


def kept_sql(kind: str, shape: KindShape, known_to: dt.date, table: str, row_id: str) -> str:
    """The query behind `rec_<kind>` where the superseded versions are kept by their row ids."""
    return superseded.current_sql(kind, table, row_id, _own(shape), known_to, _stands(shape))


def create_views(
    con: duckdb.DuckDBPyConnection, known_to: dt.date, source: str, *, full: bool = False
) -> Records:
    """Create `rec_<kind>` for every kind, `rec_quarantine`, `rec_held` and `rec_disagreements`
    too, in the catalog in use.

    `rec_<kind>_versions` beside it tells a restatement from a first figure. A kind whose versions
    are not in `source` (too large to be published) gets no view. A fingerprint changes when a new
    version is known, not with the day. Of a kind with many versions the superseded ones are kept,
    and followed unless the whole is asked for.
    """
    records = Records({})
    kept: dict[str, tuple[str | None, str]] = {}
    there = tables(con, source)
    kinds = {k: s for k, s in known_kinds(con, source).items() if f"raw_{k}" in there}
    precedence = precedence_of(con, known_to, source) if "sources" in kinds else {}
    for kind, told, versions in _look(con, kinds, known_to, source, there):
        shape, view = kinds[kind], f"rec_{kind}"
        query = current_sql(kind, shape, known_to, source, precedence)
        if versions.total >= superseded.KEPT_FROM:
            order = version_order(shape, precedence)
            query = kept_sql(kind, shape, known_to, versions.table, versions.row_id)
            follows = superseded.keep(con, versions, shape, known_to, order=order, full=full)
            kept[kind] = superseded.contested_print(con, kind), versions.row_id
            if follows:
                rows = f"select version.* from {versions.table} as version semi join"
                same = f"as one on version.{versions.row_id} = one.row_id"
                for name, among in ((view, "changed"), (f"{view}_versions", "arrived")):
                    records.changed[name] = f"{rows} {among}_{kind} {same}"
                    records.days[name] = f"from {among}_{kind}"
        con.execute(f"create or replace view {view} as {query}")
        query = versions_sql(kind, shape, known_to, source)
        con.execute(f"create or replace view {view}_versions as {query}")
        records.prints[view] = _hash(kind, shape, told, precedence)
        records.prints[f"{view}_versions"] = records.prints[view]
    _disagreements(con, kinds, known_to, source, precedence, kept, records)
    _quarantined(con, there, known_to, source, records)
    return records


def _quarantined(
    con: duckdb.DuckDBPyConnection,
    there: Mapping[str, bool],
    known_to: dt.date,
    source: str,
    records: Records,
) -> None:
    """Create `rec_quarantine` and `rec_held`, as known on the day."""
    with_rows = {"ledger_held", "ledger_dismissed"} <= there.keys()
    # a copy published before rows could be released or dismissed has no ledger of it
    counted = (
        held.counts_sql(source, known_to, with_rows=with_rows)
        if {"ledger_released", "ledger_dismissed"} <= there.keys()
        else f'select kind, batch_id, file_name, rule, rows from "{source}".main.ledger_quarantine'
    )
    rows = held.open_sql(source, known_to) if with_rows else held.none_sql()
    con.execute(f"create or replace view rec_quarantine as {counted}")
    con.execute(f"create or replace view rec_held as {rows}")
    counts = con.execute("select batch_id, rule, rows from rec_quarantine order by all").fetchall()
    # of one batch and rule other rows may be known on another day
    told = con.execute("select count(*), sum(hash(batch_id, line, rule)) from rec_held").fetchall()
    records.prints["rec_quarantine"] = _hash(counts)
    records.prints["rec_held"] = _hash(counts, told)


def _disagreements(
    con: duckdb.DuckDBPyConnection,
    kinds: Mapping[str, KindShape],
    known_to: dt.date,
    source: str,
    precedence: Mapping[str, int],
    kept: Mapping[str, tuple[str | None, str]],
    records: Records,
) -> None:
    """Create `rec_disagreements` over the kinds that are contested.

    `kept` gives, of each kind whose versions are kept, the print of the contested ones and the
    column of row ids.
    """
    others = {kind: shape for kind, shape in kinds.items() if kind not in kept}
    prints = {k: records.prints[f"rec_{k}"] for k in disagreement.contested(
        con, others, known_to, source
    )}  # fmt: skip
    prints |= {kind: _hash(told, precedence) for kind, (told, _) in kept.items() if told}
    query = disagreement.all_sql(
        disagreement.kind_sql(
            kind,
            kinds[kind],
            known_to,
            source,
            precedence,
            kept_by=kept[kind][1] if kind in kept else None,
        )
        for kind in sorted(prints)
    )
    con.execute(f"create or replace view rec_disagreements as {query}")
    records.prints["rec_disagreements"] = _hash(sorted(prints.items()))


def _look(
    con: duckdb.DuckDBPyConnection,
    kinds: Mapping[str, KindShape],
    known_to: dt.date,
    source: str,
    there: Mapping[str, bool],
) -> Iterator[tuple[str, tuple[object, ...], Versions]]:
    """Of each kind: what tells its known versions apart, and its version table.

    `there` tells which of them are views, of a table and of landing files.
    """
    known = f"filter (where published_on <= date '{known_to.isoformat()}')"
    queries = []
    for kind in kinds:
        main = f'"{source}".main'
        is_view = there[f"raw_{kind}"]
        stored = f"{main}.stored_{kind}" if is_view else f"{main}.raw_{kind}"
        landed_to = (
            f"(select max(batch_no) from {main}.ledger_landed where kind = '{kind}')"
            if is_view
            else "0"
        )
        queries.append(
            f"select '{kind}', max(batch_no) {known}, count(*) {known}, max(published_on) {known},"
            f" count(*), (select count(*) from {stored}), (select max(rowid) from {stored}),"
            f" {landed_to}, {is_view} from {main}.raw_{kind}"
        )
    for kind, *told, total, stored_count, last, landed_to, is_view in (
        con.execute(" union all ".join(queries)).fetchall() if queries else ()
    ):
        table, row_id = f'"{source}".main.raw_{kind}', ROW_ID if is_view else "rowid"
        yield (
            kind,
            tuple(told),
            Versions(kind, table, row_id, total, stored_count, last, landed_to),
        )


def _own(shape: KindShape) -> str:
    return ", ".join(f'"{c}"' for c in (*shape.columns, *VERSION_COLUMNS))


def _stands(shape: KindShape) -> str:
    """The condition that a version which counts says that its record stands."""
    return "not coalesce(is_withdrawn, false)" if "is_withdrawn" in shape.columns else "true"


def create_landed_views(
    con: duckdb.DuckDBPyConnection, kind: str, known_to: dt.date, source: str, home: Home
) -> None:
    """Create the views of a kind too large to be published, from its immutable files, by the rule
    and the precedence of every other.

    The batches are those that `source` knew, so that the answer is of one moment.
    """
    shape = known_kinds(con, source)[kind]
    batches = con.execute(
        f'select batch_id, rows_accepted from "{source}".main.ledger_batches'
        " where kind = ? and rows_accepted > 0 order by batch_no",
        [kind],
    ).fetchall()
    columns = {**shape.columns, **VERSION_COLUMNS}
    body = ", ".join(f'"{name}" {type_}' for name, type_ in columns.items())
    table = f"stored_{kind}"
    con.execute(f"create table {table} ({body})")
    files: dict[bool, list[Path]] = {True: [], False: []}
    for batch_id, rows in batches:
        files[landed.stays(kind, rows)].append(home.landing_file(kind, batch_id))
    copied = landed.versions_sql(columns, table, files[False])
    con.execute(f"insert into {table} by name select * exclude ({ROW_ID}) from ({copied})")
    con.execute(f"create view raw_{kind} as {landed.versions_sql(columns, table, files[True])}")
    own_catalog = _own_catalog(con)
    precedence = precedence_of(con, known_to, source)
    current = current_sql(kind, shape, known_to, own_catalog, precedence)
    versions = versions_sql(kind, shape, known_to, own_catalog)
    con.execute(f"create view rec_{kind} as {current}")
    con.execute(f"create view rec_{kind}_versions as {versions}")


def _own_catalog(con: duckdb.DuckDBPyConnection) -> str:
    row = con.execute("select current_database()").fetchone()
    return str(row[0]) if row else "memory"


def _hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8")).hexdigest()
