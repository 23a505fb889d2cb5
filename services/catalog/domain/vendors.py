"""The replica of vendors: the newest news of a name and of a standing wins, in whatever order it arrives."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.catalog.models import Vendor
from shared.kit.errors import NotFound, Refusal

APPROVED = "approved"


class NoVendor(NotFound):
    """You are no vendor, or the news of your approval has not arrived yet."""


class VendorSuspended(Refusal):
    """A suspended vendor can read products, not change them."""


class News(NamedTuple):
    """What vendor says of one at a version; a suspension and its end give no name."""

    id: UUID
    user_id: UUID
    version: int
    status: str
    since: datetime
    event_id: UUID
    name: str | None = None
    slug: str | None = None
    code: str | None = None


_LEARN = text("""
    INSERT INTO vendor AS known (id, user_id, name, slug, code, status, named_version, version)
    VALUES (:id, :user_id, :name, :slug, :code, :status, CASE WHEN CAST(:name AS text) IS NULL THEN 0 ELSE :version END,
            :version)
    ON CONFLICT (id) DO UPDATE SET
        user_id = CASE WHEN excluded.version > known.version THEN excluded.user_id ELSE known.user_id END,
        status = CASE WHEN excluded.version > known.version THEN excluded.status ELSE known.status END,
        name = CASE WHEN excluded.named_version > known.named_version THEN excluded.name ELSE known.name END,
        slug = CASE WHEN excluded.named_version > known.named_version THEN excluded.slug ELSE known.slug END,
        code = CASE WHEN excluded.named_version > known.named_version THEN excluded.code ELSE known.code END,
        named_version = greatest(excluded.named_version, known.named_version),
        version = greatest(excluded.version, known.version)
    WHERE excluded.version > known.version OR excluded.named_version > known.named_version
""")
_REMEMBER = text("""
    INSERT INTO vendor_status (vendor_id, version, status, since, event_id)
    VALUES (:id, :version, :status, :since, :event_id) ON CONFLICT DO NOTHING
""")

_STATUS = """CASE type WHEN 'vendor.updated' THEN envelope->'data'->>'status'
    WHEN 'vendor.suspended' THEN 'suspended' ELSE 'approved' END"""
_NEWS = """
    FROM inbox
    WHERE status = 'handled'
      AND type IN ('vendor.approved', 'vendor.updated', 'vendor.suspended', 'vendor.reactivated')
      AND (CAST(:of AS uuid[]) IS NULL OR aggregate_id = ANY(CAST(:of AS uuid[])))
"""
DEFINITION = f"""
    WITH news AS (
        SELECT aggregate_id AS id, aggregate_version AS version, envelope->'data' AS data, {_STATUS} AS standing {_NEWS}
    ), named AS (
        SELECT DISTINCT ON (id) id, data->>'name' AS name, data->>'slug' AS slug, data->>'code' AS code,
               version AS named_version
        FROM news WHERE data->>'name' IS NOT NULL ORDER BY id, version DESC
    ), newest AS (
        SELECT DISTINCT ON (id) id, CAST(data->>'user_id' AS uuid) AS user_id, standing, version
        FROM news ORDER BY id, version DESC
    )
    SELECT id, user_id, name, slug, code, standing AS status, coalesce(named_version, 0) AS named_version, version
    FROM newest LEFT JOIN named USING (id)
"""  # noqa: S608 - made of this module's own words
"""What the replica is: of each vendor the newest name and the newest status, in the order of the table's columns."""

STATUS_DEFINITION = f"""
    SELECT aggregate_id AS vendor_id, aggregate_version AS version, {_STATUS} AS status, occurred_at AS since, event_id
    {_NEWS}
"""
"""What the history is: every status that was ever said."""


def learn(session: Session, news: News) -> None:
    """Keep what is newer than what is known, and every status for the history; idempotent, in any order."""
    session.execute(_LEARN, news._asdict())
    session.execute(_REMEMBER, news._asdict())


def of_user(session: Session, user_id: UUID) -> Vendor:
    """The vendor that a user is; who was deleted and is another now, is the other. Raises `NoVendor`."""
    mine = select(Vendor).where(Vendor.user_id == user_id, Vendor.status != "deleted")
    found = session.scalar(mine.order_by(Vendor.version.desc()).limit(1))
    if found is None:
        raise NoVendor
    return found


def may_write(session: Session, user_id: UUID) -> Vendor:
    """The vendor that a user is, if they may sell now. Raises `NoVendor` or `VendorSuspended`."""
    vendor = of_user(session, user_id)
    if vendor.status != APPROVED:
        raise VendorSuspended
    return vendor
