"""Encryption is never given up for convenience, and the password stays where it belongs."""

from __future__ import annotations

import datetime as dt
import logging
import ssl
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from flows.deliver.delivery import deliver
from flows.deliver.smtp import verdict
from flows.settings import Settings, Smtp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.deliver.conftest import MailServer


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, trusted by nobody yet."""
    from ipaddress import ip_address

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "mail.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def _starttls(server: MailServer, password: str) -> Smtp:
    return Smtp(
        host="127.0.0.1",
        port=server.port,
        security="starttls",
        username="briefing",
        password=SecretStr(password),
        timeout_seconds=10,
    )


def _context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_mail_goes_encrypted_and_logged_in_to_a_server_with_a_trusted_certificate(
    start_mail_server: Callable[..., MailServer],
    issue: Callable[..., Path],
    settings: Callable[..., Settings],
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = start_mail_server(_context(certificate), login=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    issue("weekly-2026-W47")
    config = settings(smtp=_starttls(server, "right horse"))

    report = deliver(config.store, config)

    assert [d.became for d in report.deliveries] == ["sent"]
    assert server.logins == [(b"briefing", b"right horse")]


def test_a_certificate_that_nobody_vouches_for_ends_the_run_before_the_password_is_sent(
    start_mail_server: Callable[..., MailServer],
    issue: Callable[..., Path],
    settings: Callable[..., Settings],
    certificate: Path,
) -> None:
    server = start_mail_server(_context(certificate), login=True)
    issue("weekly-2026-W47")
    config = settings(smtp=_starttls(server, "right horse"))

    report = deliver(config.store, config, waits_seconds=(0.001,) * 3)

    assert [d.became for d in report.deliveries] == ["pending"]
    assert "no trusted encryption" in report.deliveries[0].reason
    assert (server.logins, server.connections) == ([], 1)


def test_a_server_without_starttls_gets_no_mail_and_no_password(
    start_mail_server: Callable[..., MailServer],
    issue: Callable[..., Path],
    settings: Callable[..., Settings],
) -> None:
    server = start_mail_server()
    issue("weekly-2026-W47")
    config = settings(smtp=_starttls(server, "right horse"))

    report = deliver(config.store, config)

    assert "STARTTLS" in report.deliveries[0].reason
    assert (server.taken, server.logins) == ([], [])


def test_a_password_goes_nowhere_unencrypted_but_to_this_machine(
    issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    issue("weekly-2026-W47")
    smtp = Smtp(host="mail.example", security="none", username="u", password=SecretStr("right"))
    config = settings(smtp=smtp)

    report = deliver(config.store, config)

    assert "not sent unencrypted" in report.deliveries[0].reason


def test_a_wrong_password_is_told_once_and_shown_nowhere(
    start_mail_server: Callable[..., MailServer],
    issue: Callable[..., Path],
    settings: Callable[..., Settings],
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    server = start_mail_server(_context(certificate), login=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    issue("weekly-2026-W47")
    config = settings(smtp=_starttls(server, "wrong-horse-7"))

    with caplog.at_level(logging.DEBUG, "flows"):
        report = deliver(config.store, config, waits_seconds=(0.001,) * 3)

    assert [d.became for d in report.deliveries] == ["pending"]
    assert "535 5.7.8 not you, ***" in report.deliveries[0].reason
    written = "".join(p.read_text() for p in tmp_path.glob("outbox/*/*"))
    for shown in (str(report), repr(config), caplog.text, written, "".join(report.lines())):
        assert "wrong-horse-7" not in shown


def test_a_password_that_smtp_cannot_carry_is_refused_without_showing_it(
    start_mail_server: Callable[..., MailServer],
    issue: Callable[..., Path],
    settings: Callable[..., Settings],
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = start_mail_server(_context(certificate), login=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    issue("weekly-2026-W47")
    config = settings(smtp=_starttls(server, "密"))

    report = deliver(config.store, config)

    assert "must be ASCII" in report.held_up
    assert "密" not in report.held_up
    assert "5bc6" not in report.held_up


def test_a_password_that_only_prefect_knows_is_asked_for_by_name(
    mail_server: MailServer, issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    issue("weekly-2026-W47")
    block = "mail-pw"
    smtp = Smtp(host="127.0.0.1", port=mail_server.port, username="u", password_secret=block)
    config = settings(smtp=smtp)

    report = deliver(config.store, config)

    assert "CHIPBRIEF_SMTP__PASSWORD" in report.deliveries[0].reason
    assert "'mail-pw'" in report.deliveries[0].reason


@pytest.mark.parametrize(
    ("code", "finished", "means"),
    [
        (250, True, "sent"),
        (250, False, "again"),
        (421, False, "again"),
        (451, True, "again"),
        (552, True, "failed"),
        (550, False, "failed"),
        (-1, True, "unknown"),
        (-1, False, "again"),
        (354, True, "unknown"),
    ],
)
def test_only_a_2xx_after_the_last_byte_means_sent(code: int, finished: bool, means: str) -> None:
    assert verdict(code, finished=finished) == means
