"""Handing one message to the mail server, and telling apart what can go wrong.

Speaks SMTP (RFC 5321) by the standard library; touches the network and no file. The password
appears in no error and no log: the server's words are cleaned of it before they are kept.
"""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal

from warehouse import failpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.settings import Smtp

_LONGEST_REASON = 300


class Refused(Exception):
    """The server, its certificate, the login or the sender is wrong: waiting does not help."""


class Unavailable(Exception):
    """The server is not there or asks to wait."""


@dataclass(frozen=True)
class Answer:
    """What became of a message: `again` may be tried again, `unknown` may have been taken."""

    verdict: Literal["sent", "failed", "again", "unknown"]
    words: str


class Server:
    """A connection to the mail server of the settings, opened when it is first needed."""

    def __init__(self, smtp: Smtp) -> None:
        self._smtp = smtp
        self._open: smtplib.SMTP | None = None
        self.name = f"{smtp.host}:{smtp.port}"

    def connect(self) -> smtplib.SMTP:
        """Connect, encrypt as set, log in. Raises Refused or Unavailable."""
        if self._open is not None:
            return self._open
        try:
            self._open = self._greet()
        except ssl.SSLError as error:
            said = getattr(error, "verify_message", "") or error.reason or "TLS failed"
            raise Refused(f"{self.name}: no trusted encryption: {said}") from None
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(f"{self.name}: {error}") from None
        except smtplib.SMTPResponseException as error:
            words = f"{self.name}: {self._said(error.smtp_code, error.smtp_error)}"
            raise (Unavailable if 400 <= error.smtp_code < 500 else Refused)(words) from None
        except UnicodeError:  # its text would show a part of the password
            raise Refused(f"{self.name}: host, user name and password must be ASCII") from None
        except smtplib.SMTPException as error:
            lost = isinstance(error, smtplib.SMTPServerDisconnected)
            words = f"{self.name}: {self._clean(str(error))}"
            raise (Unavailable if lost else Refused)(words) from None
        except OSError as error:
            words = self._clean(str(error.strerror or error))
            raise Unavailable(f"{self.name}: {words}") from None
        return self._open

    def send(self, sender: str, to: str, data: bytes, before_data: Callable[[], None]) -> Answer:
        """Hand over one message.

        `before_data` is called when the server has agreed to take it and before its first byte
        leaves. Until the closing dot is on its way the server cannot have accepted; from then on
        a lost connection means `unknown`. Raises Refused where no mail of this sender would pass.
        """
        failpoint.reach("mail.begin")
        line = self.connect()
        try:
            code, said = line.mail(sender)
            if 500 <= code < 600:
                self.close()
                raise Refused(f"{self.name} refuses the sender: {self._said(code, said)}")
            if code == 250:
                code, said = line.rcpt(to)
            if code in (250, 251):
                code, said = line.docmd("DATA")
        except OSError as error:
            return self._broken(error, finished=False)
        if code != 354:
            self._start_over(code)
            return Answer(verdict(code, finished=False), self._said(code, said))
        before_data()
        finished = False
        try:
            failpoint.reach("mail.agreed")
            line.send(dot_stuffed(data))
            failpoint.reach("mail.body-sent")
            finished = True
            line.send(b".\r\n")
            failpoint.reach("mail.dot-sent")
            code, said = line.getreply()
            failpoint.reach("mail.answered")
        except OSError as error:
            return self._broken(error, finished=finished)
        answer = Answer(verdict(code, finished=True), self._said(code, said))
        if answer.verdict != "sent":
            self._start_over(code)
        return answer

    def close(self) -> None:
        """Say goodbye where the server still listens."""
        line, self._open = self._open, None
        if line is None:
            return
        try:
            line.quit()
        except OSError:
            line.close()

    def _greet(self) -> smtplib.SMTP:
        smtp = self._smtp
        password = smtp.password.get_secret_value() if smtp.password else None
        if smtp.username and password is None:
            where = "set CHIPBRIEF_SMTP__PASSWORD"
            if smtp.password_secret:
                where += f", or run under Prefect, which holds it as {smtp.password_secret!r}"
            raise Refused(f"{self.name}: the mail server's password is not known: {where}")
        if smtp.username and smtp.security == "none" and not _is_loopback(smtp.host):
            raise Refused(
                f"{self.name}: a password is not sent unencrypted: set smtp.security to"
                " starttls or tls"
            )
        trust = ssl.create_default_context()
        us = _our_name()
        if smtp.security == "tls":
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                smtp.host, smtp.port, us, timeout=smtp.timeout_seconds, context=trust
            )
        else:
            line = smtplib.SMTP(smtp.host, smtp.port, us, timeout=smtp.timeout_seconds)
        try:
            if smtp.security == "starttls":
                line.starttls(context=trust)
            if smtp.username and password is not None:
                line.login(smtp.username, password)
            line.ehlo_or_helo_if_needed()
        except BaseException:
            line.close()
            raise
        return line

    def _broken(self, error: OSError, *, finished: bool) -> Answer:
        self.close()
        words = "the server's answer was lost" if finished else "the connection broke"
        return Answer("unknown" if finished else "again", f"{words}: {self._clean(str(error))}")

    def _start_over(self, code: int) -> None:
        """Leave the connection ready for the next message, or drop it."""
        try:
            if code != 421 and self._open is not None and self._open.rset()[0] == 250:
                return
        except OSError:
            pass
        self.close()

    def _said(self, code: int, said: bytes | str) -> str:
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return self._clean(f"{code} {text}")

    def _clean(self, text: str) -> str:
        """One printable line without the password in any form in which it was sent."""
        if self._smtp.password is not None:
            secret = self._smtp.password.get_secret_value()
            user = self._smtp.username or ""
            forms = (secret, _base64(secret), _base64(f"\0{user}\0{secret}"))
            for form in sorted((f for f in forms if f), key=len, reverse=True):
                text = text.replace(form, "***")
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…"


def verdict(code: int, *, finished: bool) -> Literal["sent", "failed", "again", "unknown"]:
    """What a reply code means (RFC 5321 section 4.2.1), `finished` once the message is over."""
    if finished and 200 <= code < 300:
        return "sent"
    if 400 <= code < 500:
        return "again"
    if 500 <= code < 600:
        return "failed"
    return "unknown" if finished else "again"


def dot_stuffed(data: bytes) -> bytes:
    """The message as DATA carries it: leading dots doubled, a line's end at its end."""
    stuffed = re.sub(rb"(?m)^\.", b"..", data)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _our_name() -> str:
    """Our name for the greeting, without a question to the network."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
