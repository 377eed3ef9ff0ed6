"""A message: an edition's mail template with To and Message-ID set for one recipient.

Pure: bytes in, bytes out. The template's own bytes are kept as they are, so what is sent is
what the archive holds.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from email.headerregistry import UniqueAddressHeader

#: RFC 5322 dot-atom; quoted local parts are refused, nobody has one.
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.A | re.I)
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.A)
_NEWLINE = re.compile(rb"\r\n|\r|\n")
_REQUIRED = ("From", "Subject", "Date", "MIME-Version", "Content-Type")
_OURS = ("To", "Cc", "Bcc", "Message-ID")


class Unsendable(Exception):
    """An address or a template that cannot become a message; the text says why."""


@dataclass(frozen=True)
class Message:
    """What is handed to the server for one recipient."""

    recipient: str
    message_id: str
    data: bytes


def address(text: str) -> str:
    """The bare address in the form that goes to the server.

    A domain in another script becomes its ASCII form (IDNA). Raises Unsendable for whatever is
    no single address: control characters, spaces, a name in front, a list, a missing part.
    """
    local, _, domain = text.rpartition("@")
    if local and not local.isascii():
        raise Unsendable(f"{text!r}: only the part after the @ may be in another script")
    try:
        host = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        host = ""
    if not (_LOCAL.fullmatch(local) and _HOST.fullmatch(host)) or len(local) > 64:
        raise Unsendable(f"not a mail address: {text!r}")
    if len(spec := f"{local}@{host}") > 254:
        raise Unsendable(f"a mail address of more than 254 characters: {text!r}")
    return spec


def sender_address(text: str) -> str:
    """The bare address of a From such as `chipbrief <briefing@example.org>`.

    Raises WrongUse where it names none, or more than one.
    """
    from email import policy
    from email.errors import HeaderParseError, MessageError

    with suppress(Unsendable, ValueError, IndexError, HeaderParseError, MessageError):
        named = cast("UniqueAddressHeader", policy.default.header_factory("From", text))
        (one,) = named.addresses
        if text.isprintable():
            return address(one.addr_spec)
    raise WrongUse(
        f"The sender {text!r} is not one mail address.",
        'Set sender, for example: sender = "Chip briefing <briefing@example.org>".',
    )


def key(recipient: str) -> str:
    """Sixteen hex digits that stand for a recipient in file names and Message-IDs.

    Letter case does not tell recipients apart: `A@x.org` and `a@x.org` get one message.
    """
    return hashlib.sha256(recipient.lower().encode("utf-8", "surrogatepass")).hexdigest()[:16]


def compose(template: bytes, edition_id: str, language: str, recipient: str) -> Message:
    """Set To and Message-ID on a template.

    The Message-ID depends on edition, language and recipient alone: a message that is sent again
    because the server's answer was lost is the same message to every mail reader. Raises
    Unsendable where the template lacks a header, has one of ours already, or is not ASCII.
    """
    from email import policy
    from email.parser import BytesHeaderParser

    to = address(recipient)
    body = _NEWLINE.sub(b"\r\n", template)
    if not body.isascii():
        raise Unsendable("the mail template is not ASCII: its parts must be encoded")
    headers = BytesHeaderParser(policy=policy.default).parsebytes(body)
    missing = [name for name in _REQUIRED if not headers[name]]
    present = [name for name in _OURS if name in headers]
    if missing or present or headers.defects:
        raise Unsendable(
            "the mail template has "
            + (f"no {', '.join(missing)}" if missing else f"a wrong header {present}")
        )
    senders = cast("UniqueAddressHeader", headers["From"]).addresses
    if len(senders) != 1:
        raise Unsendable("the mail template names no single sender")
    host = address(senders[0].addr_spec).rpartition("@")[2]
    message_id = f"<{edition_id}.{language}.{key(to)}@{host}>"
    ours = f"To: {to}\r\nMessage-ID: {message_id}\r\nAuto-Submitted: auto-generated\r\n"
    return Message(recipient=to, message_id=message_id, data=ours.encode("ascii") + body)
