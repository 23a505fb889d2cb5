"""A message as a mail: text and HTML, the headers of RFC 5322, 3834 and 8058, and a Message-ID that never changes."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from typing import Any
from uuid import UUID

from services.notifications.domain import wording
from services.notifications.domain.kinds import TRAITS, Channel, Kind
from services.notifications.domain.unsubscribing import Subscription, UnsubscribeLinks
from services.notifications.domain.wording import Reader, Worded

LONGEST_LINE = 998
"""RFC 5322 section 2.1.1. A shorter one encodes long links in headers; mail programs then see none."""


class NoAddress(ValueError):
    """This e-mail cannot be written to at all."""


@dataclass(frozen=True)
class Post:
    """Who writes, where links lead, and what signs those that switch mails off."""

    sender: str
    gateway_url: str
    links: UnsubscribeLinks


@dataclass(frozen=True)
class Letter:
    """What is sent to whom: `to` is an address, `name` what they are called."""

    delivery_id: UUID
    recipient_id: UUID
    kind: Kind
    to: str
    reader: Reader
    said: Worded


def compose(post: Post, letter: Letter, now: datetime) -> EmailMessage:
    """Write a mail. Raises `NoAddress` if its address can be none; nothing that anybody wrote can add a header."""
    to = _address(letter.to, letter.reader.name)
    mail = EmailMessage(policy=(SMTP if to.addr_spec.isascii() else SMTPUTF8).clone(max_line_length=LONGEST_LINE))
    name, sender = parseaddr(post.sender)
    mail["From"] = Address(name, addr_spec=sender)
    mail["To"] = to
    mail["Subject"] = letter.said.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{letter.delivery_id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    for header, value in _unsubscribing(post, letter).items():
        mail[header] = value
    parts = _parts(post, letter)
    mail.set_content(wording.frame(f"mail/{letter.reader.language}.txt", parts), cte="quoted-printable")
    html = wording.frame(f"mail/{letter.reader.language}.html", parts)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = letter.reader.language
    return mail


def _parts(post: Post, letter: Letter) -> dict[str, Any]:
    return {
        "said": letter.said,
        "name": letter.reader.name or "",
        "home": post.gateway_url.rstrip("/"),
        "off": post.links.page(_subscription(letter)) if _may_be_switched_off(letter) else None,
        "why": TRAITS[letter.kind].why,
    }


def _unsubscribing(post: Post, letter: Letter) -> dict[str, str]:
    """RFC 8058: who posts to this address wants no more of this kind; absent where it cannot be refused."""
    if not _may_be_switched_off(letter):
        return {}
    address = post.links.one_click(_subscription(letter))
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _subscription(letter: Letter) -> Subscription:
    return Subscription(letter.recipient_id, letter.kind, Channel.EMAIL)


def _may_be_switched_off(letter: Letter) -> bool:
    return Channel.EMAIL not in TRAITS[letter.kind].locked


def _address(given: str, name: str | None) -> Address:
    """The address with its domain as the DNS knows it (IDNA)."""
    local, at, domain = given.rpartition("@")
    try:
        if not (local and at and domain):
            raise NoAddress("not an address")
        domain = domain if domain.isascii() else domain.encode("idna").decode()
        return Address(wording.clean(name or ""), username=local, domain=domain)
    except (ValueError, IndexError) as wrong:
        raise NoAddress("not an address") from wrong
