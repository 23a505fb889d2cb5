"""Templates with sample data: real events, so that what is previewed is what can happen."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.notifications.domain import mails, wording
from services.notifications.domain.kinds import TRAITS, Kind
from services.notifications.domain.languages import LANGUAGES
from services.notifications.domain.mails import Letter, Post
from services.notifications.domain.samples import SAMPLES, SECRETS
from services.notifications.domain.telling import params_of
from services.notifications.domain.wording import Reader, Worded

AN_ID = UUID("019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21")
NAMES = {"vendor": "Acme", "customer": "Ada Lovelace"}
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def listed(language: str) -> dict[str, Any]:
    """Everything that people can be told, with its title, and the languages in which they are told it."""
    items = [
        {
            "kind": kind,
            "audience": traits.audience,
            "channels": [*traits.channels],
            "title": _said(kind, language).subject,
        }
        for kind, traits in TRAITS.items()
    ]
    return {"items": items, "languages": LANGUAGES}


def of(kind: Kind, language: str, post: Post) -> dict[str, Any]:
    """A template with sample data, as a mail and as it stands in the app."""
    reader, said = _reader(language), _said(kind, language)
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


def _reader(language: str) -> Reader:
    return Reader(language, language, "Ada Lovelace")


def _said(kind: Kind, language: str) -> Worded:
    params = {**params_of(SAMPLES[kind]), **SECRETS.get(kind, {})}
    return wording.word(kind, params, NAMES, _reader(language))
