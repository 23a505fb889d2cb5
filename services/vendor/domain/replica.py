"""The replica of identity's customers: the newest version wins, in whatever order the news arrives."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.vendor.models import Customer
from shared.kit.errors import Refusal
from shared.kit.rowsets import rowset

_LEARN = text("""
    WITH news AS (
        SELECT * FROM json_to_recordset(CAST(:rows AS json))
                      AS news(id uuid, email text, name text, version bigint, erased_at timestamptz)
    ), learned AS (
        INSERT INTO customer AS known (id, email, name, version, erased_at)
        SELECT id, email, name, version, erased_at FROM news
        ON CONFLICT (id) DO UPDATE
        SET email = excluded.email, name = excluded.name, version = excluded.version, erased_at = excluded.erased_at
        WHERE known.version < excluded.version
        RETURNING id
    )
    SELECT id FROM news EXCEPT SELECT id FROM learned
""")

DEFINITION = """
    SELECT DISTINCT ON (aggregate_id)
           aggregate_id AS id, envelope->'data'->>'email' AS email, envelope->'data'->>'name' AS name,
           aggregate_version AS version, CAST(envelope->'data'->>'erased_at' AS timestamptz) AS erased_at
    FROM inbox
    WHERE status = 'handled' AND type IN ('customer.created', 'customer.updated', 'customer.erased')
      AND (CAST(:of AS uuid[]) IS NULL OR aggregate_id = ANY(CAST(:of AS uuid[])))
    ORDER BY aggregate_id, aggregate_version DESC
"""
"""What the replica is: of each customer the newest that identity said, in the order of the table's columns."""


class AccountErased(Refusal):
    """This account has been erased."""


class News(NamedTuple):
    """What identity says of a customer at a version; somebody erased has neither e-mail nor name."""

    id: UUID
    version: int
    email: str | None = None
    name: str | None = None
    erased_at: datetime | None = None


def learn(session: Session, news: Iterable[News]) -> list[UUID]:
    """Keep what is newer than what is known, lock these customers until the commit, return whom it was no news of.

    Sorted by id, so that two batches with the same people never wait for each other in a circle.
    """
    newest = {item.id: item for item in sorted(news, key=lambda item: item.version)}
    ordered = sorted(newest.values(), key=lambda item: item.id.int)
    return list(session.scalars(_LEARN, rowset(item._asdict() for item in ordered)))


def hold(session: Session, customer_id: UUID) -> Customer | None:
    """Load a customer and lock them against a simultaneous batch; None while identity's event is on its way."""
    return session.scalar(select(Customer).where(Customer.id == customer_id).with_for_update(key_share=True))
