"""What has come lately for those who listen."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.notifications.domain.kinds import subjects

WINDOW_SECONDS = 20
"""How far back each look goes: longer than any transaction may last, so that none that commits late is overlooked."""
MOST = 500

_NOT_MUTED = """
    NOT EXISTS (SELECT FROM preference p WHERE p.person_id = m.recipient_id AND p.kind = m.kind
                AND p.channel = 'in_app' AND NOT p.enabled)
"""
_SHOWN = f"""
    m.id, m.recipient_id, m.kind, m.params,
    (SELECT count(*) FROM message u WHERE u.recipient_id = m.recipient_id AND u.read_at IS NULL
     AND {_NOT_MUTED.replace("m.", "u.")}) AS unread
"""  # noqa: S608 - made of this module's own words
_LATELY = text(f"""
    SELECT {_SHOWN} FROM message m
    WHERE m.recipient_id = ANY(CAST(:people AS uuid[])) AND m.read_at IS NULL
      AND m.arrived_at > clock_timestamp() - interval '{WINDOW_SECONDS} seconds' AND {_NOT_MUTED}
    ORDER BY m.arrived_at, m.id
""")  # noqa: S608 - made of this module's own words
_AFTER = text(f"""
    SELECT {_SHOWN} FROM message m
    WHERE m.recipient_id = :person AND m.read_at IS NULL AND {_NOT_MUTED}
      AND m.arrived_at > (SELECT arrived_at FROM message l WHERE l.id = :last AND l.recipient_id = :person)
    ORDER BY m.arrived_at, m.id LIMIT {MOST}
""")  # noqa: S608 - made of this module's own words


class News(NamedTuple):
    """That something was told to somebody, what it is about, and how many they have not read."""

    id: UUID
    person: UUID
    kind: str
    about: dict[str, str]
    unread: int


def lately(session: Session, people: Sequence[UUID]) -> list[News]:
    """What came for these people in the last seconds and is unread, oldest first."""
    return [_news(row) for row in session.execute(_LATELY, {"people": [str(one) for one in people]})]


def after(session: Session, person: UUID, last: UUID) -> list[News]:
    """What came for somebody after a notification of theirs; nothing if it is not known any more."""
    return [_news(row) for row in session.execute(_AFTER, {"person": person, "last": last})]


def _news(row: Any) -> News:
    return News(row.id, row.recipient_id, row.kind, subjects(row.params), row.unread)
