"""An edition's folder: which files it holds, made from its material, and reading it again.

`files` is pure; `write` puts a folder in place whole or not at all.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from warehouse import durable, failpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from flows.brief.changes import Known
    from flows.brief.drawings import Drawings
    from flows.brief.figures import Figures
    from flows.brief.issue import Issue
    from flows.brief.render import Material

FORMAT = 1
_PART = ".part-"


@dataclass(frozen=True)
class Making:
    """What an edition is made of besides its figures: all that edition.json keeps."""

    issue: Issue
    languages: tuple[str, ...]
    issued_at: dt.datetime
    sender: str
    build_id: str
    previous: str
    known: Known
    templates: str


def files(
    making: Making,
    figures: Figures,
    before: tuple[Figures, Known] | None,
    drawn: Mapping[str, Drawings],
    on_step: Callable[[str], None] | None = None,
) -> dict[str, bytes]:
    """Every file of the edition by its name in the folder. `drawn`: its charts by language.

    That a chart cannot be drawn may show as late as it is placed: all is then written again, with
    a plain line in its place.
    """
    from flows.brief import drawings

    while True:
        try:
            return _files(making, figures, before, drawn, on_step)
        except drawings.ChartFailed as failed:
            drawn, on_step = drawings.without(drawn, failed), None


def _files(
    making: Making,
    figures: Figures,
    before: tuple[Figures, Known] | None,
    drawn: Mapping[str, Drawings],
    on_step: Callable[[str], None] | None,
) -> dict[str, bytes]:
    from flows.brief import changes, drawings

    def step(what: str) -> None:
        if on_step:
            on_step(what)

    known_before = before[1] if before else making.known
    compared = changes.compare(
        before[0] if before else None, figures, making.previous, known_before, making.known
    )
    for language in making.languages:
        step(f"charts {language}")
    # while they are drawn: the rest is loaded, and the mails, which need no line of them yet
    from flows.brief import mail, render

    materials = {
        language: render.Material(making.issue, figures, compared, charts, making.languages)
        for language, charts in drawn.items()
    }
    made: dict[str, bytes] = {"data.json": figures.to_json()}
    written = {
        language: (mail.html(material, language), render.mail_text(material, language))
        for language, material in materials.items()
    }
    for language, material in materials.items():
        drawings.use_the_wait(drawn, language)
        made |= _of_language(making, material, language, *written[language], step)
    made["edition.json"] = _told(making, figures, made, drawings.lost(drawn))
    return made


def _of_language(
    making: Making,
    material: Material,
    language: str,
    html: str,
    text: str,
    step: Callable[[str], None],
) -> dict[str, bytes]:
    from flows.brief import drawings, mail, render

    web = render.web(material, language)
    step(f"page {language}")
    drawings.share_pictures(material.drawings)
    parts = {"web": web, "html": html, "text": text}
    message = mail.compose(
        material, language, parts, sender=making.sender, issued_at=making.issued_at
    )
    step(f"mail {language}")
    pictures = {
        f"charts/{name}.{language}.png": drawing.png
        for name, drawing in material.drawings.items()
        if drawing.png is not None
    }
    return {
        f"web.{language}.html": web.encode(),
        f"mail.{language}.html": mail.preview(html, language).encode(),
        f"mail.{language}.txt": text.encode(),
        f"mail.{language}.eml": message,
        **pictures,
    }


def write(folder: Path, made: Mapping[str, bytes]) -> None:
    """Put the folder in place by rename. Raises FileExistsError where one stands already."""
    if folder.exists():
        raise FileExistsError(f"{folder} stands: an edition is never overwritten")
    failpoint.reach("edition.begin")
    durable.make_folder(folder.parent)
    for left in folder.parent.glob(f".*{_PART}*"):
        shutil.rmtree(left, ignore_errors=True)
    aside = folder.with_name(f".{folder.name}{_PART}{secrets.token_hex(4)}")
    aside.mkdir()
    try:
        for name, data in sorted(made.items()):
            path = aside / name
            path.parent.mkdir(exist_ok=True)
            if name.startswith("mail."):  # as in the outbox: nobody else's to read
                path.touch(durable.PRIVATE)
            path.write_bytes(data)
            failpoint.reach("edition.file-written")
            durable.sync_file(path)
        for place in {(aside / name).parent for name in made}:
            durable.sync_folder(place)
        durable.replace(aside, folder, "edition")
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def told(folder: Path) -> dict[str, Any] | None:
    """What an edition says of itself, or None where the folder is no whole edition."""
    try:
        found: dict[str, Any] = json.loads((folder / "edition.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def made_of(folder: Path) -> tuple[Making, Figures]:
    """What a standing edition was made of, read back from its own folder."""
    from flows.brief import figures
    from flows.brief.changes import Known
    from flows.brief.issue import Issue

    kept = json.loads((folder / "edition.json").read_text(encoding="utf-8"))
    days = {name: dt.date.fromisoformat(kept[name]) for name in ("start", "end", "as_of")}
    issue = Issue(
        kind=kept["kind"],
        period=kept["period"],
        title=kept["title"],
        revision=kept["revision"],
        **days,
    )
    making = Making(
        issue=issue,
        languages=tuple(kept["languages"]),
        issued_at=dt.datetime.fromisoformat(kept["issued_at"]),
        sender=kept["sender"],
        build_id=kept["build_id"],
        previous=kept["previous"],
        known=Known(**kept["known"]),
        templates=kept["templates"],
    )
    return making, figures.from_json((folder / "data.json").read_bytes())


def _told(
    making: Making,
    figures: Figures,
    made: Mapping[str, bytes],
    lost: Mapping[str, Mapping[str, str]],
) -> bytes:
    issue = making.issue
    told = {
        "format": FORMAT,
        "edition_id": issue.edition_id,
        "kind": issue.kind,
        "period": issue.period,
        "start": issue.start.isoformat(),
        "end": issue.end.isoformat(),
        "as_of": issue.as_of.isoformat(),
        "revision": issue.revision,
        "title": issue.title,
        "languages": list(making.languages),
        "issued_at": making.issued_at.isoformat(),
        "sender": making.sender,
        "build_id": making.build_id,
        "previous": making.previous,
        "figures": figures.digest,
        "content": figures.content_digest,
        "templates": making.templates,
        "known": {
            "rows": dict(making.known.rows),
            "last_batch": making.known.last_batch,
            "code": making.known.code,
        },
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(made.items())},
    }
    if lost:
        told["charts_lost"] = lost
    return (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
