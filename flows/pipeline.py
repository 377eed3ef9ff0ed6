"""The four stages in order, over one home: ingest what is new, build, brief, deliver.

Plain functions: the command line and the Prefect flows call the same ones. Each stage holds
the writer lock while it writes; what it does then is in `steps`. Nothing here imports Prefect.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flows.brief.studio import Studio
from flows.steps import (
    Ahead,
    brief_from,
    build_from,
    due_editions,
    figures_moved,
    ingest_into,
    last_build,
)
from flows.writing import writing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from flows.brief.edition import Edition
    from flows.build.run import BuildReport
    from flows.deliver.report import DeliveryReport
    from flows.ingest.report import IngestReport
    from flows.settings import Settings
    from flows.steps import OnProgress


@dataclass
class RunReport:
    """What a whole run did, stage by stage."""

    ingested: IngestReport | None = None
    built: BuildReport | None = None
    moved: dict[str, int] | None = None
    editions: list[Edition] = field(default_factory=list)
    delivered: DeliveryReport | None = None
    seconds: float = 0.0

    @property
    def did_nothing(self) -> bool:
        """Whether there was nothing new to read, build, brief or send."""
        read = self.ingested.files if self.ingested else []
        return not (
            any(file.status != "unchanged" for file in read)
            or (self.built and self.built.is_new)
            or any(edition.is_new for edition in self.editions)
            or (self.delivered and self.delivered.deliveries)
        )

    @property
    def exit_code(self) -> int:
        """0 done, 4 some input was refused or contradicts other, 6 some mail was not delivered."""
        if self.delivered and self.delivered.exit_code:
            return self.delivered.exit_code
        if self.ingested and self.ingested.refused_any:
            return 4
        return self.built.exit_code if self.built else 0


def run(
    settings: Settings,
    *,
    period: str | None = None,
    as_of: dt.date | None = None,
    languages: Sequence[str] | None = None,
    paths: Sequence[str] | None = None,
    recipients: Sequence[str] | None = None,
    on_progress: OnProgress | None = None,
) -> RunReport:
    """The whole job. A second run on unchanged inputs does nothing and says so.

    `paths` are read besides the settings' inputs. `period` and `as_of` name one edition;
    without them every edition that is due is made.
    """
    began = time.monotonic()
    report = RunReport()
    with _studio(settings, period, as_of) as studio, writing(settings, "run") as this:
        con = this.con
        report.ingested = ingest_into(con, settings, paths, on_progress=on_progress)
        if any(file.status != "unchanged" for file in report.ingested.files):
            studio.wake()
        due = due_editions(settings, period=period, as_of=as_of)
        ahead = Ahead(settings, due, languages, studio)
        before = last_build(con)
        report.built = build_from(con, settings, when_made=ahead.begin, on_progress=on_progress)
        report.moved = figures_moved(con, settings, before, report.built)
        report.editions = brief_from(
            con, settings, due, report.built, studio,
            languages=languages, begun=ahead.begun, on_progress=on_progress,
        )  # fmt: skip
        this.said = "nothing to do" if report.did_nothing else f"build {report.built.build_id}"
        this.exit_code = report.exit_code
    report.delivered = deliver_stage(settings, recipients=recipients)
    report.seconds = time.monotonic() - began
    return report


def ingest_stage(
    settings: Settings,
    paths: Sequence[str] | None = None,
    *,
    kind: str | None = None,
    provider: str | None = None,
    symbol: str | None = None,
    adjustment: str | None = None,
    date_order: str | None = None,
    decimal: str | None = None,
    volume_unit: str | None = None,
    sheet: str | None = None,
    on_progress: OnProgress | None = None,
) -> IngestReport:
    """Read `paths`, or the bundled records and the settings' inputs where none are given."""
    with writing(settings, "ingest") as this:
        report = ingest_into(
            this.con, settings, paths, only=paths is not None, kind=kind, provider=provider,
            symbol=symbol, adjustment=adjustment, date_order=date_order, decimal=decimal,
            volume_unit=volume_unit, sheet=sheet, on_progress=on_progress,
        )  # fmt: skip
        this.said = _in_words(report)
        this.exit_code = 4 if report.refused_any else 0
    return report


def build_stage(
    settings: Settings,
    *,
    as_of: dt.date | None = None,
    full: bool = False,
    on_progress: OnProgress | None = None,
) -> BuildReport:
    """Bring the models up to date and publish them."""
    with writing(settings, "build") as this:
        report = build_from(this.con, settings, as_of=as_of, full=full, on_progress=on_progress)
        this.said = f"build {report.build_id}"
        this.exit_code = report.exit_code
    return report


def brief_stage(
    settings: Settings,
    *,
    period: str | None = None,
    as_of: dt.date | None = None,
    languages: Sequence[str] | None = None,
    on_progress: OnProgress | None = None,
) -> list[Edition]:
    """Write the editions that are due, or the one that `period` and `as_of` name."""
    with _studio(settings, period, as_of) as studio, writing(settings, "brief") as this:
        con = this.con
        due = due_editions(settings, period=period, as_of=as_of)
        built = build_from(con, settings)
        editions = brief_from(
            con, settings, due, built, studio, languages=languages, on_progress=on_progress
        )
        this.said = ", ".join(edition.edition_id for edition in editions)
    return editions


def backfill_stage(
    settings: Settings,
    first: dt.date,
    last: dt.date,
    *,
    period: str | None = None,
    on_progress: OnProgress | None = None,
) -> list[Edition]:
    """Write an edition for every period that ends in `first`..`last` and never had one."""
    from flows.schedule.due import never_briefed

    kinds = [period] if period else settings.period_kinds
    with Studio() as studio, writing(settings, "backfill") as this:
        con = this.con
        due = [d.period for d in never_briefed(kinds, first, last, settings.store.briefings)]
        built = build_from(con, settings)
        editions = brief_from(con, settings, due, built, studio, on_progress=on_progress)
        this.said = f"{len(editions)} editions"
    return editions


def deliver_stage(
    settings: Settings,
    *,
    edition_id: str | None = None,
    dry_run: bool = False,
    recipients: Sequence[str] | None = None,
) -> DeliveryReport:
    """Send what is due to the audiences, or write it to the outbox where there is no server.

    Holds the outbox's own lock and not the writer's: a slow mail server keeps nobody from
    ingesting.
    """
    from flows.deliver.delivery import deliver

    return deliver(
        settings.store, settings, edition_id=edition_id, dry_run=dry_run, recipients=recipients
    )


def _studio(settings: Settings, period: str | None, as_of: dt.date | None) -> Studio:
    """What draws, awake already where an edition is due that does not stand yet."""
    studio, briefings = Studio(), settings.store.briefings
    due = due_editions(settings, period=period, as_of=as_of)
    if not all((briefings / period.edition_id).is_dir() for period in due):
        studio.wake()
    return studio


def _in_words(report: IngestReport) -> str:
    return (
        f"{len(report.files)} files: {report.rows_read} rows read, {report.rows_accepted} accepted,"
        f" {report.rows_duplicate} duplicate, {report.rows_quarantined} quarantined"
    )
