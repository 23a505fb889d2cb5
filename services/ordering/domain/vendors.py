"""The replica of vendors: who they are, what they charge, whether they may sell; of each the newest word."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.ordering.models import Vendor
from shared.kit.errors import NotFound, Refusal
from shared.kit.rowsets import rowset

APPROVED, SUSPENDED, DELETED = "approved", "suspended", "deleted"

_LEARN = text("""
    INSERT INTO vendor AS known
        (id, user_id, name, slug, code, described, shipping, shipping_version, status, version)
    SELECT id, user_id, name, slug, code, CASE WHEN name IS NULL THEN 0 ELSE version END, coalesce(shipping, '{}'),
           CASE WHEN shipping IS NULL THEN 0 ELSE version END, status, version
    FROM json_to_recordset(CAST(:rows AS json)) AS news(
        id uuid, user_id uuid, name text, slug text, code text, shipping jsonb, status text, version bigint)
    ON CONFLICT (id) DO UPDATE
    SET name = CASE WHEN excluded.described > known.described THEN excluded.name ELSE known.name END,
        slug = CASE WHEN excluded.described > known.described THEN excluded.slug ELSE known.slug END,
        code = CASE WHEN excluded.described > known.described THEN excluded.code ELSE known.code END,
        described = greatest(known.described, excluded.described),
        shipping = CASE WHEN excluded.shipping_version > known.shipping_version
                        THEN excluded.shipping ELSE known.shipping END,
        shipping_version = greatest(known.shipping_version, excluded.shipping_version),
        status = CASE WHEN excluded.version > known.version THEN excluded.status ELSE known.status END,
        version = greatest(known.version, excluded.version)
""")
_RATE = text("""
    INSERT INTO commission_rate (vendor_id, version, bps, effective_from)
    VALUES (:vendor_id, :version, :bps, :effective_from) ON CONFLICT DO NOTHING
""")

_SAID = """
    SELECT aggregate_id AS id, aggregate_version AS version, type, CAST(envelope->'data' AS jsonb) AS data FROM inbox
    WHERE status = 'handled'
      AND type IN ('vendor.approved', 'vendor.updated', 'vendor.suspended', 'vendor.reactivated')
      AND (CAST(:of AS uuid[]) IS NULL OR aggregate_id = ANY(CAST(:of AS uuid[])))
"""
DEFINITION = f"""
    WITH said AS ({_SAID}),
    standing AS (
        SELECT DISTINCT ON (id) id, CAST(data->>'user_id' AS uuid) AS user_id, version,
               CASE type WHEN 'vendor.updated' THEN data->>'status' WHEN 'vendor.suspended' THEN 'suspended'
                         ELSE 'approved' END AS status
        FROM said ORDER BY id, version DESC
    ), name AS (
        SELECT DISTINCT ON (id) id, version, data FROM said WHERE data ? 'name' ORDER BY id, version DESC
    ), charge AS (
        SELECT DISTINCT ON (id) id, version, data FROM said WHERE type = 'vendor.updated' ORDER BY id, version DESC
    )
    SELECT s.id, s.user_id, n.data->>'name' AS name, n.data->>'slug' AS slug, n.data->>'code' AS code,
           coalesce(n.version, 0) AS described, coalesce(c.data->'shipping', '{{}}') AS shipping,
           coalesce(c.version, 0) AS shipping_version, s.status, s.version
    FROM standing s LEFT JOIN name n USING (id) LEFT JOIN charge c USING (id)
"""  # noqa: S608 - made of this module's own words
"""What the replica is: of each vendor the newest that was said of every part, in the order of the table's columns."""

RATES = f"""
    SELECT id AS vendor_id, version, CAST(data->>'commission_bps' AS bigint) AS bps,
           CAST(coalesce(data->>'commission_from', data->>'approved_at') AS timestamptz) AS effective_from
    FROM ({_SAID}) AS said WHERE data ? 'commission_bps'
"""  # noqa: S608 - made of this module's own words
"""What `commission_rate` is: every rate that was announced, in the order of the table's columns."""


class NoVendor(NotFound):
    """You are not a vendor."""


class VendorSuspended(Refusal):
    """A suspended vendor can read, and change nothing."""


class News(NamedTuple):
    """What is said of a vendor at a version; None where this event is silent."""

    id: UUID
    user_id: UUID
    version: int
    status: str
    name: str | None = None
    slug: str | None = None
    code: str | None = None
    shipping: Mapping[str, int] | None = None


class Rate(NamedTuple):
    """A commission in basis points, which of vendor's announcements it is from, and from when it holds."""

    bps: int
    version: int
    effective_from: datetime


def learn(session: Session, news: News, rate: Rate | None = None) -> None:
    """Keep each part of it that is newer than what is known of that part; a rate is kept beside all others."""
    session.execute(_LEARN, rowset([news._asdict()]))
    if rate:
        session.execute(_RATE, {"vendor_id": news.id, **rate._asdict()})


def of_user(session: Session, user_id: UUID) -> Vendor:
    """The vendor that a user is. Raises `NoVendor`, also until vendor's word has arrived."""
    vendor = session.scalar(select(Vendor).where(Vendor.user_id == user_id, Vendor.status != DELETED))
    if vendor is None:
        raise NoVendor
    return vendor


def working(session: Session, user_id: UUID) -> Vendor:
    """The vendor that a user is, if they may act. Raises `NoVendor` or `VendorSuspended`."""
    vendor = of_user(session, user_id)
    if vendor.status != APPROVED:
        raise VendorSuspended
    return vendor
