"""The operator's desk: whole-home work that strings stages together beside the daily run.

Verify looks and changes nothing; rebuild makes the warehouse again from landing/; replay lets in
what was held back. Plain functions as in `pipeline`, called by the command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from flows.steps import build_from
from flows.writing import writing
from warehouse import content, decisions, landed, ledger, limits, room
from warehouse.audit import Audit
from warehouse.errors import Trouble
from warehouse.lock import WriterLock
from warehouse.store import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.brief.figure import Figure
    from flows.build.influence import Behind
    from flows.build.lineage import Step
    from flows.build.run import BuildReport
    from flows.ingest.rebuild import RebuildReport
    from flows.ingest.replayed import Replayed
    from flows.settings import Settings
    from flows.steps import OnProgress
    from warehouse.decisions import Decision


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: every promise looked at, and the content hash of the store."""

    content: str
    audits: list[Audit]

    @property
    def exit_code(self) -> int:
        """0 all is whole, 5 something is not."""
        return 5 if any(audit.flaws for audit in self.audits) else 0


def verify(settings: Settings) -> Verdict:
    """Look at all that a home holds; nothing is mended. Holds the writer lock meanwhile."""
    from flows.brief.audit import audit as audit_editions
    from flows.build.audit import audit as audit_build
    from flows.ingest.audit import audit as audit_ingest

    limits.hold(settings.memory_limit, settings.threads)
    home = settings.store
    hashed, store = "", Audit("warehouse", "the warehouse file opens and can be read throughout")
    with WriterLock(home, "verify", settings.lock_wait_seconds):
        if not home.warehouse_file.is_file():
            store.note = "There is no warehouse yet."
            return Verdict("", [*audit_ingest(None, home), store, *audit_editions(home)])
        store.looked_at = 1
        try:
            with open_warehouse(home) as con:
                ledger.ensure(con)
                landed.point(con, home)
                audits = audit_ingest(con, home)
                hashed = content.of_warehouse(con)
                audits += audit_build(con, home)
        except (Trouble, duckdb.Error) as error:
            said = str(error).splitlines()[0]
            audits = audit_ingest(None, home)
            is_landing = any(audit.flaws for audit in audits if audit.name == "landing")
            store.flaw(
                home.warehouse_file,
                f"It cannot be read: {said}",
                "Restore the files of landing/ that are named below; it reads rows from them."
                if is_landing
                else "Run `chipbrief rebuild`: it makes the warehouse again from landing/.",
            )
        return Verdict(hashed, [store, *audits, decisions.audit(home), *audit_editions(home)])


def rebuild(
    settings: Settings, on_progress: OnProgress | None = None
) -> tuple[RebuildReport, BuildReport | None]:
    """Make the warehouse again from landing/, then its models; the copy readers see stays whole."""
    from flows.ingest.rebuild import rebuild as rebuild_store

    limits.hold(settings.memory_limit, settings.threads)
    home = settings.store
    with room.watched(home.root), WriterLock(home, "rebuild", settings.lock_wait_seconds):
        made = rebuild_store(home)
    if not made.rows:
        return made, None
    with writing(settings, "rebuild") as this:
        # the copy that readers see is written anew whatever it holds
        built = build_from(this.con, settings, full=True, on_progress=on_progress)
        this.said = f"{made.batches} batches, content {made.after}"
    return made, built


def replay(
    settings: Settings,
    names: Sequence[str],
    *,
    kind: str | None = None,
    mended: Path | None = None,
    **said: str | None,
) -> list[Replayed]:
    """Read again what is held back, from the kept originals or from a mended file.

    `said` is what a file does not say itself: symbol, provider, adjustment, date_order,
    decimal, volume_unit, sheet.
    """
    from flows.ingest.replay import replay as replay_rows

    with writing(settings, "replay") as this:
        done = replay_rows(
            this.con, settings.store, names, kind=kind, mended=mended,
            is_strict=settings.unknown_references == "quarantine", **said,
        )  # fmt: skip
        let_in = sum(one.rows_accepted + one.rows_duplicate for one in done)
        this.said = f"{let_in} of {sum(one.rows_read for one in done)} rows let in"
        this.exit_code = 4 if any(one.holds_back for one in done) else 0
    return done


def dismiss(
    settings: Settings, name: str, because: str, *, line: int | None = None, who: str | None = None
) -> list[Decision]:
    """Let what is open of a batch or file leave quarantine by decision; see `dismissal`."""
    from flows.ingest import dismissal

    with writing(settings, "dismiss") as this:
        made = dismissal.dismiss(this.con, settings.store, name, because, line=line, who=who)
        this.said = _decided(made)
    return made


def restore(
    settings: Settings, name: str, because: str, *, line: int | None = None, who: str | None = None
) -> list[Decision]:
    """Take dismissals of a batch or file back; see `dismissal`."""
    from flows.ingest import dismissal

    with writing(settings, "restore") as this:
        made = dismissal.restore(this.con, settings.store, name, because, line=line, who=who)
        this.said = _decided(made)
    return made


def _decided(made: Sequence[Decision]) -> str:
    return ", ".join(f"decision {one.number} on {one.file_name}" for one in made)


@dataclass(frozen=True)
class Trace:
    """A figure with all that lies behind it, as its edition knew it.

    `now` is the value that today's models make of the same records: another than the edition's
    where the code has changed since.
    """

    edition_id: str
    figure: Figure
    now: str | None
    steps: list[Step]
    behind: list[Behind]
    files: dict[str, dict[str, Any]]
    raw: dict[tuple[str, int], str]


def trace(settings: Settings, figure_id: str, edition_id: str | None = None) -> Trace:
    """Where a figure of an edition came from, down to the lines of the kept originals."""
    from flows.brief import figure as figures
    from flows.build import influence, lineage, past
    from flows.ingest import snapshot
    from warehouse.store import connect

    limits.hold(settings.memory_limit, settings.threads)
    home = settings.store
    name = figures.edition_named(home, edition_id)
    found = figures.find(home, name, figure_id)
    model, column = found.table.model, found.column.name
    with connect(":memory:") as con:
        known = snapshot.load(con, home, "landed", found.making.known.last_batch)
        models = past.build_report(con, model, found.making.issue.as_of, "landed")
        steps = lineage.steps(con, models, model, column)
        now = influence.Without(con, models, model, column, found.key).figure
        behind = influence.records_behind(con, models, model, column, found.key)
    steps = lineage.resting_on(steps, models, {f"rec_{one.kind}" for one in behind})
    lines: dict[str, set[int]] = {}
    for one in behind:
        for row in one.rows:
            lines.setdefault(row["batch_id"], set()).add(row["line"])
    files = {
        batch_id: {
            "file_name": known[batch_id].batch.file_name,
            "provider": known[batch_id].batch.provider,
            "original": home.originals / known[batch_id].batch.file_sha256,
        }
        for batch_id in sorted(lines)
    }
    raw = {
        (batch_id, line): text
        for batch_id, wanted in lines.items()
        for line, text in snapshot.raw_lines(home, known[batch_id], wanted).items()
    }
    return Trace(name, found, now[0][0] if now else None, steps, behind, files, raw)
