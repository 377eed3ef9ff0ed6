"""Rounds of sending: what the server would not take now is tried again after a wait.

Writes each step to the outbox before and after it is taken; touches the mail server through
`smtp.Server` alone.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flows.deliver.smtp import Refused, Server, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flows.deliver.outbox import Entry, Outbox, State
    from flows.settings import Smtp


def send_all(
    smtp: Smtp,
    sender: str,
    outbox: Outbox,
    entries: Sequence[Entry],
    say: Callable[[str], None],
    waits_seconds: Sequence[float],
) -> tuple[list[Entry], str]:
    """Hand messages over; returns each as it stands after the last round, and what holds all up.

    A server that is away ends its round, so a dead server is asked once a round and not once a
    message. A wrong login, certificate or sender ends them all: every message stays as it was.
    """
    over: list[Entry] = []
    left = list(entries)
    server = Server(smtp)
    try:
        for wait in (0.0, *waits_seconds):
            if wait and left:
                say(f"{len(left)} of {len(entries)} messages wait {wait:g} s for {server.name}")
                time.sleep(wait)
            try:
                done, left = _round(server, sender, outbox, left)
            except Refused as error:
                # What this round had changed is read again from where it was written.
                return over + [_stay(outbox, e, str(error)) for e in left], str(error)
            over += done
            for entry in done:
                say(f"{entry.recipient}: {entry.state}")
            if not left:
                break
    finally:
        server.close()
    return over + left, ""


def _round(
    server: Server, sender: str, outbox: Outbox, entries: Sequence[Entry]
) -> tuple[list[Entry], list[Entry]]:
    """Try each message once: those that are over, and those to be tried again."""
    done: list[Entry] = []
    left: list[Entry] = []
    for place, entry in enumerate(entries):
        try:
            after = _send(server, sender, outbox, entry)
        except Unavailable as error:
            left += [outbox.mark(e, e.state, reason=str(error)) for e in entries[place:]]
            break
        (left if after.state in ("pending", "unknown") else done).append(after)
    return done, left


def _send(server: Server, sender: str, outbox: Outbox, entry: Entry) -> Entry:
    now = [entry]

    def before_data() -> None:
        now[0] = outbox.mark(entry, "sending", server=server.name)

    answer = server.send(sender, entry.recipient, outbox.data(entry), before_data)
    # An answer lost earlier stays a doubt until some server takes or refuses the message.
    was: State = "unknown" if entry.state == "unknown" else "pending"
    return outbox.mark(
        now[0],
        was if answer.verdict == "again" else answer.verdict,
        reason="" if answer.verdict == "sent" else answer.words,
        server=server.name,
        attempts=entry.attempts + 1,
    )


def _stay(outbox: Outbox, entry: Entry, reason: str) -> Entry:
    now = outbox.find(entry.edition_id, entry.language, entry.recipient) or entry
    over = now.state in ("sent", "failed")
    return now if over else outbox.mark(now, now.state, reason=reason)
