"""A mail reaches each recipient once; what stands in the way is said and gone round."""

from __future__ import annotations

import email
import json
from email import policy
from typing import TYPE_CHECKING

import pytest

from flows.deliver.delivery import deliver
from flows.deliver.report import NotDelivered
from flows.settings import Audience, Settings, Smtp
from warehouse.errors import LockHeld, Trouble, WrongUse
from warehouse.home import Home
from warehouse.lock import WriterLock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.settings import Language
    from tests.deliver.conftest import MailServer

#: Waits between rounds, too short to notice.
AT_ONCE = (0.001, 0.001, 0.001)


def _desk(*recipients: str, language: Language = "en") -> Audience:
    return Audience(name="Desk", language=language, recipients=list(recipients))


def test_a_mail_is_sent_once_and_a_second_run_sends_nothing(
    mail_server: MailServer, issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    issue("weekly-2026-W47")
    config = settings(mail_server)

    first = deliver(config.store, config)
    second = deliver(config.store, config)

    assert [d.became for d in first.deliveries] == ["sent"]
    assert first.exit_code == 0
    assert (second.deliveries, second.already, second.exit_code) == ((), 1, 0)
    assert len(mail_server.taken) == 1
    assert second.lines() == ["No mail to deliver (1 message delivered before)."]


def test_what_arrives_has_a_text_an_html_and_the_image_that_the_html_shows(
    mail_server: MailServer, issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    folder = issue("weekly-2026-W47")
    config = settings(
        mail_server,
        audiences=[_desk("li@readers.example", language="zh")],
    )

    deliver(config.store, config)

    (envelope,) = mail_server.taken
    mail = email.message_from_bytes(envelope.content, policy=policy.default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    image = next(part for part in mail.walk() if part.get_content_type() == "image/png")
    assert envelope.mail_from == "briefing@example.org"
    assert envelope.rcpt_tos == ["li@readers.example"] == [mail["To"]]
    assert mail["Subject"] == "对华芯片: weekly-2026-W47"
    assert text.get_content().splitlines() == ["对华芯片", ".a line that starts with a dot"]
    assert f"cid:{image['Content-ID'].strip('<>')}" in html.get_content()
    assert envelope.content.endswith((folder / "mail.zh.eml").read_bytes())


def test_each_audience_gets_its_periods_in_its_language_and_only_the_newest(
    mail_server: MailServer, issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    for edition in ("weekly-2026-W46", "weekly-2026-W47", "weekly-2026-W47-r2", "monthly-2026-10"):
        issue(edition)
    issue("daily-2026-11-22")
    config = settings(
        mail_server,
        audiences=[
            Audience(name="Desk", periods=["weekly", "monthly"], recipients=["ann@x.example"]),
            Audience(name="Again", periods=["weekly"], recipients=["Ann@x.example"]),
            Audience(
                name="研究",
                language="zh",
                periods=["weekly", "quarterly"],  # no quarterly edition stands yet
                recipients=["li@x.example"],
            ),
        ],
    )

    report = deliver(config.store, config)

    assert [(d.recipient, d.edition_id, d.language) for d in report.deliveries] == [
        ("ann@x.example", "weekly-2026-W47-r2", "en"),
        ("ann@x.example", "monthly-2026-10", "en"),
        ("li@x.example", "weekly-2026-W47-r2", "zh"),
    ]
    assert len(mail_server.taken) == 3
    assert mail_server.connections == 1


def test_a_temporary_refusal_is_tried_again_in_the_same_run(
    mail_server: MailServer, issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    issue("weekly-2026-W47")
    config = settings(mail_server)
    mail_server.rcpt_answers = ["450 4.2.0 greylisted"]
    mail_server.data_answers = ["451 4.3.0 try later", "250 OK"]

    report = deliver(config.store, config, waits_seconds=AT_ONCE)

    assert [d.became for d in report.deliveries] == ["sent"]
    assert len(mail_server.taken) == 1


def test_a_server_that_stays_away_leaves_the_mail_for_the_next_run(
    mail_server: MailServer, issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    issue("weekly-2026-W47")
    config = settings(mail_server)
    mail_server.rcpt_answers = ["450 4.2.0 greylisted"] * 4

    first = deliver(config.store, config, waits_seconds=AT_ONCE)
    issue("weekly-2026-W48")
    second = deliver(config.store, config, waits_seconds=AT_ONCE)

    assert (first.exit_code, [d.became for d in first.deliveries]) == (6, ["pending"])
    assert first.deliveries[0].reason == "450 4.2.0 greylisted"
    assert [(d.edition_id, d.became) for d in second.deliveries] == [
        ("weekly-2026-W47", "sent"),
        ("weekly-2026-W48", "sent"),
    ]


def test_nobody_listening_is_said_and_costs_one_try_a_round_whatever_the_number_of_mails(
    issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    issue("weekly-2026-W47")
    readers = [f"reader{n}@x.example" for n in range(50)]
    config = settings(
        smtp=Smtp(host="127.0.0.1", port=1, security="none"),
        audiences=[Audience(name="Desk", recipients=readers)],
    )
    said: list[str] = []

    report = deliver(config.store, config, waits_seconds=(0.001,), on_progress=said.append)

    assert (report.exit_code, report.count("pending")) == (6, 50)
    assert report.deliveries[0].reason == "127.0.0.1:1: Connection refused"
    assert report.lines() == [
        (
            "Not delivered: weekly-2026-W47 (en) to reader0@x.example, reader1@x.example,"
            " reader2@x.example and 47 more: 127.0.0.1:1: Connection refused"
            " (tried again by the next run)"
        )
    ]
    assert NotDelivered(report).may_pass
    assert said == ["50 of 50 messages wait 0.001 s for 127.0.0.1:1"]


def test_a_permanent_refusal_is_final_in_the_servers_words_until_the_edition_is_named(
    mail_server: MailServer, issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    issue("weekly-2026-W47")
    config = settings(
        mail_server,
        audiences=[Audience(name="Desk", recipients=["gone@x.example", "ann@x.example"])],
    )
    mail_server.rcpt_answers = ["550 5.1.1 no such user"]

    first = deliver(config.store, config, waits_seconds=AT_ONCE)
    second = deliver(config.store, config, waits_seconds=AT_ONCE)
    named = deliver(config.store, config, edition_id="weekly-2026-W47")

    assert [(d.recipient, d.became, d.reason) for d in first.deliveries] == [
        ("gone@x.example", "failed", "550 5.1.1 no such user"),
        ("ann@x.example", "sent", ""),
    ]
    assert (first.exit_code, second.exit_code, named.exit_code) == (6, 6, 0)
    assert second.count("failed") == 1
    assert [e.rcpt_tos for e in mail_server.taken] == [["ann@x.example"], ["gone@x.example"]]


def test_a_lost_answer_is_unknown_and_the_second_mail_has_the_same_message_id(
    mail_server: MailServer,
    issue: Callable[..., Path],
    settings: Callable[..., Settings],
    tmp_path: Path,
) -> None:
    issue("weekly-2026-W47")
    config = settings(mail_server)
    mail_server.data_answers = ["take it and hang up"]

    first = deliver(config.store, config, waits_seconds=())
    kept = json.loads(next(tmp_path.glob("outbox/*/*.json")).read_text())
    second = deliver(config.store, config, waits_seconds=())
    deliver(config.store, config, waits_seconds=())

    assert [d.became for d in first.deliveries] == ["unknown"]
    assert first.exit_code == 6
    assert (kept["state"], kept["attempts"]) == ("unknown", 1)
    assert [d.became for d in second.deliveries] == ["sent"]
    one, two = (email.message_from_bytes(e.content)["Message-ID"] for e in mail_server.taken)
    assert one == two == first.deliveries[0].message_id


def test_a_run_cut_off_while_sending_counts_as_a_lost_answer(
    mail_server: MailServer,
    issue: Callable[..., Path],
    settings: Callable[..., Settings],
    tmp_path: Path,
) -> None:
    issue("weekly-2026-W47")
    config = settings(mail_server)
    deliver(config.store, config)
    state = next(tmp_path.glob("outbox/*/*.json"))
    state.write_text(state.read_text().replace('"sent"', '"sending"'))

    report = deliver(config.store, config)

    assert [d.became for d in report.deliveries] == ["sent"]
    assert len({email.message_from_bytes(e.content)["Message-ID"] for e in mail_server.taken}) == 1


def test_a_run_cut_off_before_the_state_was_written_makes_the_message_again(
    mail_server: MailServer,
    issue: Callable[..., Path],
    settings: Callable[..., Settings],
    tmp_path: Path,
) -> None:
    issue("weekly-2026-W47")
    config = settings(mail_server)
    without = settings()
    deliver(without.store, without)
    next(tmp_path.glob("outbox/*/*.json")).unlink()

    report = deliver(config.store, config)

    assert [d.became for d in report.deliveries] == ["sent"]
    assert len(mail_server.taken) == 1


def test_a_state_that_cannot_be_read_stops_the_run_rather_than_risk_a_second_mail(
    mail_server: MailServer,
    issue: Callable[..., Path],
    settings: Callable[..., Settings],
    tmp_path: Path,
) -> None:
    issue("weekly-2026-W47")
    config = settings(mail_server)
    deliver(config.store, config)
    next(tmp_path.glob("outbox/*/*.json")).write_text("{")

    with pytest.raises(Trouble, match=r"remove it to send the mail again"):
        deliver(config.store, config)


def test_a_sender_that_the_server_refuses_leaves_every_mail_to_be_sent(
    mail_server: MailServer, issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    issue("weekly-2026-W47")
    config = settings(
        mail_server,
        audiences=[Audience(name="Desk", recipients=["ann@x.example", "bob@x.example"])],
    )
    mail_server.mail_answer = "553 5.7.1 not your address"

    refused = deliver(config.store, config, waits_seconds=AT_ONCE)
    mail_server.mail_answer = ""
    mended = deliver(config.store, config)

    assert [d.became for d in refused.deliveries] == ["pending", "pending"]
    assert "553 5.7.1 not your address" in refused.deliveries[1].reason
    assert refused.held_up == refused.deliveries[0].reason
    assert not NotDelivered(refused).may_pass
    assert (mended.count("sent"), mended.exit_code) == (2, 0)


def test_without_a_server_the_mails_are_files_and_that_is_said(
    issue: Callable[..., Path], settings: Callable[..., Settings], tmp_path: Path
) -> None:
    issue("weekly-2026-W47")
    config = settings(
        audiences=[
            Audience(name="Desk", recipients=["ann@x.example"]),
            Audience(name="研究", language="zh", recipients=["li@x.example"]),
        ]
    )

    report = deliver(config.store, config)
    again = deliver(config.store, config)

    outbox = tmp_path / "outbox"
    assert report.lines() == [f"2 messages written to {outbox}: no SMTP server is set."]
    assert (report.exit_code, again.deliveries, again.already) == (0, (), 2)
    mails = sorted(outbox.glob("weekly-2026-W47/*.eml"))
    assert [mail.name[:3] for mail in mails] == ["en-", "zh-"]
    assert email.message_from_bytes(mails[0].read_bytes())["To"] == "ann@x.example"


def test_mail_that_was_filed_is_sent_once_a_server_is_set(
    mail_server: MailServer, issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    issue("weekly-2026-W47")
    without, with_server = settings(), settings(mail_server)

    filed = deliver(without.store, without)
    sent = deliver(with_server.store, with_server)

    assert [d.became for d in (*filed.deliveries, *sent.deliveries)] == ["filed", "sent"]
    assert filed.deliveries[0].message_id == sent.deliveries[0].message_id


def test_a_dry_run_says_what_would_go_to_whom_and_writes_nothing(
    mail_server: MailServer,
    issue: Callable[..., Path],
    settings: Callable[..., Settings],
    tmp_path: Path,
) -> None:
    issue("weekly-2026-W47")
    config = settings(mail_server)

    report = deliver(config.store, config, dry_run=True)

    assert report.lines() == [
        f"1 message would be sent by 127.0.0.1:{mail_server.port}:",
        "  weekly-2026-W47 (en) to ann@readers.example, audience 'Desk'",
    ]
    assert (report.exit_code, mail_server.connections) == (0, 0)
    assert not (tmp_path / "outbox").exists()


def test_an_unknown_edition_is_refused_and_so_is_a_path(
    issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    issue("weekly-2026-W47")
    config = settings()

    for wrong in ("weekly-2026-W40", "../../etc", "weekly-2026-W47/../weekly-2026-W47"):
        with pytest.raises(WrongUse, match="no edition"):
            deliver(config.store, config, edition_id=wrong)


def test_two_runs_do_not_send_at_the_same_time(
    mail_server: MailServer, issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    issue("weekly-2026-W47")
    config = settings(mail_server)

    with WriterLock(Home(config.store.outbox), "send"), pytest.raises(LockHeld):
        deliver(config.store, config)


def test_a_half_written_edition_is_not_sent(
    mail_server: MailServer, issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    issue("weekly-2026-W46")
    (issue("weekly-2026-W47") / "edition.json").unlink()
    config = settings(mail_server)

    report = deliver(config.store, config)

    assert [d.edition_id for d in report.deliveries] == ["weekly-2026-W46"]
