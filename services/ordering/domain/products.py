"""The replica of catalog's products: the newest version wins, in whatever order the news arrives."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.kit.rowsets import rowset

ACTIVE, DELETED = "active", "deleted"
LINKED = "linked"

_COLUMNS = "id, vendor_id, title, slug, sku, price_amount, currency, status, visibility, picture, version"
_LEARN = text(f"""
    INSERT INTO product AS known ({_COLUMNS})
    SELECT {_COLUMNS} FROM json_to_recordset(CAST(:rows AS json)) AS news(
        id uuid, vendor_id uuid, title text, slug text, sku text, price_amount bigint, currency text, status text,
        visibility text, picture text, version bigint)
    ON CONFLICT (id) DO UPDATE
    SET vendor_id = excluded.vendor_id, title = excluded.title, slug = excluded.slug, sku = excluded.sku,
        price_amount = excluded.price_amount, currency = excluded.currency, status = excluded.status,
        visibility = excluded.visibility, picture = excluded.picture, version = excluded.version
    WHERE known.version < excluded.version
""")  # noqa: S608 - made of this module's own words

DEFINITION = """
    SELECT DISTINCT ON (aggregate_id)
           aggregate_id AS id, CAST(data->>'vendor_id' AS uuid) AS vendor_id, data->>'title' AS title,
           data->>'slug' AS slug, data->>'sku' AS sku, CAST(data->>'price_amount' AS bigint) AS price_amount,
           data->>'currency' AS currency, coalesce(data->>'status', 'deleted') AS status,
           data->>'visibility' AS visibility, data->>'picture' AS picture, aggregate_version AS version
    FROM inbox CROSS JOIN LATERAL (SELECT CAST(envelope->'data' AS jsonb) AS data) AS said
    WHERE inbox.status = 'handled' AND type IN ('product.created', 'product.updated', 'product.deleted')
      AND (CAST(:of AS uuid[]) IS NULL OR aggregate_id = ANY(CAST(:of AS uuid[])))
    ORDER BY aggregate_id, aggregate_version DESC
"""
"""What the replica is: of each product the newest that catalog said, in the order of the table's columns."""


class News(NamedTuple):
    """What catalog says of a product at a version; one that is deleted has no name and no price."""

    id: UUID
    version: int
    vendor_id: UUID | None
    title: str | None = None
    slug: str | None = None
    sku: str | None = None
    price_amount: int | None = None
    currency: str | None = None
    status: str = DELETED
    visibility: str | None = None
    picture: str | None = None


def learn(session: Session, news: Iterable[News]) -> None:
    """Keep what is newer than what is known; sorted by id, so that two batches never wait in a circle."""
    newest = {item.id: item for item in sorted(news, key=lambda item: item.version)}
    ordered = sorted(newest.values(), key=lambda item: item.id.int)
    session.execute(_LEARN, rowset(item._asdict() for item in ordered))
