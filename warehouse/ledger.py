"""The ledgers: batches received, rows held back and released, files seen, addresses fetched, runs.

Each row is written in the transaction of what it tells of.

Law of every batch: rows read = accepted + duplicate + quarantined.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Literal

from warehouse import clock, failpoint
from warehouse.errors import Trouble
from warehouse.transaction import transaction

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import duckdb

_TABLES = """
create table if not exists ledger_batches (
    batch_id varchar, batch_no bigint, kind varchar, provider varchar, file_name varchar,
    file_sha256 varchar, file_bytes bigint, contract_version integer, status varchar,
    reason varchar, rows_read bigint, rows_accepted bigint, rows_duplicate bigint,
    rows_quarantined bigint, recorded_at timestamp);
create table if not exists ledger_quarantine (
    batch_id varchar, kind varchar, file_name varchar, rule varchar, rows bigint);
create table if not exists ledger_released (
    batch_id varchar, line bigint, rule varchar, rows bigint, released_by varchar,
    recorded_at timestamp);
create table if not exists ledger_dismissed (
    batch_id varchar, line bigint, rule varchar, rows bigint, decision bigint);
create table if not exists ledger_landed (
    kind varchar, batch_id varchar, batch_no bigint, bytes bigint);
create table if not exists ledger_files (
    path varchar, bytes bigint, modified_ns bigint, sha256 varchar, options varchar);
create table if not exists ledger_fetches (
    address_sha256 varchar, shown varchar, etag varchar, last_modified varchar);
create table if not exists ledger_runs (
    run_id varchar, command varchar, started_at timestamp, finished_at timestamp,
    outcome varchar, exit_code integer, said varchar);
create table if not exists ledger_models (
    model varchar, fingerprint varchar, rows bigint, built_at timestamp, seconds double);
alter table ledger_models add column if not exists content varchar;
create table if not exists ledger_inputs (input varchar, content varchar);
create table if not exists ledger_builds (
    build_no bigint, build_id varchar, fingerprint varchar, as_of date,
    built_at timestamp, code varchar);
"""


@dataclass(frozen=True)
class Batch:
    """One file of one kind as it came in, and where its rows went."""

    batch_id: str
    batch_no: int
    kind: str
    provider: str
    file_name: str
    file_sha256: str
    file_bytes: int
    contract_version: int
    status: Literal["accepted", "refused"]
    reason: str
    rows_read: int
    rows_accepted: int
    rows_duplicate: int
    rows_quarantined: int
    recorded_at: dt.datetime


@dataclass(frozen=True)
class Release:
    """A line of a batch that was held back under a rule and has been let in since.

    `rows` is how many rows of quarantine stand on the line: one, but for a file that holds
    several records a line.
    """

    batch_id: str
    line: int
    rule: str
    rows: int


def ensure(con: duckdb.DuckDBPyConnection) -> None:
    """Create the ledgers where they are missing."""
    with transaction(con):
        con.execute(_TABLES)


def record_batch(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Write a batch to the ledger; the caller's transaction holds its rows too.

    Raises Trouble if the law of the batch does not hold.
    """
    if batch.rows_read != batch.rows_accepted + batch.rows_duplicate + batch.rows_quarantined:
        raise Trouble(
            f"{batch.file_name}: {batch.rows_read} rows read, but {batch.rows_accepted} accepted"
            f" + {batch.rows_duplicate} duplicate + {batch.rows_quarantined} quarantined."
        )
    values = asdict(batch)
    values["recorded_at"] = batch.recorded_at.replace(tzinfo=None)
    marks = ", ".join("?" for _ in values)
    con.execute(f"insert into ledger_batches values ({marks})", list(values.values()))


def find_batch(con: duckdb.DuckDBPyConnection, batch_id: str) -> Batch | None:
    """The batch of this id, or None."""
    names = ", ".join(field.name for field in fields(Batch))
    # fetched to the end: DuckDB 2 lets no other query in beside an unfinished result
    rows = con.execute(
        f"select {names} from ledger_batches where batch_id = ?", [batch_id]
    ).fetchall()
    return Batch(*rows[0]) if rows else None


