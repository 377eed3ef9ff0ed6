"""The four stages in order, over one home: ingest what is new, build, brief, deliver.

Plain functions: the command line and the Prefect flows call the same ones. Each stage holds
the writer lock while it writes; nothing here imports Prefect.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flows.brief.studio import Studio
from flows.writing import writing
from warehouse import clock

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import duckdb

    from flows.brief.edition import Begun, Edition
    from flows.build.make import Compute
    from flows.build.run import BuildReport
    from flows.deliver.report import DeliveryReport
    from flows.ingest.report import IngestReport
    from flows.schedule.periods import Period
    from flows.settings import Settings

    #: Called with the stage, what it is at, how much is done and of how much.
    OnProgress = Callable[[str, str, int, int], None]


@dataclass
class RunReport:
    """What a whole run did, stage by stage."""

    ingested: IngestReport | None = None
    built: BuildReport | None = None
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
        """0 done, 4 some input was refused, 6 some mail was not delivered."""
        if self.delivered and self.delivered.exit_code:
            return self.delivered.exit_code
        return 4 if self.ingested and self.ingested.refused_any else 0


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
        ahead = _Ahead(settings, due, languages, studio)
        report.built = build_from(con, settings, when_made=ahead.begin, on_progress=on_progress)
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
    on_progress: OnProgress | None = None,
) -> IngestReport:
    """Read `paths`, or the bundled records and the settings' inputs where none are given."""
    with writing(settings, "ingest") as this:
        report = ingest_into(
            this.con, settings, paths, only=paths is not None, kind=kind, provider=provider,
            symbol=symbol, adjustment=adjustment, date_order=date_order, on_progress=on_progress,
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


def due_editions(settings: Settings, *, period: str | None, as_of: dt.date | None) -> list[Period]:
    """The periods to brief: the one asked for, or the last completed one of each audience's."""
    from flows.schedule import due, periods

    kinds = [period] if period else settings.period_kinds
    if as_of:
        clock.knowable(as_of)
        return [periods.containing(kind, as_of).known_to(as_of) for kind in kinds]
    today = clock.now().date()
    return [d.period for d in due.expected(kinds, today, settings.store.briefings)]


def _studio(settings: Settings, period: str | None, as_of: dt.date | None) -> Studio:
    """What draws, awake already where an edition is due that does not stand yet."""
    studio, briefings = Studio(), settings.store.briefings
    due = due_editions(settings, period=period, as_of=as_of)
    if not all((briefings / period.edition_id).is_dir() for period in due):
        studio.wake()
    return studio


def ingest_into(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    paths: Sequence[str] | None = None,
    *,
    only: bool = False,
    on_progress: OnProgress | None = None,
    **options: Any,
) -> IngestReport:
    """Read what is new among the bundled records, the settings' inputs and `paths`."""
    from flows import assets
    from flows.ingest.run import ingest

    asked = list(paths or ())
    standing = ([str(assets.seeds() / "*.csv")] if settings.use_seeds else []) + settings.inputs
    report = ingest(
        con,
        settings.store,
        asked if only else [*standing, *asked],
        settings=settings,
        on_progress=_as_stage("ingest", on_progress),
        **options,
    )
    if any(file.status != "unchanged" for file in report.files):
        from flows.ingest import legible

        legible.note(con, settings.store)
    return report


def build_from(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    *,
    as_of: dt.date | None = None,
    full: bool = False,
    when_made: Callable[[duckdb.DuckDBPyConnection, dt.date], object] = lambda *_: None,
    on_progress: OnProgress | None = None,
) -> BuildReport:
    """Build as of a day; where none is given, the newest that a due briefing reports on.

    That day moves only when a period ends, so a run in which nothing changed builds nothing;
    editions as of other days are built aside and never change what readers see.
    """
    from flows.build.run import build

    due = due_editions(settings, period=None, as_of=None)
    day = clock.knowable(as_of) if as_of else max(period.as_of for period in due)
    with _engine(con, settings, day) as compute:
        return build(
            con,
            settings.store,
            as_of=day,
            full=full,
            compute=compute,
            when_made=lambda seeing: when_made(seeing, day),
            on_progress=_as_stage("build", on_progress),
        )


@contextmanager
def _engine(
    con: duckdb.DuckDBPyConnection, settings: Settings, as_of: dt.date
) -> Iterator[Compute | None]:
    """What computes the models where it is not the warehouse itself."""
    if settings.engine == "duckdb":
        yield None
        return
    from flows.build.engines.spark import spark_engine

    at = settings.spark
    with spark_engine(con, settings.store, as_of, master=at.master, conf=at.conf) as engine:
        yield engine.compute


def brief_from(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    due: Sequence[Period],
    built: BuildReport,
    studio: Studio,
    *,
    languages: Sequence[str] | None = None,
    begun: Mapping[str, Begun] = MappingProxyType({}),
    on_progress: OnProgress | None = None,
) -> list[Edition]:
    """Write each due edition from the build, or from one made aside for an earlier day."""
    from flows.brief.edition import brief, standing
    from flows.build.run import build_id_for

    editions = []
    wanted = list(languages or settings.written_languages)
    for period in due:
        build_id = build_id_for(con, period.as_of)
        found = standing(settings.store, period, build_id, wanted)
        if found is not None:
            editions.append(found)
            continue
        with _figures_as_of(con, period.as_of, built):
            editions.append(
                brief(
                    con,
                    settings.store,
                    settings,
                    period=period,
                    build_id=build_id,
                    languages=wanted,
                    on_progress=_as_stage("brief", on_progress),
                    studio=studio,
                    begun=begun.get(period.edition_id),
                )
            )
    return editions


class _Ahead:
    """Editions that are begun while the build that they are of is committed and published."""

    def __init__(
        self,
        settings: Settings,
        due: Sequence[Period],
        languages: Sequence[str] | None,
        studio: Studio,
    ) -> None:
        self._settings, self._due, self._studio = settings, due, studio
        self._languages = list(languages or settings.written_languages)
        self.begun: dict[str, Begun] = {}

    def begin(self, con: duckdb.DuckDBPyConnection, as_of: dt.date) -> None:
        """Begin those of the build's day; what goes wrong is told where they are written."""
        from flows.brief import edition

        home = self._settings.store
        with suppress(Exception):
            for period in self._due:
                if period.as_of == as_of:
                    self.begun[period.edition_id] = edition.begin(
                        con, home, self._settings,
                        period=period, languages=self._languages, studio=self._studio,
                    )  # fmt: skip


@contextmanager
def _figures_as_of(
    con: duckdb.DuckDBPyConnection, as_of: dt.date, built: BuildReport
) -> Iterator[None]:
    if as_of == built.as_of:
        yield
        return
    from flows.build.run import build_aside

    row = con.execute("select current_database()").fetchone()
    own = str(row[0]) if row else "warehouse"
    try:
        build_aside(con, as_of, "aside")
        yield
    finally:
        con.execute(f"use {own}")
        con.execute("detach database if exists aside")


def _in_words(report: IngestReport) -> str:
    return (
        f"{len(report.files)} files: {report.rows_read} rows read, {report.rows_accepted} accepted,"
        f" {report.rows_duplicate} duplicate, {report.rows_quarantined} quarantined"
    )


def _as_stage(stage: str, on_progress: OnProgress | None) -> Callable[[Any], None] | None:
    """Stages tell of their progress in their own words; a bar wants what, done and total."""
    if on_progress is None:
        return None

    def tell(progress: Any) -> None:
        if stage == "ingest":
            done = progress.number - (progress.step != "done")
            what = f"{progress.step} {progress.path.name}"
            if progress.of == 1 and progress.bytes_read:
                megabytes = progress.bytes_read >> 20, progress.bytes >> 20
                on_progress(stage, f"{what} (MB)", *megabytes)
            else:
                on_progress(stage, what, done, progress.of)
        else:
            on_progress(stage, progress.what, progress.done, progress.total)

    return tell
