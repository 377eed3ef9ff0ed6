"""What is held back, read from the files that ingest left: no lock, no build, always as it is.

The ledgers are made again in memory from the manifests, so the rule for what is still open is
the one of the warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.ingest import manifest
from warehouse import decisions, ledger
from warehouse.errors import WrongUse
from warehouse.store import connect

if TYPE_CHECKING:
    import duckdb

    from flows.ingest.manifest import Manifest
    from warehouse.home import Home
    from warehouse.ledger import Batch


@dataclass(frozen=True)
class HeldRow:
    """One quarantined row: where it stands, what it broke, its raw text; the batch that let it in
    since, or the number of the decision that dismissed it.
    """

    batch_id: str
    kind: str
    provider: str
    file_name: str
    file_sha256: str
    line: int | None
    rule: str
    rules: str
    reason: str
    raw: str | None
    released_by: str | None
    dismissed_by: int | None = None


def manifests(home: Home) -> dict[str, Manifest]:
    """Every decided batch by its id, in the order of their numbers."""
    found = [manifest.read(path) for path in home.manifests.glob("*.json")]
    return {m.batch.batch_id: m for m in sorted(found, key=lambda m: m.batch.batch_no)}


def open_counts(home: Home, decided: dict[str, Manifest]) -> list[dict[str, Any]]:
    """Rows still held back by batch and rule, newest batch first, with the batch's own words."""
    with _ledgers(home, decided) as con:
        rows = con.execute(
            f"select open.batch_id, open.kind, provider, open.file_name, open.rule, open.rows,"
            f" recorded_at from ({ledger.open_sql()}) as open"
            " inner join ledger_batches using (batch_id)"
            " order by batch_no desc, open.rows desc, open.rule"
        ).fetchall()
    found = []
    for batch_id, kind, provider, file_name, rule, count, recorded_at in rows:
        said = next(f for f in decided[batch_id].findings if f.rule == rule)
        found.append(
            {"batch_id": batch_id, "kind": kind, "provider": provider, "file_name": file_name,
             "rule": rule, "rows": count, "recorded_at": recorded_at,
             "first_line": said.first_line, "example": said.example}
        )  # fmt: skip
    return found


def refused(home: Home, decided: dict[str, Manifest]) -> dict[str, Manifest]:
    """The refusals of files of which nothing has been read since, from the same bytes or in a
    replay, and that nobody dismissed; of a file that was refused more than once the last one.
    """
    dismissed = decisions.dismissed_files(home)
    read = [m.batch for m in decided.values() if m.batch.status == "accepted"]
    # a packed file that could not be opened is answered by any of its tables
    taken = {(b.file_sha256, within) for b in read for within in ("", _within(b))}
    answered = {name for batch in read for name in batch.reason.split() if batch.reason}
    last = {
        (m.batch.file_sha256, m.batch.file_name): m
        for m in decided.values()
        if m.batch.status == "refused"
        and (m.batch.file_sha256, _within(m.batch)) not in taken
        and m.batch.batch_id not in answered
        and (m.batch.file_sha256, m.batch.file_name) not in dismissed
    }
    return {m.batch.batch_id: m for m in last.values()}


def _within(batch: Batch) -> str:
    """The name of a table within a packed file."""
    return batch.file_name.partition("/")[2]


def refused_files(home: Home, decided: dict[str, Manifest]) -> list[dict[str, Any]]:
    """What is told of files of which nothing has been read, the last one first."""
    return [
        {"batch_id": m.batch.batch_id, "kind": m.batch.kind, "file_name": m.batch.file_name,
         "reason": m.batch.reason, "recorded_at": m.batch.recorded_at}
        for m in reversed(refused(home, decided).values())
    ]  # fmt: skip


def find(home: Home, decided: dict[str, Manifest], name: str) -> list[Manifest]:
    """The batches that a person means by an id, the beginning of one, or a file's name: those
    that held rows back, and refusals of files that still cannot be read.

    Raises WrongUse where there is none under that name.
    """
    held = {b: m for b, m in decided.items() if m.held_back} | refused(home, decided)
    found = [held[name]] if name in held else []
    found = found or [m for m in held.values() if m.batch.file_name == name]
    found = found or [m for b, m in held.items() if b.startswith(name)]
    if found:
        return found
    raise WrongUse(
        f"No row of a batch or file {name!r} is held back.",
        "See `chipbrief quarantine list` for what is.",
    )


def rows_of(home: Home, decided: dict[str, Manifest], batch_id: str) -> list[HeldRow]:
    """The rows that a batch held back, in the order of its file, those released since too."""
    batch = decided[batch_id].batch
    path = home.quarantine_file(batch.kind, batch_id)
    with connect(":memory:") as con:
        found = con.execute(
            "select batch_id, kind, provider, file_name, file_sha256, line, rule, rules, reason,"
            " raw from read_parquet(?) order by line, rule, reason",
            [str(path)],
        )
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    released = {
        (one.line, one.rule): m.batch.batch_id
        for m in decided.values()
        for one in m.releases
        if one.batch_id == batch_id
    }
    dismissed: dict[tuple[int | None, str], int] = {}
    whole: int | None = None
    for decision in decisions.in_effect(decisions.read_all(home)):
        if decision.batch_id == batch_id and decision.subject == "rows":
            if decision.rows is None:
                whole = decision.number
            else:
                dismissed |= {(one.line, one.rule): decision.number for one in decision.rows}
    return [
        HeldRow(
            **row,
            released_by=released.get((row["line"], row["rule"])),
            dismissed_by=dismissed.get((row["line"], row["rule"]), whole),
        )
        for row in rows
    ]


def _ledgers(home: Home, decided: dict[str, Manifest]) -> duckdb.DuckDBPyConnection:
    con = connect(":memory:")
    ledger.ensure(con)
    for one in decided.values():
        ledger.record_batch(con, one.batch)
        ledger.record_quarantine(con, one.batch, one.held_back)
        ledger.record_releases(con, one.batch, one.releases)
    decisions.apply(con, home)
    return con
