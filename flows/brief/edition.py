"""`brief`: make an edition of a period from the figures that are built, once.

An edition is never overwritten: other figures for the same period make a revision, the same
figures make nothing. Reads the built reports and the archive; writes the archive.
"""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flows.assets import asset
from flows.brief import folder as folders
from flows.brief.names import edition_name
from flows.brief.studio import Studio
from warehouse import clock, durable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from flows.brief.changes import Known
    from flows.brief.drawings import Drawings
    from flows.brief.figures import Figures
    from flows.brief.issue import Issue, Period
    from flows.settings import Settings
    from warehouse.home import Home


@dataclass(frozen=True)
class Progress:
    """One step of an edition done, of how many."""

    what: str
    done: int
    total: int


@dataclass(frozen=True)
class Edition:
    """A briefing that stands in the archive: its folder and its page in each language.

    `charts_lost`: language → chart → the error for which it is not on the page.
    """

    edition_id: str
    folder: Path
    pages: dict[str, Path]
    revision: int
    is_new: bool
    charts_lost: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Begun:
    """An edition's figures and languages, and its charts on their way.

    Where an edition `stands` that says the same, nothing is drawn.
    """

    figures: Figures
    languages: Sequence[str]
    drawn: Mapping[str, Drawings]
    stands: Path | None = None


def standing(home: Home, period: Period, build_id: str, languages: Sequence[str]) -> Edition | None:
    """The edition that already says what this build says, without opening a figure; or None."""
    for path, told in _revisions(home, period):
        same = build_id in (told["build_id"], _seen(path))
        if same and told["as_of"] == period.as_of.isoformat() and _is_listed(path):
            return _found(path, told) if set(languages) <= set(told["languages"]) else None
    return None


def begin(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    settings: Settings,
    *,
    period: Period,
    languages: Sequence[str] | None = None,
    studio: Studio,
) -> Begun:
    """Read an edition's figures and, where no edition has them, ask for its charts."""
    from flows.brief import drawings, figures

    now = figures.read(con, period.as_of)
    wanted = list(languages or settings.languages)
    for path, told in _revisions(home, period):
        if told["content"] == now.content_digest:
            if set(wanted) <= set(told["languages"]):
                return Begun(now, wanted, {}, path)
            wanted = list(dict.fromkeys([*told["languages"], *wanted]))
    return Begun(now, wanted, drawings.draw_all(now, wanted, studio))


def brief(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    settings: Settings,
    *,
    period: Period,
    build_id: str,
    languages: Sequence[str] | None = None,
    issued_at: dt.datetime | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    studio: Studio | None = None,
    begun: Begun | None = None,
) -> Edition:
    """Write the edition of a period from the reports that `con` holds, and the archive page.

    The newest edition of the period stands where its figures are the same; otherwise a revision
    is written beside it. Nothing of a clock is on the page: `issued_at` (now where not given)
    dates the mail and edition.json alone. `begun` is what `begin` made of the same reports.
    """
    from flows.brief import archive
    from flows.brief.issue import issue

    with nullcontext(studio) if studio else Studio() as drawing:
        begun = begun or begin(
            con, home, settings, period=period, languages=languages, studio=drawing
        )
        if begun.stands:
            told = folders.told(begun.stands)
            assert told is not None  # noqa: S101  its content was compared
            if told["build_id"] != build_id:
                _see(begun.stands, build_id)
            archive.write(home.briefings, settings.title)
            return _found(begun.stands, told)
        this = issue(period, period.as_of, settings.title)
        this = this.revised(len(_revisions(home, period)) + 1)
        before = _before(home, this)
        making = folders.Making(
            issue=this,
            languages=tuple(begun.languages),
            issued_at=issued_at or clock.now(),
            sender=settings.sender,
            build_id=build_id,
            previous=before.name if before else "",
            known=_known(con, period.as_of),
            templates=_print(asset("templates"), "*"),
        )
        step = _counted(on_progress, len(begun.languages))
        made = folders.files(making, begun.figures, _opened(before), begun.drawn, step)
    path = home.briefings / this.edition_id
    folders.write(path, made)
    archive.write(home.briefings, settings.title)
    told_now = folders.told(path)
    assert told_now is not None  # noqa: S101  written a line above
    return replace(_found(path, told_now), is_new=True)


