"""Nothing from a setting or a template gets into a header that is not meant to be there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.deliver.message import Unsendable, address, compose, key, sender_address
from flows.deliver.smtp import dot_stuffed
from warehouse.errors import WrongUse

TEMPLATE = (
    b"From: Chip briefing <briefing@example.org>\nSubject: =?utf-8?b?6Iqv54mH?=\n"
    b"Date: Mon, 23 Nov 2026 08:00:00 +0000\nMIME-Version: 1.0\n"
    b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n6Iqv54mH\n"
)


@pytest.mark.parametrize(
    "text",
    [
        "a@x.example\r\nBcc: all@x.example",
        "a@x.example\nDATA",
        "a@x.example, b@x.example",
        "Ann <a@x.example>",
        "a@x.example>",
        "a b@x.example",
        "a@@x.example",
        "a@x..example",
        "a@x_y.example",
        "@x.example",
        "a@",
        "a",
        "",
        "a\x00@x.example",
        "李@x.example",
        "a@x.example\u2028",
        "a" * 65 + "@x.example",
    ],
)
def test_what_is_no_single_address_is_refused(text: str) -> None:
    with pytest.raises(Unsendable):
        address(text)


@given(st.text(max_size=40).map(lambda text: f"a{text}@x.example"))
def test_no_address_ever_brings_a_line_break_or_a_space(text: str) -> None:
    try:
        accepted = address(text)
    except Unsendable:
        return
    assert accepted.isascii()
    assert accepted.isprintable()
    assert not set(accepted) & set(" ,;<>\r\n")


def test_a_domain_in_another_script_is_written_in_ascii() -> None:
    assert address("li@例子.example") == "li@xn--fsqu00a.example"


def test_a_sender_may_carry_a_name() -> None:
    assert sender_address("对华芯片 <briefing@example.org>") == "briefing@example.org"


@pytest.mark.parametrize("text", ["nobody", "a@x.example, b@x.example", "<>", "a@x.example\nTo: b"])
def test_a_sender_that_is_not_one_address_is_a_wrong_setting(text: str) -> None:
    with pytest.raises(WrongUse, match="sender"):
        sender_address(text)


def test_the_message_id_depends_on_edition_language_and_recipient_alone() -> None:
    one = compose(TEMPLATE, "weekly-2026-W47", "en", "ann@x.example")
    same = compose(TEMPLATE + b"more\n", "weekly-2026-W47", "en", "ANN@x.example")
    other = compose(TEMPLATE, "weekly-2026-W47", "zh", "ann@x.example")

    assert one.message_id == f"<weekly-2026-W47.en.{key('ann@x.example')}@example.org>"
    assert one.message_id == same.message_id != other.message_id


def test_the_template_is_kept_byte_for_byte_behind_our_headers() -> None:
    data = compose(TEMPLATE, "weekly-2026-W47", "en", "ann@x.example").data

    assert data.endswith(TEMPLATE.replace(b"\n", b"\r\n"))
    assert data.startswith(b"To: ann@x.example\r\nMessage-ID: <weekly")


@pytest.mark.parametrize(
    "template",
    [
        TEMPLATE.replace(b"Date:", b"X-Date:"),
        b"To: someone@x.example\n" + TEMPLATE,
        b"Bcc: someone@x.example\n" + TEMPLATE,
        TEMPLATE + "芯片".encode(),
        TEMPLATE.replace(b"Chip briefing <briefing@example.org>", b"a@x.example, b@x.example"),
        b"",
    ],
)
def test_a_template_that_is_not_one_is_refused(template: bytes) -> None:
    with pytest.raises(Unsendable):
        compose(template, "weekly-2026-W47", "en", "ann@x.example")


def test_a_line_of_one_dot_does_not_end_the_message() -> None:
    assert dot_stuffed(b"a\r\n.\r\n..b\r\nc") == b"a\r\n..\r\n...b\r\nc\r\n"
