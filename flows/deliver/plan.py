"""Who is to get which edition: audiences and their periods against the archive and the outbox.

Reads the archive's folder names and the outbox; writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.deliver import editions
from flows.deliver.message import Unsendable, address

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.deliver.outbox import Entry
    from flows.settings import Audience


@dataclass(frozen=True)
class Planned:
    """One message that an audience's recipient ought to have. `wrong` says why it cannot be."""

    edition_id: str
    language: str
    audience: str
    recipient: str
    wrong: str = ""


def planned(
    briefings: Path,
    audiences: Sequence[Audience],
    unfinished: Sequence[Entry] = (),
    edition_id: str | None = None,
) -> list[Planned]:
    """The messages that ought to be delivered, sent or not, each recipient once an edition.

    An audience gets the newest edition of each period that it reads, not the archive. Where
    `edition_id` names one, it is that one alone. Messages of older editions that the outbox still
    holds are kept in the plan for as long as their recipient is one. Raises WrongUse for an
    edition that does not exist.
    """
    archive = editions.issued(briefings)
    wanted = (
        {e.kind: e for e in [editions.named(archive, edition_id)]}
        if edition_id is not None
        else editions.newest(archive)
    )
    still = [] if edition_id is not None else list(unfinished)
    plan: dict[tuple[str, str, str], Planned] = {}
    for audience in audiences:
        for recipient in audience.recipients:
            to, wrong = _checked(recipient)
            now = [wanted[kind] for kind in audience.periods if kind in wanted]
            before = [e.edition_id for e in still if e.recipient == to and _reads(audience, e)]
            for name in [*before, *(edition.edition_id for edition in now)]:
                reason = wrong or _unwritten(briefings, name, audience.language)
                item = Planned(name, audience.language, audience.name, to, reason)
                plan.setdefault((name, audience.language, to.lower()), item)
    return list(plan.values())


def _checked(recipient: str) -> tuple[str, str]:
    try:
        return address(recipient), ""
    except Unsendable as error:
        return recipient, str(error)


def _reads(audience: Audience, entry: Entry) -> bool:
    edition = editions.parse(entry.edition_id)
    return (
        edition is not None
        and edition.kind in audience.periods
        and entry.language == audience.language
    )


def _unwritten(briefings: Path, edition_id: str, language: str) -> str:
    if (briefings / edition_id / f"mail.{language}.eml").is_file():
        return ""
    return f"the edition was not written in {language}: add it to languages in the settings"
