"""A real SMTP server on loopback whose answers a test can choose, and an archive with editions."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from flows.settings import Audience, Settings, Smtp

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: One transparent pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63000100"
    "000500010d0a2db40000000049454e44ae426082"
)


@dataclass
class MailServer:
    """What the server took, and what it is to say; `answers` are used up one a message."""

    port: int = 0
    taken: list[Envelope] = field(default_factory=list)
    rcpt_answers: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    mail_answer: str = ""
    connections: int = 0
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mail_answer:
            return self.mail_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt_answers.pop(0) if self.rcpt_answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.data_answers.pop(0) if self.data_answers else "250 OK"
        if answer == "take it and hang up":
            self.taken.append(envelope)
            assert server.transport is not None
            server.transport.abort()
        elif answer.startswith("250"):
            self.taken.append(envelope)
        return answer

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        self.logins.append((data.login, data.password))
        if data.password == b"right horse":
            return AuthResult(success=True)
        said = data.password.decode()  # a server so badly behaved that it repeats the password
        return AuthResult(success=False, handled=False, message=f"535 5.7.8 not you, {said}")


@pytest.fixture
def start_mail_server() -> Iterator[Callable[..., MailServer]]:
    """Start SMTP servers on ports of the system's choosing; all are stopped at the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listening: list[asyncio.Server] = []

    def start(trust: ssl.SSLContext | None = None, *, login: bool = False) -> MailServer:
        state = MailServer()

        def protocol() -> SMTP:
            state.connections += 1
            return SMTP(
                state,
                hostname="mail.test",
                loop=loop,
                tls_context=trust,
                require_starttls=trust is not None,
                auth_required=login,
                auth_require_tls=trust is not None,
                authenticator=state.authenticate if login else None,
            )

        async def listen() -> asyncio.Server:
            return await loop.create_server(protocol, "127.0.0.1", 0)

        server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
        listening.append(server)
        state.port = server.sockets[0].getsockname()[1]
        return state

    yield start

    async def stop() -> None:
        for server in listening:
            server.close()
        rest = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def mail_server(start_mail_server: Callable[..., MailServer]) -> MailServer:
    return start_mail_server()


@pytest.fixture
def issue(tmp_path: Path) -> Callable[..., Path]:
    """Put an edition into the archive, as the brief stage leaves it."""

    def issued(edition_id: str, languages: tuple[str, ...] = ("en", "zh")) -> Path:
        folder = tmp_path / "briefings" / edition_id
        folder.mkdir(parents=True)
        for language in languages:
            (folder / f"mail.{language}.eml").write_bytes(_mail(edition_id, language))
        (folder / "edition.json").write_text(f'{{"edition_id": "{edition_id}"}}')
        return folder

    return issued


def _mail(edition_id: str, language: str) -> bytes:
    title = {"en": "Chips to China", "zh": "对华芯片"}[language]
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["From"] = "Chip briefing <briefing@example.org>"
    mail["Subject"] = f"{title}: {edition_id}"
    mail["Date"] = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
    mail.set_content(f"{title}\n.a line that starts with a dot\n", cte="base64")
    mail.add_alternative(
        f"<p>{title}</p><img src='cid:chart@chipbrief'>", subtype="html", cte="quoted-printable"
    )
    mail.get_payload()[1].add_related(PIXEL, "image", "png", cid="<chart@chipbrief>")
    return mail.as_bytes()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """Settings with one English reader, unless a test says who reads."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CHIPBRIEF_CONFIG", raising=False)

    def made(server: MailServer | None = None, **rest: Any) -> Settings:
        smtp = rest.pop("smtp", None)
        if server is not None:
            smtp = Smtp(host="127.0.0.1", port=server.port, security="none", timeout_seconds=10)
        rest.setdefault(
            "audiences",
            [Audience(name="Desk", periods=["weekly"], recipients=["ann@readers.example"])],
        )
        return Settings(home=tmp_path, sender="briefing@example.org", smtp=smtp, **rest)

    return made
