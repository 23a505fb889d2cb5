"""What somebody was told: the list, what of it is unread, and marking it as read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, text, update
from sqlalchemy.orm import Session

from services.notifications.domain import preferences
from services.notifications.models import Message
from shared.kit.errors import NotFound
from shared.kit.paging import Page, take

AT_ONCE = 1000

_PURGE = text("""
    WITH old AS (
        DELETE FROM message WHERE id IN (
            SELECT id FROM message m WHERE read_at < :before
            AND NOT EXISTS (SELECT FROM delivery d WHERE d.message_id = m.id
                            AND d.state IN ('due', 'claimed', 'handed_over'))
            ORDER BY read_at LIMIT :most FOR UPDATE SKIP LOCKED)
        RETURNING id
    )
    INSERT INTO purged_message (id) SELECT id FROM old ON CONFLICT DO NOTHING
""")


class UnknownNotification(NotFound):
    """There is no such notification of yours."""


def page(
    session: Session, person: UUID, *, unread: bool = False, cursor: str | None = None, limit: int = 20
) -> Page[Any]:
    """The newest first, without the kinds that they do not wish to see here."""
    rows = _visible(session, person, select(Message))
    if unread:
        rows = rows.where(Message.read_at.is_(None))
    return take(session, rows, (Message.occurred_at, Message.id), cursor=cursor, limit=limit)


def unread(session: Session, person: UUID) -> int:
    """How many somebody has not read."""
    rows = _visible(session, person, select(func.count(Message.id))).where(Message.read_at.is_(None))
    return session.scalar(rows) or 0


def read(session: Session, person: UUID, message_id: UUID, now: datetime) -> Message:
    """Mark one as read; read stays read at its first moment. Raises `UnknownNotification` for another's."""
    query = _visible(session, person, select(Message)).where(Message.id == message_id)
    message: Message | None = session.scalar(query.with_for_update())
    if message is None:
        raise UnknownNotification
    message.read_at = message.read_at or now
    return message


def read_all(session: Session, person: UUID, through: UUID | None, now: datetime) -> int:
    """Mark all as read, or those up to one that they have seen, and return how many that were."""
    marked = update(Message).where(Message.recipient_id == person, Message.read_at.is_(None))
    if through:
        seen = session.get(Message, through)
        if seen is None or seen.recipient_id != person:
            raise UnknownNotification
        marked = marked.where((Message.occurred_at, Message.id) <= (seen.occurred_at, seen.id))  # type: ignore[operator]
    return int(session.execute(marked.values(read_at=now)).rowcount)  # type: ignore[attr-defined]


def purge(session: Session, before: datetime, most: int = AT_ONCE) -> int:
    """Forget messages that were read before this moment; their ids stay. Returns how many that were."""
    return int(session.execute(_PURGE, {"before": before, "most": most}).rowcount)  # type: ignore[attr-defined]


def _visible(session: Session, person: UUID, query: Select[Any]) -> Select[Any]:
    hidden: Sequence[str] = preferences.muted(session, person)
    return query.where(Message.recipient_id == person, Message.kind.not_in(hidden))
