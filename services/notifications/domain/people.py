"""The replica of people: where they are reached and in which language, who is an admin, who has left."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.notifications.models import Person
from shared.kit.rowsets import rowset

_LEARN = text("""
    INSERT INTO person AS known (id, email, name, locale, role, since, version, erased_at)
    SELECT id, email, name, locale, coalesce(role, 'customer'), since, version, erased_at
    FROM json_to_recordset(CAST(:rows AS json)) AS news(
        id uuid, email text, name text, locale text, role text, since timestamptz, version bigint,
        erased_at timestamptz, silent boolean)
    ON CONFLICT (id) DO UPDATE SET
        (email, name, locale, erased_at) = ROW(
            CASE WHEN excluded.version > known.version THEN excluded.email ELSE known.email END,
            CASE WHEN excluded.version > known.version THEN excluded.name ELSE known.name END,
            CASE WHEN excluded.version > known.version THEN excluded.locale ELSE known.locale END,
            CASE WHEN excluded.version > known.version THEN excluded.erased_at ELSE known.erased_at END),
        role = CASE WHEN known.role = 'customer' OR excluded.role <> 'customer' AND excluded.version > known.version
                    THEN excluded.role ELSE known.role END,
        since = least(known.since, excluded.since),
        version = greatest(known.version, excluded.version)
""")
_TOLD = "('customer.created', 'customer.updated', 'customer.erased')"
DEFINITION = f"""
    SELECT latest.id, email, name, locale, coalesce(role, 'customer') AS role, since, version, erased_at
    FROM (
        SELECT DISTINCT ON (aggregate_id)
               aggregate_id AS id, envelope->'data'->>'email' AS email, envelope->'data'->>'name' AS name,
               envelope->'data'->>'locale' AS locale, aggregate_version AS version,
               CAST(envelope->'data'->>'erased_at' AS timestamptz) AS erased_at
        FROM inbox WHERE status = 'handled' AND type IN {_TOLD}
          AND (CAST(:of AS uuid[]) IS NULL OR aggregate_id = ANY(CAST(:of AS uuid[])))
        ORDER BY aggregate_id, aggregate_version DESC
    ) latest
    JOIN (
        SELECT aggregate_id AS id, min(occurred_at) AS since,
               (array_agg(envelope->'data'->>'role' ORDER BY aggregate_version DESC)
                FILTER (WHERE envelope->'data'->>'role' <> 'customer'))[1] AS role
        FROM inbox WHERE status = 'handled' AND type IN {_TOLD} GROUP BY aggregate_id
    ) ever USING (id)
"""  # noqa: S608 - made of this module's own words
"""What the replica is: of each person the newest that was said, and the newest role that is more than a customer's."""


class News(NamedTuple):
    """What identity says of somebody at a version; somebody erased has neither e-mail, name nor language."""

    id: UUID
    version: int
    since: datetime
    email: str | None = None
    name: str | None = None
    locale: str | None = None
    role: str | None = None
    erased_at: datetime | None = None


def learn(session: Session, news: Iterable[News]) -> None:
    """Keep what is newer than what is known, in whatever order it comes; sorted, so that no two batches lock crosswise.

    A role that is more than a customer's is never taken back: no event does that.
    """
    for run in _one_each(news):
        session.execute(_LEARN, rowset(item._asdict() for item in run))


def _one_each(news: Iterable[News]) -> Iterable[Sequence[News]]:
    """In runs in which nobody is twice, as one statement demands."""
    waiting = sorted(news, key=lambda item: (item.id.int, item.version))
    while waiting:
        first = {item.id: item for item in reversed(waiting)}
        yield sorted(first.values(), key=lambda item: item.id.int)
        waiting = [item for item in waiting if first[item.id] is not item]


def admins(session: Session, at: datetime) -> list[UUID]:
    """Who was an admin at a moment and still is there."""
    query = select(Person.id).where(Person.role == "admin", Person.since <= at, Person.erased_at.is_(None))
    return list(session.scalars(query.order_by(Person.id)))


def of(session: Session, ids: Iterable[UUID]) -> dict[UUID, Person]:
    """These people, of whom something was said."""
    return {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(set(ids))))}
