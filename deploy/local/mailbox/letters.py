"""Takes a mail apart: its headers, its text, its HTML, and what is attached."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from deploy.local.mailbox.store import Mail


@dataclass(frozen=True)
class Attachment:
    """A part that is neither the text nor the HTML."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """A mail as its reader has it; a mail that cannot be taken apart still has its headers, or none."""

    headers: list[tuple[str, str]]
    text: str | None
    html: str | None
    attachments: list[Attachment]


def opened(source: bytes) -> Letter:
    """Take a mail apart; what is broken in it is left out, never refused."""
    message = message_from_bytes(source, policy=default)
    headers = [(name, str(value)) for name, value in message.items()]
    attached = [_attachment(part) for part in message.iter_attachments() if isinstance(part, EmailMessage)]
    return Letter(headers, _body(message, "plain"), _body(message, "html"), attached)


def told(mail: Mail, letter: Letter, source: bytes) -> dict[str, Any]:
    """A mail with all that is in it, for programs."""
    attached = [{"name": it.name, "media_type": it.media_type, "size": len(it.content)} for it in letter.attachments]
    parts = {"headers": letter.headers, "text": letter.text, "html": letter.html, "attachments": attached}
    return {**asdict(mail), **parts, "source": readable(source)}


def readable(source: bytes) -> str:
    """A mail as it came, as text."""
    return source.decode("utf-8", errors="replace").replace("\r\n", "\n")


def _body(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    if part is None:
        return None
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    try:
        return raw.decode(part.get_content_charset("utf-8"), errors="replace")
    except LookupError:
        return raw.decode("utf-8", errors="replace")


def _attachment(part: EmailMessage) -> Attachment:
    content = part.get_payload(decode=True)
    whole = content if isinstance(content, bytes) else part.as_bytes()
    return Attachment(part.get_filename("") or "unnamed", part.get_content_type(), whole)
