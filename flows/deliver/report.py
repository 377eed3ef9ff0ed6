"""What a delivery did, for a person, a program and an exit code."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import Any, Literal

from warehouse.errors import Trouble

Became = Literal["sent", "filed", "failed", "pending", "unknown", "would send", "would file"]

#: Exit code of a run that leaves some mail undelivered.
NOT_DELIVERED = 6


class NotDelivered(Trouble):
    """Some mail did not reach its server. `may_pass` says whether another try can help."""

    exit_code = NOT_DELIVERED

    def __init__(self, report: DeliveryReport) -> None:
        super().__init__("\n".join(report.lines()))
        self.may_pass = not report.held_up and any(
            d.became in ("pending", "unknown") for d in report.undelivered
        )


@dataclass(frozen=True)
class Delivery:
    """One message and what became of it in this run."""

    edition_id: str
    language: str
    audience: str
    recipient: str
    became: Became
    reason: str = ""
    message_id: str = ""
    file: str = ""


@dataclass(frozen=True)
class DeliveryReport:
    """Messages dealt with in this run; `already` counts those that were delivered before.

    `held_up` says what a person must mend before any mail can leave: the login, the certificate,
    the sender. It is empty where there is nothing of the kind.
    """

    deliveries: tuple[Delivery, ...] = ()
    already: int = 0
    server: str = ""
    outbox: str = ""
    held_up: str = ""

    def count(self, *became: Became) -> int:
        """How many messages became one of these."""
        return sum(delivery.became in became for delivery in self.deliveries)

    @property
    def undelivered(self) -> tuple[Delivery, ...]:
        """What some recipient still lacks."""
        lacking: tuple[Became, ...] = ("failed", "pending", "unknown")
        return tuple(d for d in self.deliveries if d.became in lacking)

    @property
    def exit_code(self) -> int:
        """0, or 6 where some mail was not delivered."""
        return NOT_DELIVERED if self.undelivered else 0

    def lines(self) -> list[str]:
        """The report for a terminal or a log."""
        lines = [
            f"{_mails(n)} {_WORDS[became].format(server=self.server, outbox=self.outbox)}"
            for became, n in Counter(d.became for d in self.deliveries).items()
            if became in _WORDS
        ]
        if self.count("would send", "would file"):
            lines += [
                f"  {d.edition_id} ({d.language}) to {d.recipient}, audience {d.audience!r}"
                for d in self.deliveries
                if d.became in ("would send", "would file")
            ]
        alike: dict[tuple[str, str, Became, str, bool], list[str]] = defaultdict(list)
        for d in self.undelivered:
            which = (d.edition_id, d.language, d.became, d.reason, bool(d.message_id))
            alike[which].append(d.recipient)
        for (edition_id, language, became, reason, is_kept), to in alike.items():
            what_next = _NEXT[became] if is_kept else ""
            lines.append(
                f"Not delivered: {edition_id} ({language}) to {_names(to)}: {reason}{what_next}"
            )
        if not lines:
            before = f" ({_mails(self.already)} delivered before)" if self.already else ""
            lines = [f"No mail to deliver{before}."]
        return lines

    def to_json(self) -> dict[str, Any]:
        """The report for a program."""
        return {
            "deliveries": [asdict(delivery) for delivery in self.deliveries],
            "already_delivered": self.already,
            "server": self.server or None,
            "outbox": self.outbox,
            "held_up": self.held_up or None,
            "exit_code": self.exit_code,
        }


_WORDS: dict[str, str] = {
    "sent": "sent by {server}.",
    "filed": "written to {outbox}: no SMTP server is set.",
    "would send": "would be sent by {server}:",
    "would file": "would be written to {outbox}: no SMTP server is set.",
}
_NEXT: dict[str, str] = {
    "failed": " (not tried again, unless the edition is named: chipbrief send --edition …)",
    "pending": " (tried again by the next run)",
    "unknown": " (may have arrived; sent again by the next run with the same Message-ID)",
}


def _names(recipients: list[str]) -> str:
    rest = len(recipients) - 3
    return ", ".join(recipients[:3]) + (f" and {rest} more" if rest > 0 else "")


def _mails(count: int) -> str:
    return f"{count} message" + ("" if count == 1 else "s")
