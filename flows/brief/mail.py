"""The mail of an edition: text and HTML parts, charts by `cid:`, the page attached.

To and Message-ID are left for the deliver stage. Same material, same bytes: boundaries and
content ids come from the edition's id, the date from the moment it was issued.
"""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from flows.brief import render
from flows.brief.drawings import MAILED

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from flows.brief.charts import Drawing
    from flows.brief.drawings import Coming
    from flows.brief.render import Material

#: The HTML part stays below this; some readers cut a longer one off.
HTML_LIMIT = 100_000
#: Rows of a table of the digest at most; the next number is tried where the part is too long.
ROWS = (10, 6, 3, 1)


class MailTooLong(Exception):
    """The HTML part is longer than mail readers show, however short its tables."""


def html(material: Material, language: str) -> str:
    """The HTML part: styles inlined, the rules for the dark kept.

    It is a digest: where records are many, each table is cut shorter until the part is below the
    limit. Raises MailTooLong where one row a table is too long still.
    """
    for rows in ROWS:
        written: str = _inliner().inline(render.mail_html(material, language, rows))
        if len(written.encode()) < HTML_LIMIT:
            return written
    raise MailTooLong(f"{material.issue.edition_id}: no digest in {language} is short enough")


def compose(
    material: Material,
    language: str,
    parts: Mapping[str, str],
    *,
    sender: str,
    issued_at: dt.datetime,
) -> bytes:
    """The message, complete but for To and Message-ID. `parts`: text, html and web."""
    edition = material.issue.edition_id
    message = EmailMessage(policy=policy.SMTP.clone(cte_type="7bit", max_line_length=76))
    message["Subject"] = render.subject(material, language)
    message["From"] = sender
    message["Date"] = format_datetime(issued_at)
    message["Content-Language"] = "zh-CN" if language == "zh" else language
    message.set_content(parts["text"], cte="base64")
    message.add_alternative(parts["html"], subtype="html", cte="base64")
    related: Any = message.get_payload(1)
    for name, drawing in _shown(material.drawings).items():
        related.add_related(
            drawing.png,
            maintype="image",
            subtype="png",
            cid=f"<{name}>",
            filename=f"{name}.png",
            disposition="inline",
        )
    message.add_attachment(
        parts["web"].encode(),
        maintype="text",
        subtype="html",
        params={"charset": "utf-8"},
        filename=f"{edition}.{language}.html",
    )
    for number, part in enumerate(p for p in message.walk() if p.is_multipart()):
        part.set_boundary(f"=_{edition}.{language}.{number}")
    return message.as_bytes()


def preview(html_part: str, language: str) -> str:
    """The HTML part as a page of its own: charts from the folder instead of from the message."""
    for name in MAILED:
        html_part = html_part.replace(f'src="cid:{name}"', f'src="charts/{name}.{language}.png"')
    return html_part


def _shown(drawings: Mapping[str, Drawing | Coming]) -> dict[str, Drawing | Coming]:
    return {n: drawings[n] for n in MAILED if n in drawings and drawings[n].has_png}


@cache
def _inliner() -> Any:
    import css_inline

    return css_inline.CSSInliner(
        keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False
    )
