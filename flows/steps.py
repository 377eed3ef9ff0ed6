"""What a stage does once the warehouse is open: read in, build, write editions.

Plain functions over a connection and the settings; the caller holds the writer lock. They string
the stages' own modules together and load each only when it is needed.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from warehouse import clock

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import duckdb

    from flows import settings as settings_of
    from flows.brief.edition import Begun, Edition
    from flows.brief.studio import Studio
    from flows.build.make import Compute
    from flows.build.run import BuildReport
    from flows.ingest.arrivals import Input
    from flows.ingest.report import IngestReport
    from flows.schedule.periods import Period
    from flows.settings import Settings

    #: Called with the stage, what it is at, how much is done and of how much.
    OnProgress = Callable[[str, str, int, int], None]


def due_editions(settings: Settings, *, period: str | None, as_of: dt.date | None) -> list[Period]:
    """The periods to brief: the one asked for, or the last completed one of each audience's."""
    from flows.schedule import due, periods

    kinds = [period] if period else settings.period_kinds
    if as_of:
        clock.knowable(as_of)
        return [periods.containing(kind, as_of).known_to(as_of) for kind in kinds]
    today = clock.now().date()
    return [d.period for d in due.expected(kinds, today, settings.store.briefings)]


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
    from flows.ingest.arrivals import Input
    from flows.ingest.run import ingest

    asked = list(paths or ())
    seeds = [Input(str(assets.seeds() / "*.csv"), required=True)] if settings.use_seeds else []
    standing = [*seeds, *(_input(one) for one in settings.inputs)]
    report = ingest(
        con,
        settings.store,
        asked if only else [*standing, *asked],
        settings=settings,
        on_progress=_as_stage("ingest", on_progress),
        **options,
    )
    if not report.changed:
        return report
    from flows.brief.changes import SECTION_OF
    from flows.brief.words import label
    from flows.moves import moves

    day = max(period.as_of for period in due_editions(settings, period=None, as_of=None))
    titles = {name: label("section", section) for name, section in SECTION_OF.items()}
    return replace(report, moves=moves(con, settings.store, report.files, day, titles))


def last_build(con: duckdb.DuckDBPyConnection) -> str | None:
    """The id of the build that readers see, None before the first."""
    from warehouse import ledger

    ledger.ensure(con)
    row = con.execute(
        "select build_id from ledger_builds order by build_no desc limit 1"
    ).fetchone()
    return str(row[0]) if row else None


def figures_moved(
    con: duckdb.DuckDBPyConnection, settings: Settings, before: str | None, built: BuildReport
) -> dict[str, int] | None:
    """How many figures the build moved by section of the page; None where no copy of the build
    before is kept, or nothing was built.
    """
    published = settings.store.published_before / f"{before}.duckdb"
    if not built.is_new or before in (None, built.build_id) or not published.is_file():
        return None
    import duckdb

    from flows import assets
    from flows.brief.changes import SECTION_OF, SILENT, TELLING
    from flows.brief.words import label
    from flows.build.code import remembered
    from flows.build.moved import moved

    models = remembered(assets.asset("sql")).models
    reports = [models[name] for name in SECTION_OF if name in built.built and name in models]
    try:
        found = moved(con, published, reports, TELLING, SILENT)
    except duckdb.Error:  # a kept copy that cannot be read stops nothing: the build stands
        return None
    by_section: dict[str, int] = {}
    for name, count in found.items():
        section = label("section", SECTION_OF[name])
        by_section[section] = by_section.get(section, 0) + count
    return by_section


def _input(stated: str | settings_of.Input) -> Input:
    from flows.ingest.arrivals import Input

    if isinstance(stated, str):
        return Input(stated)
    return Input(stated.path, stated.required)


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
    from flows.build.run import build, is_of_this_code
    from flows.ingest import legible
    from warehouse.records import ensure_kinds, known_kinds

    if known_kinds(con) and not is_of_this_code(con):
        from flows.ingest.shapes import shapes

        # models of a later version may read columns and kinds that an older home has not
        ensure_kinds(con, shapes())
    # before each build, so that a death after ingest leaves none out; no other reader asks for it
    legible.note(con, settings.store)
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
    with spark_engine(
        con, settings.store, as_of, master=at.master, conf=at.conf, from_rows=at.from_rows
    ) as engine:
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


class Ahead:
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
