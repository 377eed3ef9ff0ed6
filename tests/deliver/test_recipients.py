"""Who gets a mail: the audiences' recipients, in their language, each in a message of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.deliver.delivery import deliver
from flows.settings import Audience, Settings
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.settings import Language
    from tests.deliver.conftest import MailServer

#: Waits between rounds, too short to notice.
AT_ONCE = (0.001, 0.001, 0.001)


def _desk(*recipients: str, language: Language = "en") -> Audience:
    return Audience(name="Desk", language=language, recipients=list(recipients))


def test_recipients_can_be_narrowed_to_some_but_never_widened(
    mail_server: MailServer, issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    issue("weekly-2026-W47")
    config = settings(
        mail_server,
        audiences=[Audience(name="Desk", recipients=["ann@x.example", "bob@x.example"])],
    )

    report = deliver(config.store, config, recipients=["bob@x.example"])

    assert [d.recipient for d in report.deliveries] == ["bob@x.example"]
    with pytest.raises(WrongUse, match=r"stranger@x\.example"):
        deliver(config.store, config, recipients=["stranger@x.example"])


def test_one_address_that_cannot_be_does_not_keep_the_others_from_their_mail(
    mail_server: MailServer, issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    issue("weekly-2026-W47")
    config = settings(
        mail_server,
        audiences=[Audience(name="Desk", recipients=["a@-x-.example", "ann@x.example"])],
    )

    report = deliver(config.store, config)

    assert [(d.recipient, d.became) for d in report.deliveries] == [
        ("a@-x-.example", "failed"),
        ("ann@x.example", "sent"),
    ]
    assert report.exit_code == 6


def test_an_audience_whose_language_was_not_written_is_told_of_and_not_forgotten(
    issue: Callable[..., Path], settings: Callable[..., Settings]
) -> None:
    issue("weekly-2026-W47", ("en",))
    config = settings(audiences=[_desk("li@x.example", language="zh")])

    report = deliver(config.store, config)

    assert report.lines() == [
        (
            "Not delivered: weekly-2026-W47 (zh) to li@x.example:"
            " the edition was not written in zh: add it to languages in the settings"
        )
    ]
    assert report.exit_code == 6