def again(home: Home, edition_id: str) -> dict[str, bytes]:
    """Every file of a standing edition, rendered anew from its own snapshot alone."""
    from flows.brief import drawings

    path = home.briefings / edition_id
    making, now = folders.made_of(path)
    before = home.briefings / making.previous if making.previous else None
    with Studio() as studio:
        drawn = drawings.draw_all(now, making.languages, studio)
        return folders.files(making, now, _opened(before), drawn)


def _revisions(home: Home, period: Period) -> list[tuple[Path, dict[str, Any]]]:
    """The editions of a period that stand, the first one first."""
    found: list[tuple[Path, dict[str, Any]]] = []
    while True:
        path = home.briefings / edition_name(
            period.kind, period.label, period.end, period.as_of, len(found) + 1
        )
        told = folders.told(path)
        if told is None:
            return found
        found.append((path, told))


def _is_listed(path: Path) -> bool:
    """Whether the archive page names the edition: a run may have died before it was written."""
    page = path.parent / "index.html"
    return page.is_file() and f'href="{path.name}/' in page.read_text(encoding="utf-8")


def _before(home: Home, this: Issue) -> Path | None:
    """The last regular edition of the same kind before this one: an earlier period or revision.

    A view as of a day inside a period is none that readers were sent.
    """
    from flows.brief import archive

    def place(told: dict[str, Any]) -> tuple[str, str, int]:
        return (told["end"], told["as_of"], told["revision"])

    mine = (this.end.isoformat(), this.as_of.isoformat(), this.revision)
    earlier = [
        told
        for told in archive.editions(home.briefings)
        if told["kind"] == this.kind
        and told["as_of"] == told["end"]
        and (place(told) < mine or (told["period"] == this.period and this.as_of == this.end))
    ]
    return home.briefings / max(earlier, key=place)["edition_id"] if earlier else None


def _opened(path: Path | None) -> tuple[Figures, Known] | None:
    if path is None:
        return None
    making, figures = folders.made_of(path)
    return figures, making.known


def _known(con: duckdb.DuckDBPyConnection, as_of: dt.date) -> Known:
    """Record versions known by the day, by kind, wherever the connection has them."""
    from flows.brief.changes import Known

    tables = con.execute(
        "select table_catalog, table_name from information_schema.tables"
        " where starts_with(table_name, 'raw_') order by all"
    ).fetchall()
    rows, last = {}, 0
    for database, table in tables:
        found = con.execute(
            f'select count(*), max(batch_no) from "{database}".main."{table}"'
            " where published_on <= ?",
            [as_of],
        ).fetchone()
        if found and found[0]:
            rows[str(table).removeprefix("raw_")] = int(found[0])
            last = max(last, int(found[1] or 0))
    return Known(rows, last, _print(asset("sql"), "*.sql"))


def _print(root: Path, pattern: str) -> str:
    """A fingerprint of the files below a folder: their names and their bytes."""
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob(pattern) if p.is_file()):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _found(path: Path, told: dict[str, Any]) -> Edition:
    pages = {language: path / f"web.{language}.html" for language in told["languages"]}
    return Edition(
        str(told["edition_id"]),
        path,
        pages,
        int(told["revision"]),
        is_new=False,
        charts_lost=told.get("charts_lost", {}),
    )


def _seen(path: Path) -> str:
    """The last build that gave this edition's figures again; a note that may be lost."""
    note = path.parent / ".seen" / path.name
    return note.read_text(encoding="utf-8") if note.is_file() else ""


def _see(path: Path, build_id: str) -> None:
    durable.write_text(path.parent / ".seen" / path.name, build_id, "edition-seen")


def _counted(
    on_progress: Callable[[Progress], None] | None, languages: int
) -> Callable[[str], None] | None:
    if on_progress is None:
        return None
    total = languages * 3
    done = 0

    def step(what: str) -> None:
        nonlocal done
        done += 1
        on_progress(Progress(what, done, total))

    return step
