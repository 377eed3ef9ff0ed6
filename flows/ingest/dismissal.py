"""Rows and files that leave quarantine by a person's decision, and come back by another.

The quarantine file stays as it was written; only what counts as open changes.
"""

from __future__ import annotations

import getpass
from collections import Counter
from typing import TYPE_CHECKING

from flows.ingest import held
from warehouse import clock, decisions
from warehouse.decisions import Decision, DismissedRows
from warehouse.errors import WrongUse
from warehouse.records import tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from flows.ingest.manifest import Manifest
    from warehouse.home import Home
    from warehouse.ledger import Batch

#: A reason of fewer characters says nothing to who reads it in a year.
_SHORTEST = 3


def dismiss(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    name: str,
    because: str,
    *,
    line: int | None = None,
    who: str | None = None,
) -> list[Decision]:
    """Dismiss what is in quarantine of a batch or file called `name`, and its records that others
    contradict; or only what stands on one line.

    The caller holds the writer lock. Raises WrongUse without a reason, or where nothing of that
    name is open.
    """
    because = _reason(because)
    decided = held.manifests(home)
    open_batches = {row["batch_id"] for row in held.open_counts(home, decided)}
    contradicted = _contradicted(con, name, line)
    found = [] if contradicted else held.find(home, decided, name)
    _one_is_meant(name, [one.batch for one in found] or [decided[b].batch for b in contradicted])
    made = []
    for one in found:
        batch = one.batch
        if batch.status == "refused":
            if line is None:
                made.append(_decide(home, "dismiss", one, because, who, subject="file"))
        elif batch.batch_id in open_batches:
            rows = None if line is None else _rows_on(home, decided, batch.batch_id, line)
            if rows is None or rows:
                made.append(_decide(home, "dismiss", one, because, who, rows=rows))
    for batch_id, rows in contradicted.items():
        made.append(_decide(home, "dismiss", decided[batch_id], because, who, rows=rows))
        if line is None and batch_id in open_batches:
            made.append(_decide(home, "dismiss", decided[batch_id], because, who))
    if not made:
        at = "" if line is None else f" on line {line}"
        raise WrongUse(f"Nothing of {name} is in quarantine{at}.", "See: chipbrief quarantine list")
    decisions.apply(con, home)
    return made


def restore(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    name: str,
    because: str,
    *,
    line: int | None = None,
    who: str | None = None,
) -> list[Decision]:
    """Take back the dismissals of a batch or file called `name`, or only those of one line.

    The caller holds the writer lock. Raises WrongUse without a reason, or where nothing of that
    name was dismissed.
    """
    because = _reason(because)
    standing = decisions.in_effect(decisions.read_all(home))
    found = [one for one in standing if one.batch_id == name or one.file_name == name]
    found = found or [one for one in standing if one.batch_id.startswith(name)]
    if line is not None:
        whole = next((one for one in found if one.rows is None), None)
        if whole is not None:
            raise WrongUse(
                f"Decision {whole.number} dismissed all of {whole.file_name}.",
                "Leave out --line to restore it; then dismiss again what is to stay dismissed.",
            )
        found = [one for one in found if one.rows and all(row.line == line for row in one.rows)]
    if not found:
        at = "" if line is None else f" on line {line} alone"
        raise WrongUse(
            f"Nothing of {name} was dismissed{at}.", "See: chipbrief quarantine list --dismissed"
        )
    decided = held.manifests(home)
    made = []
    for batch_id in dict.fromkeys(one.batch_id for one in found):
        taken_back = [one for one in found if one.batch_id == batch_id]
        one = decided.get(batch_id)
        if one is None:
            raise WrongUse(
                f"The batch {batch_id} is not in this home any more.", "Restore landing/ first."
            )
        made.append(
            _decide(
                home, "restore", one, because, who,
                subject=taken_back[0].subject,
                restores=tuple(each.number for each in taken_back),
            )
        )  # fmt: skip
    decisions.apply(con, home)
    return made


def _one_is_meant(name: str, batches: Sequence[Batch]) -> None:
    """Raises WrongUse where `name` begins the ids of several batches: a decision is of one."""
    by_name = [b for b in batches if name in (b.batch_id, b.file_name)]
    if not by_name and len(batches) > 1:
        shown = ", ".join(b.batch_id for b in batches[:3])
        raise WrongUse(f"{name} may mean several batches: {shown}.", "Name one of them whole.")


def _contradicted(
    con: duckdb.DuckDBPyConnection, name: str, line: int | None
) -> dict[str, tuple[DismissedRows, ...]]:
    """By batch, the records of a batch or file that the last build left out because others
    contradict them, and that nobody has dismissed.
    """
    if "int_contradiction" not in tables(con):
        return {}
    found = con.execute(
        "select batch_id, line, rule from int_contradiction"
        " anti join ledger_dismissed using (batch_id, line, rule)"
        " inner join ledger_batches using (batch_id)"
        " where (file_name = $name or starts_with(batch_id, $name))"
        " and ($line is null or line = $line) order by batch_id, line, rule",
        {"name": name, "line": line},
    ).fetchall()
    by_batch: dict[str, tuple[DismissedRows, ...]] = {}
    for batch_id, at, rule in found:
        by_batch[batch_id] = (*by_batch.get(batch_id, ()), DismissedRows(at, rule, 1))
    return by_batch


def _reason(because: str) -> str:
    said = " ".join(because.split())
    if len(said) < _SHORTEST:
        raise WrongUse(
            "A decision needs a reason in words.",
            'Say why: --because "export of the wrong month"',
        )
    return said


def _rows_on(
    home: Home, decided: dict[str, Manifest], batch_id: str, line: int
) -> tuple[DismissedRows, ...]:
    """The open rows of a batch that stand on a line, counted by rule."""
    counted = Counter(
        row.rule
        for row in held.rows_of(home, decided, batch_id)
        if row.line == line and not row.released_by and not row.dismissed_by
    )
    return tuple(DismissedRows(line, rule, rows) for rule, rows in sorted(counted.items()))


def _decide(
    home: Home,
    decision: str,
    one: Manifest,
    because: str,
    who: str | None,
    *,
    subject: str = "rows",
    rows: tuple[DismissedRows, ...] | None = None,
    restores: tuple[int, ...] = (),
) -> Decision:
    made = Decision(
        number=decisions.next_number(home),
        decision="restore" if decision == "restore" else "dismiss",
        subject="file" if subject == "file" else "rows",
        batch_id=one.batch.batch_id,
        kind=one.batch.kind,
        file_name=one.batch.file_name,
        file_sha256=one.batch.file_sha256,
        because=because,
        who=(who or "").strip() or _user(),
        decided_at=clock.now(),
        rows=rows,
        restores=restores,
    )
    decisions.write(home, made)
    return made


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no name for this user id
        return "unknown"
