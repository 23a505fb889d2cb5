"""What becomes of somebody's notifications when they leave."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.notifications.domain import deliveries, preferences
from shared.messaging.replay.shadow import is_replaying

_FORGET_LATE = text("DELETE FROM message m USING person p WHERE p.id = m.recipient_id AND p.erased_at IS NOT NULL")


def forget(session: Session, person: UUID, at: datetime) -> None:
    """Remove what they were told and what they wished, and send nothing more. A replay removes the messages alone."""
    deliveries.forget_messages(session, person)
    if not is_replaying(session):
        preferences.forget(session, person)
        deliveries.stop(session, person, at)


def forget_late(session: Session) -> int:
    """Remove messages that were written while their reader was leaving, and return how many that were."""
    return int(session.execute(_FORGET_LATE).rowcount)  # type: ignore[attr-defined]
