"""What a reader gets from hostile records is harmless: page, mail, subject, headers, names."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.brief.test_page import Outline

if TYPE_CHECKING:
    from email.message import EmailMessage

    from tests.hostile.conftest import Briefed

pytestmark = [pytest.mark.trial, pytest.mark.xdist_group("hostile")]

ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
LANGUAGES = ["en", "zh"]


def is_harmless(page: str) -> None:
    """No element, attribute, address or character of the page is a record's."""
    outline = Outline(page)
    assert not outline.of("script", "iframe", "object", "embed", "base", "form")
    assert {a.get("rel") for a in outline.of("link")} <= {"icon"}
    for tag, attributes in outline.tags:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        for name in ("href", "src", "xlink:href", "action"):
            address = str(attributes.get(name) or "").strip().lower()
            assert not address.startswith(("javascript:", "data:text", "vbscript:")), address
            assert address != "x"
    assert not [a for a in outline.of("a") if "evil.example" in str(a.get("href"))]
    assert not ODD.search(page)
    assert "{{7*7}}" in page
    assert "onerror=alert" in page


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_shows_hostile_records_as_text(briefed: Briefed, code: str) -> None:
    page = (briefed.edition / f"web.{code}.html").read_text("utf-8")

    is_harmless(page)
    # were a comment or a style of a record open, what comes after it would be swallowed
    sections = [a.get("id") for a in Outline(page).of("section")]
    assert sections[-1] == "sources"
    assert len(sections) == 12


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_drawings_and_the_archive_show_them_as_text(briefed: Briefed, code: str) -> None:
    drawings = list((briefed.edition / "charts").glob(f"*.{code}.svg"))
    for drawing in [*drawings, briefed.home / "briefings" / "index.html"]:
        text = drawing.read_text("utf-8")
        outline = Outline(text)
        assert not outline.of("script", "img", "foreignobject")
        assert not [n for _, a in outline.tags for n in a if n.startswith("on")]
        assert not ODD.search(text)


def messages(briefed: Briefed) -> list[EmailMessage]:
    found = sorted((briefed.home / "outbox").rglob("*.eml"))
    assert len(found) >= 2
    parsed = (email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in found)
    return list(parsed)  # type: ignore[arg-type]


def test_the_mail_has_only_headers_of_its_own(briefed: Briefed) -> None:
    for message in messages(briefed):
        assert message["Bcc"] is None
        assert str(message["To"]) in ("ann@example.org", "li@example.org")
        assert set(message.keys()) <= {
            "Subject", "From", "To", "Date", "Message-ID", "MIME-Version", "Content-Type",
            "Content-Language", "Auto-Submitted",
        }  # fmt: skip
        subject = str(message["Subject"])
        assert subject
        assert not ODD.search(subject)
        assert "\n" not in subject
        assert not message.defects


def test_the_parts_of_the_mail_are_harmless(briefed: Briefed) -> None:
    for message in messages(briefed):
        html = message.get_body(("html",))
        plain = message.get_body(("plain",))
        assert html is not None
        assert plain is not None
        is_harmless(html.get_content().replace("\r\n", "\n"))
        text = plain.get_content().replace("\r\n", "\n")
        assert not ODD.search(text)
        assert "{{7*7}}" in text
        assert len(html.get_content().encode()) < 100_000


def test_the_names_of_attachments_and_files_are_ours(briefed: Briefed) -> None:
    plain = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
    for message in messages(briefed):
        for part in message.walk():
            name = part.get_filename()
            assert name is None or plain.fullmatch(name), name
    for path in briefed.home.rglob("*"):
        for part in path.relative_to(briefed.home).parts:
            assert plain.fullmatch(part.lstrip(".")), path
    assert not list(Path(briefed.home).parent.glob("passwd*"))
