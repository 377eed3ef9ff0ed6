"""The outbox: each message and what became of it, as plain files, durable at each step.

    outbox/<edition_id>/<language>-<recipient key>.eml    the message
    outbox/<edition_id>/<language>-<recipient key>.json   its state

    pending → sending → sent         the server took it
                      → failed       the server refused it for good, in its words
                      → pending      the server asked to wait, or was not there
                      → unknown      the server's answer was lost: it is sent again, same Message-ID
    filed                            no server is set: the .eml file is the delivery

Touches nothing but its own folder, which nobody but its owner may read: it names the readers.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Literal

from flows.deliver.message import key
from warehouse import clock, durable
from warehouse.errors import Trouble

if TYPE_CHECKING:
    from pathlib import Path

    from flows.deliver.message import Message

State = Literal["pending", "sending", "sent", "failed", "unknown", "filed"]

#: States of a message that some server may still have to take.
UNFINISHED: frozenset[State] = frozenset({"pending", "sending", "unknown"})


@dataclass(frozen=True)
class Entry:
    """What is known of one message. `reason` is the server's words or our own."""

    edition_id: str
    language: str
    audience: str
    recipient: str
    message_id: str
    state: State
    attempts: int = 0
    reason: str = ""
    server: str = ""
    changed_at: str = ""


class Outbox:
    """The messages of one home."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def message_file(self, edition_id: str, language: str, recipient: str) -> Path:
        """Where the message for a recipient lies."""
        return self.root / edition_id / f"{language}-{key(recipient)}.eml"

    def find(self, edition_id: str, language: str, recipient: str) -> Entry | None:
        """What is known of a message, or None where none was made."""
        return _read(self.message_file(edition_id, language, recipient).with_suffix(".json"))

    def unfinished(self) -> list[Entry]:
        """Every message that no server has taken or refused for good yet, in order of name."""
        entries = (_read(path) for path in sorted(self.root.glob("*/*-*.json")))
        return [entry for entry in entries if entry and entry.state in UNFINISHED]

    def put(self, entry: Entry, message: Message) -> Entry:
        """Keep a message: its bytes first, then the state that tells of them."""
        path = self.message_file(entry.edition_id, entry.language, entry.recipient)
        durable.write_bytes(path, message.data, "message", mode=durable.PRIVATE)
        return self.mark(entry, entry.state)

    def data(self, entry: Entry) -> bytes:
        """The bytes of a kept message. Raises Trouble where the file is gone."""
        path = self.message_file(entry.edition_id, entry.language, entry.recipient)
        try:
            return path.read_bytes()
        except OSError as error:
            raise Trouble(
                f"The message {path} cannot be read: {error.strerror}.",
                f"Remove {path.with_suffix('.json')} to have it made again.",
            ) from error

    def mark(
        self,
        entry: Entry,
        state: State,
        *,
        reason: str = "",
        server: str | None = None,
        attempts: int | None = None,
    ) -> Entry:
        """Write a new state, durably, and return it."""
        changed = replace(
            entry,
            state=state,
            reason=reason,
            server=entry.server if server is None else server,
            attempts=entry.attempts if attempts is None else attempts,
            changed_at=clock.now().isoformat(),
        )
        path = self.message_file(entry.edition_id, entry.language, entry.recipient)
        text = json.dumps(asdict(changed), ensure_ascii=False, indent=1) + "\n"
        file = path.with_suffix(".json")
        durable.write_text(file, text, f"state-{state}", mode=durable.PRIVATE)
        return changed


def _read(path: Path) -> Entry | None:
    try:
        values = json.loads(path.read_text("utf-8"))
        return Entry(**{field.name: values[field.name] for field in fields(Entry)})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Trouble(
            f"The state of a message cannot be read: {path}: {error}.",
            "Without it chipbrief cannot know whether the mail was sent. Restore the file, or"
            " remove it to send the mail again.",
        ) from error
