"""The flows run under a real Prefect server: deployed, triggered by name, completed, recorded."""

from __future__ import annotations

import email
import json
import re
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from email import policy
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

if TYPE_CHECKING:
    from tests.flows.conftest import Prefect

MAIL = (
    b"From: briefing@example.org\r\nSubject: Chips\r\nDate: Mon, 23 Nov 2026 08:00:00 +0000\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nChips.\r\n"
)

#: One server for all of them, so one process.
pytestmark = [pytest.mark.trial, pytest.mark.prefect, pytest.mark.xdist_group("prefect")]


def test_a_deployed_briefing_that_is_triggered_by_name_completes_and_leaves_its_editions(
    prefect: Prefect,
) -> None:
    prefect.run("prefect", "--no-prompt", "deploy", "--all")

    prefect.run(
        "prefect", "deployment", "run", "briefing/weekly", "--watch", "--watch-interval", "1",
        "--watch-timeout", "200", seconds=240,
    )  # fmt: skip

    (run,) = prefect.ask(
        "flow_runs/filter", {"flow_runs": {"state": {"name": {"not_any_": ["Scheduled"]}}}}
    )
    assert (run["name"], run["state"]["type"]) == ("weekly briefing", "COMPLETED")
    _editions_are_there(prefect.home)
    _artifacts_are_there(prefect, run["id"])
    _timetable_is_there(prefect)


BLOCK = "chipbrief-smtp"
SEND = f"""
import sys
from prefect.blocks.system import Secret
Secret(value=sys.stdin.read()).save({BLOCK!r})
from flows.deliver.flow import deliver
deliver()
"""


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_the_deliver_flow_takes_the_password_from_a_secret_block_and_shows_it_nowhere(
    prefect: Prefect, tmp_path: Path
) -> None:
    post = Post()
    home = tmp_path / "home"
    edition = home / "briefings" / "weekly-2026-W47"
    edition.mkdir(parents=True)
    (edition / "edition.json").write_text("{}")
    for language in ("en", "zh"):
        (edition / f"mail.{language}.eml").write_bytes(MAIL)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(
        post, "127.0.0.1", port, auth_require_tls=False, auth_required=True,
        authenticator=post.authenticate, server_hostname="mail.test",
    )  # fmt: skip
    server.start()
    try:
        said = prefect.run(
            sys.executable, "-c", SEND, stdin="right-horse-7",
            CHIPBRIEF_HOME=str(home), CHIPBRIEF_SMTP__HOST="127.0.0.1",
            CHIPBRIEF_SMTP__PORT=str(port), CHIPBRIEF_SMTP__SECURITY="none",
            CHIPBRIEF_SMTP__USERNAME="briefing", CHIPBRIEF_SMTP__PASSWORD_SECRET=BLOCK,
        )  # fmt: skip
    finally:
        server.stop()

    assert post.passwords == [b"right-horse-7"]
    assert post.recipients == ["ann@readers.example", "li@readers.example"]
    assert "right-horse-7" not in said + prefect.logged()
    assert not [p for p in home.rglob("*") if p.is_file() and b"right-horse-7" in p.read_bytes()]


ASK = """
import sys
from flows import settings
from flows.ingest.flow import ingest, with_connections
from prefect.blocks.system import Secret
from warehouse.errors import WrongUse
try:
    with_connections(settings.load())
except WrongUse as error:
    print(error)
Secret(value=sys.stdin.read()).save("desk-postgres")
ingest(paths=["query:bars"])
"""


def test_a_query_takes_its_connection_from_a_secret_block_and_shows_it_nowhere(
    prefect: Prefect, tmp_path: Path
) -> None:
    query = {"name": "bars", "sql": "select 1", "connection_secret": "desk-postgres"}
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as beside:
        port = server.getsockname()[1]
        asked = beside.submit(_first_message, server)

        said = prefect.run(
            sys.executable, "-c", ASK, CHIPBRIEF_HOME=str(tmp_path / "home"),
            CHIPBRIEF_QUERIES=json.dumps([query]),
            stdin=f"host=127.0.0.1 port={port} user=desk-reader password=right-horse-8"
            " dbname=prices-of-the-desk sslmode=disable gssencmode=disable",
        )  # fmt: skip

        assert b"user\0desk-reader\0database\0prices-of-the-desk\0" in asked.result(5)
    assert "Prefect has no Secret block 'desk-postgres'" in said
    assert "set connection_env of query bars" in said
    assert re.search(r"query:bars refused: query:bars cannot be fetched", said)
    assert "right-horse-8" not in said + prefect.logged()
    kept = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert kept
    assert not [p for p in kept if b"right-horse-8" in p.read_bytes()]


