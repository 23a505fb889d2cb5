"""What a notification looks like in the app, in its reader's language."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.domain import people, wording
from services.notifications.domain.kinds import Kind, subjects
from services.notifications.domain.languages import language_of
from services.notifications.domain.wording import Reader
from services.notifications.models import Message


def worded(session: Session, person: UUID, messages: Sequence[Message], language: str | None) -> list[dict[str, Any]]:
    """These messages in words: in the given language, or in that of the person."""
    known = people.of(session, [person]).get(person)
    locale = known.locale if known else None
    reader = Reader(language or language_of(locale), locale)
    names = wording.names_in(session, [message.params for message in messages])
    return [_one(message, names, reader) for message in messages]


def _one(message: Message, names: wording.Names, reader: Reader) -> dict[str, Any]:
    kind = Kind(message.kind)
    said = wording.word(kind, message.params, names.of(message.params), reader)
    return {
        "id": message.id,
        "kind": kind,
        "title": said.subject,
        "line": said.line,
        "action": said.action,
        "link": said.link,
        "about": subjects(message.params),
        "occurred_at": message.occurred_at,
        "read_at": message.read_at,
    }
