"""Templates with sample data: real events, so that what is previewed is what can happen."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.notifications.domain import mails, wording
from services.notifications.domain.kinds import Kind
from services.notifications.domain.mails import Letter, Post
from services.notifications.domain.samples import SAMPLES, SECRETS
from services.notifications.domain.telling import params_of
from services.notifications.domain.wording import Reader

AN_ID = UUID("019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21")
NAMES = {"vendor": "Acme", "customer": "Ada Lovelace"}
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def of(kind: Kind, language: str, post: Post) -> dict[str, Any]:
    """A template with sample data, as a mail and as it stands in the app."""
    reader = Reader(language, language, "Ada Lovelace")
    said = wording.word(kind, {**params_of(SAMPLES[kind]), **SECRETS.get(kind, {})}, NAMES, reader)
    letter = Letter(AN_ID, AN_ID, kind, "ada@shop.example", reader, said)
    mail = mails.compose(post, letter, NOON)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return {
        "kind": kind,
        "language": language,
        "subject": str(mail["Subject"]),
        "text": text.get_content() if text else "",
        "html": html.get_content() if html else "",
        "title": said.subject,
        "line": said.line,
        "action": said.action,
        "link": said.link,
    }
