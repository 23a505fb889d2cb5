"""The replica of vendors: whose shop it is, and what it is called."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.notifications.models import Vendor
from shared.kit.rowsets import rowset

_LEARN = text("""
    INSERT INTO vendor AS known (id, user_id, name, slug, described, version)
    SELECT id, user_id, name, slug, CASE WHEN name IS NULL THEN 0 ELSE version END, version
    FROM json_to_recordset(CAST(:rows AS json)) AS news(id uuid, user_id uuid, name text, slug text, version bigint)
    ON CONFLICT (id) DO UPDATE SET
        name = CASE WHEN excluded.described > known.described THEN excluded.name ELSE known.name END,
        slug = CASE WHEN excluded.described > known.described THEN excluded.slug ELSE known.slug END,
        described = greatest(known.described, excluded.described),
        version = greatest(known.version, excluded.version)
""")
DEFINITION = """
    SELECT told.id, told.user_id, named.name, named.slug, coalesce(named.version, 0) AS described, told.version
    FROM (
        SELECT aggregate_id AS id, max(aggregate_version) AS version,
               CAST(min(envelope->'data'->>'user_id') AS uuid) AS user_id
        FROM inbox WHERE status = 'handled'
          AND type IN ('vendor.approved', 'vendor.updated', 'vendor.suspended', 'vendor.reactivated')
          AND (CAST(:of AS uuid[]) IS NULL OR aggregate_id = ANY(CAST(:of AS uuid[])))
        GROUP BY aggregate_id
    ) told LEFT JOIN (
        SELECT DISTINCT ON (aggregate_id) aggregate_id AS id, envelope->'data'->>'name' AS name,
               envelope->'data'->>'slug' AS slug, aggregate_version AS version
        FROM inbox WHERE status = 'handled' AND type IN ('vendor.approved', 'vendor.updated')
        ORDER BY aggregate_id, aggregate_version DESC
    ) named USING (id)
"""
"""What the replica is, in the order of the table's columns; a shop never changes hands."""


class News(NamedTuple):
    """What is said of a vendor at a version; without a name when it was about something else."""

    id: UUID
    user_id: UUID
    version: int
    name: str | None = None
    slug: str | None = None


def learn(session: Session, news: News) -> None:
    """Keep what is newer than what is known."""
    session.execute(_LEARN, rowset([news._asdict()]))


def owners(session: Session, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Whose these shops are, of those of which anything is known."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = session.execute(select(Vendor.id, Vendor.user_id).where(Vendor.id.in_(wanted)))
    return {row.id: row.user_id for row in rows}


def names(session: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    """What these shops are called, of those whose names have arrived."""
    rows = session.execute(select(Vendor.id, Vendor.name).where(Vendor.id.in_(set(ids))))
    return {row.id: row.name for row in rows if row.name}