def _first_message(server: socket.socket) -> bytes:
    """What a client of Postgres says first: as whom, to which database. It gets no answer."""
    server.settimeout(60)
    client, _ = server.accept()
    with client:
        return client.recv(4096)


class Post:
    """An SMTP server's handler that notes who logged in and who got mail."""

    def __init__(self) -> None:
        self.passwords: list[bytes] = []
        self.recipients: list[str] = []

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _how: str, data: Any
    ) -> Any:
        self.passwords.append(data.password)
        return AuthResult(success=True)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.recipients += envelope.rcpt_tos
        return "250 OK"


def _editions_are_there(home: Path) -> None:
    edition = home / "briefings" / "weekly-2026-W47"
    assert json.loads((edition / "edition.json").read_text("utf-8"))["edition_id"] == edition.name
    for language in ("en", "zh"):
        assert "<html" in (edition / f"web.{language}.html").read_text("utf-8")
    mails = sorted((home / "outbox" / edition.name).glob("*.eml"))
    read = [email.message_from_bytes(mail.read_bytes(), policy=policy.default) for mail in mails]
    assert [mail["To"] for mail in read] == ["ann@readers.example", "li@readers.example"]
    for mail in read:
        text, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert text is not None
        assert html is not None
        shown = set(re.findall(r"cid:([^\"'\s>]+)", html.get_content()))
        carried = {
            str(part["Content-ID"]).strip("<>") for part in mail.walk() if part["Content-ID"]
        }
        assert shown == carried != set()


def _artifacts_are_there(prefect: Prefect, run_id: str) -> None:
    found = prefect.ask("artifacts/filter", {"flow_runs": {"id": {"any_": [run_id]}}})
    artifacts = {artifact["key"]: artifact for artifact in found}
    assert set(artifacts) == {
        "ingested-files", "built-models", "briefing-page-en", "briefing-page-zh", "deliveries",
    }  # fmt: skip
    files = json.loads(artifacts["ingested-files"]["data"])
    assert {"chips", "prices", "sales"} <= {file["kind"] for file in files}
    for file in files:
        held = file["accepted"] + file["duplicate"] + file["quarantined"]
        assert file["rows read"] == held
    models = json.loads(artifacts["built-models"]["data"])
    assert {row["model"]: row["rows"] for row in models}["dim_chip"] > 0
    sent = json.loads(artifacts["deliveries"]["data"])
    assert [(row["audience"], row["became"], row["messages"]) for row in sent] == [
        ("Desk", "filed", 1),
        ("研究组", "filed", 1),
    ]
    link = artifacts["briefing-page-zh"]["data"]  # [text](file:///…)
    page = unquote(urlsplit(link[link.rindex("(") + 1 : -1]).path)
    assert 'lang="zh' in Path(page).read_text("utf-8")


def _timetable_is_there(prefect: Prefect) -> None:
    deployments = {d["name"]: d for d in prefect.ask("deployments/filter")}
    assert set(deployments) == {"daily-prices", "daily", "weekly", "monthly", "quarterly"}
    times = {
        (slot["schedule"]["cron"], slot["schedule"]["timezone"])
        for slot in deployments["daily-prices"]["schedules"]
    }
    assert times == {("0 17 * * 1-5", "Asia/Shanghai"), ("30 18 * * 1-5", "America/New_York")}
    # The server's scheduler has put the coming runs on the calendar, but for the one switched off.
    coming = prefect.ask(
        "flow_runs/filter", {"flow_runs": {"state": {"name": {"any_": ["Scheduled"]}}}}
    )
    planned = {run["deployment_id"] for run in coming}
    assert planned == {d["id"] for name, d in deployments.items() if name != "daily"}
    described = deployments["weekly"]["parameter_openapi_schema"]["properties"]
    assert list(described) == ["period", "as_of", "languages", "recipients", "paths"]
    assert all(parameter["description"] for parameter in described.values())
