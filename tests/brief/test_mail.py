"""The mail: whole in itself, below the limit, the same bytes from the same material."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from flows.brief import drawings, mail, render
from flows.brief.figures import Figures

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage
    from pathlib import Path

    from flows.brief.render import Material


@pytest.fixture(scope="session", params=["en", "zh"])
def message(request: pytest.FixtureRequest, edition_folder: Path) -> EmailMessage:
    data = (edition_folder / f"mail.{request.param}.eml").read_bytes()
    return email.message_from_bytes(data, policy=email.policy.default)  # type: ignore[return-value]


def part(message: EmailMessage, kind: str) -> EmailMessage:
    return next(p for p in message.walk() if p.get_content_type() == kind)  # type: ignore[return-value]


def test_it_has_a_text_an_html_part_its_charts_and_the_page(message: EmailMessage) -> None:
    kinds = [p.get_content_type() for p in message.walk()]

    assert kinds[:5] == ["multipart/mixed", "multipart/alternative", "text/plain",
                         "multipart/related", "text/html"]  # fmt: skip
    assert kinds[5:-1] == ["image/png"] * len(drawings.MAILED)
    assert kinds[-1] == "text/html"
    (attached,) = message.iter_attachments()
    assert re.fullmatch(r"weekly-2026-W47\.(en|zh)\.html", str(attached.get_filename()))


def test_every_picture_of_the_html_part_is_in_the_message(message: EmailMessage) -> None:
    shown = set(re.findall(r'src="([^"]+)"', part(message, "text/html").get_content()))
    carried = {f"cid:{p['Content-ID'][1:-1]}" for p in message.walk() if p["Content-ID"]}

    assert shown == carried
    assert len(shown) == len(drawings.MAILED)
    pictures = [p.get_content() for p in message.walk() if p.get_content_type() == "image/png"]
    assert all(data.startswith(b"\x89PNG") for data in pictures)


def test_the_html_part_is_short_and_dressed_for_the_dark(message: EmailMessage) -> None:
    html = part(message, "text/html").get_content()

    assert len(html.encode()) < mail.HTML_LIMIT
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert 'style="' in html
    assert "var(--" not in html
    assert "<script" not in html


def test_recipient_and_message_id_are_left_to_delivery(
    message: EmailMessage, edition_folder: Path
) -> None:
    assert message["To"] is None
    assert message["Message-ID"] is None
    assert message["From"] == "chipbrief@localhost"
    assert message["Date"] == "Mon, 23 Nov 2026 08:00:00 +0000"
    for path in edition_folder.glob("mail.*.eml"):
        assert path.read_bytes().isascii()


def test_the_text_part_has_the_figures_of_the_html_part(message: EmailMessage) -> None:
    text, html = (part(message, kind).get_content() for kind in ("text/plain", "text/html"))

    for figure in ("15,832", "4,800", "6.69", "13.37", "+46.9%", "55%", "−1.44%"):
        assert figure in text, figure
        assert figure in html, figure


def test_the_preview_shows_the_charts_of_its_folder(edition_folder: Path) -> None:
    for path in edition_folder.glob("mail.*.html"):
        shown = re.findall(r'src="([^"]+)"', path.read_text("utf-8"))

        assert shown
        assert all((edition_folder / name).is_file() for name in shown)


def test_a_digest_of_very_many_records_is_cut_shorter(
    real_figures: Figures, material: Callable[..., Material]
) -> None:
    policy = real_figures["rpt_policy"]
    long = [replace(r, values={**r.values, "title": "x" * 4000}) for r in policy]
    tables = {**real_figures.tables, "rpt_policy": replace(policy, rows=tuple(long))}

    html = mail.html(material(Figures(real_figures.as_of, tables)), "en")

    assert len(html.encode()) < mail.HTML_LIMIT


def test_what_cannot_be_cut_to_length_is_refused(
    real_figures: Figures, material: Callable[..., Material]
) -> None:
    policy = real_figures["rpt_policy"]
    long = [replace(r, values={**r.values, "title": "x" * 100_000}) for r in policy]
    tables = {**real_figures.tables, "rpt_policy": replace(policy, rows=tuple(long))}

    with pytest.raises(mail.MailTooLong, match="weekly-2026-W47"):
        mail.html(material(Figures(real_figures.as_of, tables)), "en")


def test_the_same_material_gives_the_same_message(
    real_figures: Figures, material: Callable[..., Material]
) -> None:
    built = material(real_figures)
    parts = {"text": render.mail_text(built, "zh"), "html": "<p>x</p>", "web": "<p>x</p>"}
    issued = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)

    first, second = (
        mail.compose(built, "zh", parts, sender="a@example.org", issued_at=issued) for _ in range(2)
    )

    assert first == second
