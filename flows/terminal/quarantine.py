"""The quarantine on the terminal: what is held back, the raw rows with their reasons, replays."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flows.ingest import held
from flows.terminal import answer
from warehouse import decisions
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.ingest.replayed import Replayed
    from flows.settings import Settings
    from warehouse.decisions import Decision

#: Rows that `show` prints on a terminal; JSON holds them all.
SHOWN = 40
_WAY_OUT = (
    "To let rows in: chipbrief quarantine show {batch} --mend rows.csv, mend them there, then",
    "chipbrief quarantine replay {batch} --file rows.csv. After a change of contract or reader:",
    "chipbrief quarantine replay {batch}. If they are not worth it:",
    'chipbrief quarantine dismiss {batch} --because "why".',
)


def tell_list(
    settings: Settings, kind: str | None, rule: str | None, file: str | None, *, as_json: bool
) -> None:
    """What is still held back, by batch and rule, and the files of which nothing was read."""
    decided = held.manifests(settings.store)
    rows = [
        row
        for row in held.open_counts(settings.store, decided)
        if kind in (None, row["kind"])
        and (rule is None or rule in row["rule"])
        and file in (None, row["file_name"])
    ]
    refused = [
        row
        for row in held.refused_files(settings.store, decided)
        if rule is None and kind in (None, row["kind"]) and file in (None, row["file_name"])
    ]
    if as_json:
        answer.to_json({"held": rows, "refused": refused})
        return
    if not rows and not refused:
        answer.say("Nothing is held back.")
    if rows:
        answer.table(
            f"{sum(row['rows'] for row in rows):,} rows held back",
            ["batch", "file", "rule", "rows", "line", "reason of the first"],
            [
                [r["batch_id"], r["file_name"], r["rule"], r["rows"], r["first_line"], r["example"]]
                for r in rows
            ],
            numeric=[3, 4],
            notes=["See them: chipbrief quarantine show BATCH"],
        )
    if refused:
        answer.table(
            "Files of which nothing could be read",
            ["batch", "file", "reason"],
            [[r["batch_id"], r["file_name"], r["reason"]] for r in refused],
            notes=["Mend them and ingest them again, or: chipbrief quarantine replay BATCH"],
        )


def tell_rows(
    settings: Settings, name: str, line: int | None, mend: Path | None, *, as_json: bool
) -> None:
    """The rows that a batch or a file held back; `mend` is where to write the open ones."""
    home = settings.store
    decided = held.manifests(home)
    found = held.find(home, decided, name)
    batches = [one for one in found if one.held_back]
    if not batches:
        raise WrongUse(
            f"Nothing of {name} could be read: {found[-1].batch.reason}",
            "No single row of it is held back. Mend the file and ingest it again; or say what it"
            f" does not, or let a newer reader at it: chipbrief quarantine replay {name}.",
        )
    rows = [
        row
        for batch in batches
        for row in held.rows_of(home, decided, batch.batch.batch_id)
        if line in (None, row.line)
    ]
    if not rows:
        raise WrongUse(f"No row of line {line} is held back in {name}.", "Leave out --line.")
    if mend is not None:
        from flows.ingest.mending import write_to_mend

        still = [row for row in rows if not (row.released_by or row.dismissed_by)]
        if len({row.batch_id for row in still}) != 1:
            raise WrongUse(f"{name} has not one batch with open rows.", "Name the batch.")
        count = write_to_mend(home, still, mend)
        answer.say(f"{count} rows to mend in {mend}. Then:",
                   f"chipbrief quarantine replay {still[0].batch_id} --file {mend}")  # fmt: skip
        return
    if as_json:
        answer.to_json([asdict(row) for row in rows])
        return
    for row in rows[:SHOWN]:
        state = f"  (let in by {row.released_by})" if row.released_by else ""
        if row.dismissed_by and not row.released_by:
            state = f"  (dismissed by decision {row.dismissed_by})"
        answer.lines(
            f"{row.file_name} line {row.line}: {row.rules}{state}",
            f"    {row.reason}",
            *(f"    | {part}" for part in (row.raw or "").splitlines()),
        )
    if len(rows) > SHOWN:
        answer.say(f"… and {len(rows) - SHOWN} more: --json prints all, --line N one.")
    batch = next((row.batch_id for row in rows if not (row.released_by or row.dismissed_by)), None)
    if batch:
        answer.lines("", *(part.format(batch=batch) for part in _WAY_OUT))


def tell_replay(done: Sequence[Replayed], *, as_json: bool) -> None:
    """What each batch's rows came to, with the law, and why the others stay."""
    if as_json:
        answer.to_json([asdict(one) for one in done])
        return
    if not done:
        answer.say("Nothing is held back there any more.")
    for one in done:
        answer.lines(
            f"{one.batch_id} ({one.file_name}): {one.rows_read:,} rows ="
            f" {one.rows_accepted:,} accepted + {one.rows_duplicate:,} duplicate"
            f" + {one.rows_quarantined:,} still held back"
            + (f"; let in by {one.released_by}" if one.released_by else "")
        )
        answer.lines(
            *(
                f"    {'the file' if s.line is None else f'line {s.line}'}: {s.rule}: {s.reason}"
                for s in one.still[:SHOWN]
            )
        )
    if any(one.released_by for one in done):
        answer.say("`chipbrief run` brings them into the models and the next edition.")


def tell_dismissed(
    settings: Settings, kind: str | None, file: str | None, *, as_json: bool
) -> None:
    """What was dismissed and not restored: how much of which file, by whom, when and why."""
    found = [
        one
        for one in decisions.in_effect(decisions.read_all(settings.store))
        if kind in (None, one.kind) and file in (None, one.file_name)
    ]
    if as_json:
        answer.to_json([asdict(one) for one in found])
        return
    if not found:
        answer.say("Nothing was dismissed.")
        return
    answer.table(
        "Dismissed from quarantine",
        ["decision", "file", "what", "by", "on", "because"],
        [
            [one.number, one.file_name, _what(one), one.who, one.decided_at.date(), one.because]
            for one in found
        ],
        numeric=[0],
        notes=["Take one back: chipbrief quarantine restore FILE --because WHY"],
    )


def tell_decided(made: Sequence[Decision], *, as_json: bool) -> None:
    """The decisions that were just made."""
    if as_json:
        answer.to_json([asdict(one) for one in made])
        return
    for one in made:
        done = "dismissed" if one.decision == "dismiss" else "restored"
        answer.lines(f"{done}: {_what(one)} of {one.file_name} ({one.batch_id}): {one.because}")
    answer.say("`chipbrief run` brings it into the next edition.")


def _what(one: Decision) -> str:
    if one.subject == "file":
        return "the file"
    if one.rows is None:
        return "all rows"
    lines = ", ".join(str(line) for line in sorted({row.line or 0 for row in one.rows}))
    return f"line {lines}"
