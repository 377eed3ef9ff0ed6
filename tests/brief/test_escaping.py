"""Nothing that a record holds reaches a page, a mail or a header as anything but text."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from flows.brief import mail, render
from flows.brief.issue import Issue, issue
from tests.brief.conftest import AS_OF, ISSUE, made
from tests.brief.test_page import Outline
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.brief.figures import Figures
    from flows.brief.render import Material

EVIL = (
    "<script>alert(1)</script>\"><img src=x onerror=alert(2)>' onmouseover=x {{ 7*7 }} {% raw %}"
    "\r\nBcc: evil@example.org\r\n\r\n\u202egnp.exe"
)


def hostile() -> Figures:
    common = {"source_id": "EVIL", "confidence": "contested"}
    headline = {
        "figure_key": "china_revenue",
        "figure_no": 1,
        "subject": EVIL,
        "value": Decimal(1),
        "unit": "USD",
        "text": EVIL,
        "basis": EVIL,
        "publisher": EVIL,
    }
    event = {
        "item_kind": "event",
        "item_id": "e",
        "item_no": 1,
        "announced_on": AS_OF,
        "jurisdiction": "US",
        "authority": EVIL,
        "status": EVIL,
        "instrument": EVIL,
        "title": EVIL,
        "summary": EVIL,
    }
    claim = {
        "claim_id": "C1",
        "definition_id": "A",
        "claim_no": 1,
        "definition_no": 1,
        "claim": EVIL,
        "quote_zh": EVIL,
        "claim_verdict": EVIL,
        "definition": EVIL,
        "comparator": ">",
        "stated_low": Decimal(13),
        "computed_value": Decimal(6),
        "unit": EVIL,
        "verdict": EVIL,
        "reason": EVIL,
    }
    chip = {
        "chip_id": EVIL,
        "is_main": True,
        "is_us_origin": True,
        "vendor": EVIL,
        "short_name": EVIL,
        "tpp": Decimal(1),
        "tpp_format": EVIL,
        "eccn_class": EVIL,
        "duty_band": EVIL,
    }
    source = {"source_key": "EVIL", "title": EVIL, "address": f"javascript:alert(1){EVIL}"}
    return made(
        rpt_headline=[{**headline, **common}],
        rpt_policy=[{**event, **common}],
        rpt_claim=[{**claim, **common}],
        rpt_chip=[{**chip, **common}],
        rpt_source=[source],
    )


@pytest.mark.parametrize("code", ["en", "zh"])
def test_markup_from_a_record_is_text_on_the_page_and_in_the_mail(
    material: Callable[..., Material], code: str
) -> None:
    for page in (render.web(material(hostile()), code), mail.html(material(hostile()), code)):
        outline = Outline(page)

        assert not outline.of("script")
        assert [a for a in outline.of("img") if a.get("onerror")] == []
        assert not any(name.startswith("on") for _, a in outline.tags for name in a)
        assert "{{ 7*7 }}" in page
        assert "\u202e" not in page
        assert not [a for a in outline.of("a") if "javascript" in str(a.get("href"))]


@pytest.mark.parametrize("code", ["en", "zh"])
def test_no_record_gets_a_line_of_its_own_into_the_headers(
    material: Callable[..., Material], code: str
) -> None:
    built = material(hostile())
    parts = {"text": render.mail_text(built, code), "html": "<p></p>", "web": "<p></p>"}

    message = mail.compose(
        built,
        code,
        parts,
        sender="a@example.org",
        issued_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC),
    )

    parsed = email.message_from_bytes(message, policy=email.policy.default)
    assert parsed["Bcc"] is None
    assert "\n" not in render.subject(built, code)
    assert len(render.subject(built, code)) <= 180


def test_a_title_from_the_settings_cannot_break_a_header(
    material: Callable[..., Material],
) -> None:
    title = "brief\r\nBcc: evil@example.org"
    named = Issue(ISSUE.kind, ISSUE.period, ISSUE.start, ISSUE.end, AS_OF, title)

    assert "\n" not in render.subject(material(hostile(), issue=named), "en")


def test_a_text_part_holds_no_control_characters(material: Callable[..., Material]) -> None:
    text = render.mail_text(material(hostile()), "en")

    assert not [c for c in text if ord(c) < 32 and c != "\n"]
    assert "&lt;" not in text


@pytest.mark.parametrize("label", ["../../etc", "2026-W47/..", "2026 W47", "", "2026-W47\n"])
def test_a_period_that_could_leave_the_archive_is_refused(label: str) -> None:
    class Odd:
        kind = "weekly"
        start = end = as_of = AS_OF

    odd = Odd()
    odd.label = label  # type: ignore[attr-defined]
    with pytest.raises(WrongUse, match="no period"):
        issue(odd, AS_OF, "chipbrief")  # type: ignore[arg-type]
