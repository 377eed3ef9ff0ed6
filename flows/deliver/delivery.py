"""`deliver`: bring every edition that is due to every recipient, once.

Reads `briefings/`, writes `outbox/`, talks to the mail server of the settings. A run that dies
at any point leaves states from which the next one goes on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.deliver.message import Unsendable, compose, sender_address
from flows.deliver.outbox import Entry, Outbox
from flows.deliver.plan import planned
from flows.deliver.report import Delivery, DeliveryReport
from warehouse import durable, room
from warehouse.errors import WrongUse
from warehouse.home import Home
from warehouse.lock import WriterLock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flows.deliver.outbox import State
    from flows.deliver.plan import Planned
    from flows.deliver.report import Became
    from flows.settings import Audience, Settings

#: Seconds to wait before each new try within one run; after the last try the next run goes on.
WAITS_SECONDS = (1.0, 5.0, 20.0)


def deliver(
    home: Home,
    settings: Settings,
    *,
    edition_id: str | None = None,
    dry_run: bool = False,
    recipients: Sequence[str] | None = None,
    on_progress: Callable[[str], None] | None = None,
    waits_seconds: Sequence[float] = WAITS_SECONDS,
) -> DeliveryReport:
    """Deliver the newest edition of each period to the audiences that read it.

    A message is accepted at most once per recipient and edition, except where the server's
    answer was lost: then the second one has the same Message-ID. Without an SMTP server the
    messages are written to the outbox as .eml files. `edition_id` names one edition, and tries
    again what a server refused; `recipients` leaves out everybody else; `dry_run` says what would
    go to whom and writes nothing. Raises WrongUse for an unknown edition, LockHeld where another
    run is sending.
    """
    outbox = Outbox(home.outbox)
    if not _anything(home, settings):
        return DeliveryReport(outbox=str(outbox.root))
    if dry_run:
        return _Run(home, settings, outbox, edition_id, recipients).foretold()
    durable.make_folder(home.outbox, 0o700)
    if home.outbox.stat().st_mode & 0o077:  # made by a version that let others read it
        home.outbox.chmod(0o700)
    lock = WriterLock(Home(home.outbox), "send", settings.lock_wait_seconds)
    with room.watched(home.outbox), lock:
        run = _Run(home, settings, outbox, edition_id, recipients)
        return run.carried_out(on_progress or (lambda _: None), waits_seconds)


def _anything(home: Home, settings: Settings) -> bool:
    return any(a.recipients for a in settings.audiences) and home.briefings.is_dir()


def _narrowed(
    audiences: Sequence[Audience], recipients: Sequence[str] | None
) -> Sequence[Audience]:
    """The audiences with nobody in them but the recipients named."""
    if recipients is None:
        return audiences
    known = {r.lower() for audience in audiences for r in audience.recipients}
    strangers = [r for r in recipients if r.lower() not in known]
    if strangers:
        raise WrongUse(
            f"No audience has the recipient {strangers[0]!r}.",
            "Add it to an audience's recipients in the settings.",
        )
    only = {r.lower() for r in recipients}
    return [
        audience.model_copy(
            update={"recipients": [r for r in audience.recipients if r.lower() in only]}
        )
        for audience in audiences
    ]


class _Run:
    """One delivery: what is planned, what is known of it, what became of it."""

    def __init__(
        self,
        home: Home,
        settings: Settings,
        outbox: Outbox,
        edition_id: str | None,
        recipients: Sequence[str] | None,
    ) -> None:
        self._home = home
        self._outbox = outbox
        self._smtp = settings.smtp
        self._sender = settings.sender
        self._named = edition_id is not None
        self._done: list[Delivery] = []
        self._already = 0
        self._held_up = ""
        self._plan = planned(
            home.briefings,
            _narrowed(settings.audiences, recipients),
            outbox.unfinished(),
            edition_id,
        )

    def foretold(self) -> DeliveryReport:
        """What `carried_out` would do."""
        for item in self._plan:
            entry = self._known(item)
            if self._is_over(entry):
                continue
            would: Became = "would send" if self._smtp else "would file"
            self._note(entry, "failed" if item.wrong else would, item.wrong)
        return self._report()

    def carried_out(
        self, say: Callable[[str], None], waits_seconds: Sequence[float]
    ) -> DeliveryReport:
        """Make the messages, hand them over, report."""
        entries = [kept for item in self._plan if (kept := self._kept(item)) is not None]
        if self._smtp is None:
            for entry in entries:
                self._note(self._outbox.mark(entry, "filed"))
            return self._report()
        if entries:
            from flows.deliver.rounds import send_all

            sender = sender_address(self._sender)
            after, self._held_up = send_all(
                self._smtp, sender, self._outbox, entries, say, waits_seconds
            )
            for entry in after:
                self._note(entry)
        return self._report()

    def _known(self, item: Planned) -> Entry:
        found = self._outbox.find(item.edition_id, item.language, item.recipient)
        return found or Entry(
            item.edition_id, item.language, item.audience, item.recipient, "", "pending"
        )

    def _is_over(self, entry: Entry) -> bool:
        """Whether nothing is left to do; counts and notes what stands from before."""
        filed = entry.state == "filed" and self._smtp is None
        if entry.state == "sent" or filed:
            self._already += 1
            return True
        if entry.state == "failed" and not self._named:
            self._note(entry)
            return True
        return False

    def _kept(self, item: Planned) -> Entry | None:
        """The message in the outbox, made where it is missing; None where there is none to send."""
        entry = self._known(item)
        if item.wrong:
            self._note(entry, "failed", item.wrong)
            return None
        if self._is_over(entry):
            return None
        if entry.message_id:
            if entry.state == "sending":  # a run died between the message and the answer
                return self._outbox.mark(entry, "unknown", reason="the run was cut off")
            if entry.state in ("filed", "failed"):
                return self._outbox.mark(entry, "pending")
            return entry
        template = self._home.briefings / item.edition_id / f"mail.{item.language}.eml"
        try:
            message = compose(template.read_bytes(), item.edition_id, item.language, item.recipient)
        except (Unsendable, OSError) as error:
            self._note(entry, "failed", f"{template.name}: {error}")
            return None
        return self._outbox.put(replace(entry, message_id=message.message_id), message)

    def _note(self, entry: Entry, became: Became | None = None, reason: str = "") -> None:
        """Put a message into the report, as it stands or as stated."""
        path = self._outbox.message_file(entry.edition_id, entry.language, entry.recipient)
        self._done.append(
            Delivery(
                entry.edition_id,
                entry.language,
                entry.audience,
                entry.recipient,
                became or _BECAME[entry.state],
                reason or entry.reason,
                entry.message_id,
                str(path) if entry.message_id else "",
            )
        )

    def _report(self) -> DeliveryReport:
        server = f"{self._smtp.host}:{self._smtp.port}" if self._smtp else ""
        return DeliveryReport(
            tuple(self._done), self._already, server, str(self._outbox.root), self._held_up
        )


_BECAME: dict[State, Became] = {
    "pending": "pending",
    "sending": "unknown",
    "sent": "sent",
    "failed": "failed",
    "unknown": "unknown",
    "filed": "filed",
}
