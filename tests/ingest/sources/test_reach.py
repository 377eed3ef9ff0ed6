"""Where a fetch may lead: redirects, private addresses, certificates, logins."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest
import trustme

from flows.ingest.sources import reach
from tests.ingest.sources.conftest import HEAD, Server, body, send, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flows.ingest.report import FileReport
    from tests.ingest.sources.conftest import Fetch

    Refusal = Callable[..., FileReport]


def test_a_redirect_is_refused_and_says_where_it_leads(server: Server, refusal: Refusal) -> None:
    there = server.address("/there.csv?apikey=hunter2")
    file = refusal(server.on("/n.csv", body("", 302, Location=there)))

    assert "/there.csv?apikey=…" in file.reason
    assert "allow_redirects" in file.way_out


def test_an_allowed_redirect_is_followed(server: Server, fetch: Fetch, prices: str) -> None:
    server.on("/b.csv", body(prices))
    address = server.on("/a.csv", body("", 301, Location="/b.csv"))

    report = fetch(address, allow_redirects=True)

    assert (report.rows_accepted, str(report.files[0].path)) == (3, "a.csv")


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("/n.csv", "sends on more than 5 times"),
        ("ftp://127.0.0.1/n.csv", "sends on to ftp:"),
        ("file:///etc/passwd", "sends on to file:"),
    ],
)
def test_a_redirect_that_leads_astray_is_refused_though_allowed(
    server: Server, refusal: Refusal, location: str, reason: str
) -> None:
    file = refusal(server.on("/n.csv", body("", 302, Location=location)), allow_redirects=True)

    assert reason in file.reason


def test_a_login_goes_to_its_own_server_only(server: Server, fetch: Fetch, prices: str) -> None:
    other = Server()
    for running in serving(other):
        there = running.on("/there.csv", body(prices))
        server.on("/n.csv", body("", 302, Location=there))
        address = server.address("/n.csv").replace("://", "://ann:hunter2@")

        assert fetch(address, allow_redirects=True).rows_accepted == 3
        assert server.asked[0][1]["Authorization"].startswith("Basic ")
        assert "Authorization" not in running.asked[0][1]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"])
def test_a_private_address_is_refused_before_anything_is_sent(
    server: Server, refusal: Refusal, host: str
) -> None:
    file = refusal(server.address("/n.csv", host), allow_private=False)

    assert "not a public address" in file.reason or "connection failed" in file.reason
    assert server.asked == []


def test_a_name_that_leads_elsewhere_on_a_second_look_is_no_way_round(
    server: Server, refusal: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    looked: list[str] = []
    true = socket.getaddrinfo

    def rebinding(host: str, *rest: object, **more: object) -> object:
        looked.append(host)
        # a public address first, then loopback: as a rebinding name server answers
        if len(looked) == 1:
            return true("93.184.216.34", *rest, **more)  # type: ignore[arg-type]
        return true("127.0.0.1", *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert socket.getaddrinfo("bars.example", 80)

    file = refusal(server.address("/n.csv", "bars.example"), allow_private=False)

    assert "leads to 127.0.0.1, which is not a public address" in file.reason
    assert server.asked == []


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("127.0.0.1", False),
        ("10.0.0.8", False), ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.1", False),
        ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("fe80::1%eth0", False),
        ("fd00::1", False), ("::ffff:10.0.0.1", False), ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False), ("64:ff9b::5db8:d822", True),
    ],
)  # fmt: skip
def test_what_counts_as_public(address: str, is_public: bool) -> None:
    assert reach.is_public(address) is is_public


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secured(authority: trustme.CA) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    yield from serving(Server(scheme="https"), context)


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(
    secured: Server, refusal: Refusal, prices: str
) -> None:
    secured.on("/n.csv", body(prices))

    file = refusal(secured.address("/n.csv", "localhost"), retries=3)

    assert "certificate that does not hold" in file.reason
    assert secured.asked == []


def test_a_certificate_of_another_name_is_refused(
    secured: Server, authority: trustme.CA, refusal: Refusal, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))

    assert "does not hold" in refusal(secured.address("/n.csv")).reason


def test_an_authority_of_ones_own_can_be_trusted_and_the_deadline_holds_under_tls(
    secured: Server, authority: trustme.CA, fetch: Fetch, refusal: Refusal, tmp_path: Path,
    prices: str, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    secured.on("/n.csv", body(prices))
    secured.on("/drip.csv", send(HEAD + b"\r\n", *[b"a"] * 200, every=0.05))

    assert fetch(secured.address("/n.csv", "localhost")).rows_accepted == 3
    dripping = refusal(secured.address("/drip.csv", "localhost"), whole_seconds=0.5)
    assert "longer than 0.5 s" in dripping.reason


def test_a_redirect_to_an_unencrypted_address_is_refused(
    secured: Server, authority: trustme.CA, refusal: Refusal, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    secured.on("/n.csv", body("", 302, Location="http://localhost/n.csv"))

    file = refusal(secured.address("/n.csv", "localhost"), allow_redirects=True)

    assert "unencrypted" in file.reason