def next_batch_no(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the next batch: batches are told apart and ordered by it."""
    row = con.execute("select coalesce(max(batch_no), 0) + 1 from ledger_batches").fetchone()
    return int(row[0]) if row else 1


def record_quarantine(con: duckdb.DuckDBPyConnection, batch: Batch, counts: dict[str, int]) -> None:
    """Write how many rows of a batch each rule held back (by a row's first failed rule)."""
    for rule, rows in sorted(counts.items()):
        con.execute(
            "insert into ledger_quarantine values (?, ?, ?, ?, ?)",
            [batch.batch_id, batch.kind, batch.file_name, rule, rows],
        )


def record_releases(
    con: duckdb.DuckDBPyConnection, batch: Batch, releases: Sequence[Release]
) -> None:
    """Write which rows held back a batch lets in. That they were held stays on record."""
    for one in releases:
        con.execute(
            "insert into ledger_released values (?, ?, ?, ?, ?, ?)",
            [
                one.batch_id, one.line, one.rule, one.rows, batch.batch_id,
                batch.recorded_at.replace(tzinfo=None),
            ],
        )  # fmt: skip


def open_sql(catalog: str = "") -> str:
    """The query for rows in quarantine, by batch and rule: held back, less those let in or
    dismissed since. A dismissal without a line is of its whole batch.

    A file that was read again under a newer contract holds its rows back anew: what an older
    reading of the same bytes held is no longer open. `catalog` qualifies the ledgers.
    """
    own = f'"{catalog}".main.' if catalog else ""
    return f"""
        with released as (
            select batch_id, rule, sum(rows) as rows
            from (
                select batch_id, line, rule, rows from {own}ledger_released
                union all
                select batch_id, line, rule, rows from {own}ledger_dismissed
                anti join {own}ledger_released using (batch_id, line, rule)
            )
            group by batch_id, rule
        ),
        reading as (
            select *
            from {own}ledger_batches
            where status = 'accepted'
                and batch_id not in (select released_by from {own}ledger_released)
        ),
        read_again as (
            select older.batch_id
            from reading as older
            inner join reading as newer using (file_sha256, kind, provider)
            where newer.contract_version > older.contract_version
        )
        select
            held.kind,
            held.batch_id,
            held.file_name,
            held.rule,
            cast(held.rows - coalesce(released.rows, 0) as bigint) as rows
        from {own}ledger_quarantine as held
        left join released using (batch_id, rule)
        where held.rows > coalesce(released.rows, 0)
            and held.batch_id not in (select batch_id from read_again)
            and held.batch_id not in (
                select batch_id from {own}ledger_dismissed where line is null
            )"""


def remember_file(
    con: duckdb.DuckDBPyConnection,
    path: str,
    size: int,
    modified_ns: int,
    sha256: str,
    options: str = "",
) -> None:
    """Remember that a file of this size and time was read under these options."""
    con.execute("delete from ledger_files where path = ? and options = ?", [path, options])
    con.execute(
        "insert into ledger_files values (?, ?, ?, ?, ?)",
        [path, size, modified_ns, sha256, options],
    )


def known_files(con: duckdb.DuckDBPyConnection) -> set[tuple[str, int, int, str]]:
    """(path, bytes, modified_ns, options) of every file read before and unchanged since."""
    rows = con.execute("select path, bytes, modified_ns, options from ledger_files").fetchall()
    return {(path, size, modified, options) for path, size, modified, options in rows}


def remember_fetch(
    con: duckdb.DuckDBPyConnection, address_sha256: str, shown: str, etag: str, last_modified: str
) -> None:
    """Remember by which marks a source will know again what was fetched from an address.

    `shown` is the address without credentials.
    """
    con.execute("delete from ledger_fetches where address_sha256 = ?", [address_sha256])
    con.execute(
        "insert into ledger_fetches values (?, ?, ?, ?)",
        [address_sha256, shown, etag, last_modified],
    )


def find_fetch(con: duckdb.DuckDBPyConnection, address_sha256: str) -> tuple[str, str] | None:
    """The ETag and the Last-Modified of what was last fetched from an address, or None."""
    rows = con.execute(
        "select etag, last_modified from ledger_fetches where address_sha256 = ?",
        [address_sha256],
    ).fetchall()
    return rows[0] if rows else None


def record_run(
    con: duckdb.DuckDBPyConnection,
    command: str,
    started_at: dt.datetime,
    outcome: str,
    exit_code: int,
    said: str,
) -> None:
    """Write what a run did: the record of truth, whatever scheduler started it."""
    finished = clock.now()
    failpoint.reach("run-ledger.begin")
    run_id = f"{started_at:%Y%m%dT%H%M%S}-{_runs(con) + 1:06d}"
    con.execute(
        "insert into ledger_runs values (?, ?, ?, ?, ?, ?, ?)",
        [
            run_id,
            command,
            started_at.replace(tzinfo=None),
            finished.replace(tzinfo=None),
            outcome,
            exit_code,
            said,
        ],
    )
    failpoint.reach("run-ledger.done")


def _runs(con: duckdb.DuckDBPyConnection) -> int:
    row = con.execute("select count(*) from ledger_runs").fetchone()
    return int(row[0]) if row else 0
