"""Decisions of people: what they dismissed from quarantine, who, when and why.

One small JSON file a decision below `decisions/`, outside the warehouse: `rebuild` keeps them. A
decision is never changed or deleted; one that restores names the ones that it takes back.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from warehouse import durable
from warehouse.audit import Audit
from warehouse.errors import Trouble
from warehouse.transaction import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from warehouse.home import Home

_DIGITS = 6


@dataclass(frozen=True)
class DismissedRows:
    """How many quarantined rows of a rule stand on one line of a batch's file."""

    line: int | None
    rule: str
    rows: int


@dataclass(frozen=True)
class Decision:
    """One decision. `rows` are the quarantined rows that it dismisses, or records that others
    contradict; None means all of the batch, or the whole file where no row of it could be read
    (`subject` is `file`).

    `restores` are the numbers of the decisions that a `restore` takes back.
    """

    number: int
    decision: Literal["dismiss", "restore"]
    subject: Literal["rows", "file"]
    batch_id: str
    kind: str
    file_name: str
    file_sha256: str
    because: str
    who: str
    decided_at: dt.datetime
    rows: tuple[DismissedRows, ...] | None = None
    restores: tuple[int, ...] = field(default=())


def write(home: Home, decision: Decision) -> Path:
    """Keep a decision; the caller holds the writer lock. Returns its file."""
    path = home.decisions / f"{decision.number:0{_DIGITS}d}-{decision.decision}.json"
    stated = asdict(decision) | {"decided_at": decision.decided_at.isoformat()}
    text = json.dumps(stated, ensure_ascii=False, indent=2) + "\n"
    durable.write_text(path, text, "decision")
    return path


def read(path: Path) -> Decision:
    """The decision that a file holds. Raises Trouble, naming the file, where it is damaged."""
    try:
        stated: dict[str, Any] = json.loads(path.read_text("utf-8"))
        rows = stated["rows"]
        return Decision(
            **stated
            | {
                "decided_at": dt.datetime.fromisoformat(stated["decided_at"]),
                "rows": None if rows is None else tuple(DismissedRows(**row) for row in rows),
                "restores": tuple(stated["restores"]),
            }
        )
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Trouble(
            f"{path} is no decision that can be read: {error}",
            "Restore it from a copy of the home, or remove it and decide again.",
        ) from error


def files(home: Home) -> list[Path]:
    """The files of all decisions, in their order."""
    return sorted(home.decisions.glob("[0-9]*.json"))


def read_all(home: Home) -> list[Decision]:
    """Every decision that can be read, in order; `verify` names the files that cannot."""
    found = []
    for path in files(home):
        try:
            found.append(read(path))
        except Trouble:
            continue
    return found


def audit(home: Home) -> Audit:
    """Whether every decision can be read."""
    found = Audit("decisions", "every decision of a person can be read")
    for path in files(home):
        found.looked_at += 1
        try:
            read(path)
        except Trouble as trouble:
            found.flaw(path, trouble.what, trouble.way_out)
    return found


def next_number(home: Home) -> int:
    """The number of the next decision, above that of every file there, damaged or not."""
    numbers = [int(path.name.partition("-")[0]) for path in files(home)]
    return max(numbers, default=0) + 1


def in_effect(decided: Sequence[Decision]) -> list[Decision]:
    """The dismissals that no later decision has taken back."""
    restored = {number for one in decided for number in one.restores}
    return [one for one in decided if one.decision == "dismiss" and one.number not in restored]


def dismissed_files(home: Home) -> dict[tuple[str, str], Decision]:
    """Refused files that were dismissed, by the hash of their bytes and their name."""
    return {
        (one.file_sha256, one.file_name): one
        for one in in_effect(read_all(home))
        if one.subject == "file"
    }


def apply(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Make the ledger of dismissals say what the decisions say; does nothing where it does."""
    wanted = [
        (one.batch_id, row.line, row.rule, row.rows, one.number)
        for one in in_effect(read_all(home))
        if one.subject == "rows"
        for row in (one.rows if one.rows is not None else (DismissedRows(None, "", 0),))
    ]
    found = con.execute(
        "select batch_id, line, rule, rows, decision from ledger_dismissed order by all"
    ).fetchall()
    if sorted(found, key=_by_place) == sorted(wanted, key=_by_place):
        return
    with transaction(con):
        con.execute("delete from ledger_dismissed")
        for row in wanted:
            con.execute("insert into ledger_dismissed values (?, ?, ?, ?, ?)", list(row))


def _by_place(row: tuple[Any, ...]) -> tuple[Any, ...]:
    batch_id, line, rule, rows, number = row
    return batch_id, -1 if line is None else line, rule, rows, number
