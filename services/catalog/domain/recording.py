"""What every change of products leaves: a row of the past, an event, and the listing that everybody reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.catalog.domain import listings
from services.catalog.domain.shelving import Piece
from services.catalog.models import Product
from shared.events.catalog import ProductCreated, ProductDeleted, ProductUpdated
from shared.events.event import Event
from shared.events.ids import new_id
from shared.kit.rowsets import array, rowset
from shared.messaging import outbox


@dataclass(frozen=True)
class Facts:
    """What events say of a product that stands in other tables."""

    sku: str
    picture: str | None


Told = Product | Piece
Telling = Callable[[Told, Facts], Event]

_FACTS = text("""
    SELECT p.id, coalesce(s.code, '') AS sku,
           (SELECT i.digest FROM product_image i WHERE i.product_id = p.id ORDER BY i.position, i.id LIMIT 1) AS picture
    FROM product p LEFT JOIN product_sku s ON s.id = p.id WHERE p.id = ANY(CAST(:ids AS uuid[]))
""")
_REMEMBER = text("""
    INSERT INTO product_version (product_id, version, status, visibility, deleted, since, event_id)
    SELECT product_id, version, status, visibility, deleted, since, event_id
    FROM json_to_recordset(CAST(:rows AS json))
         AS past(product_id uuid, version bigint, status text, visibility text, deleted boolean, since timestamptz,
                 event_id uuid)
""")


def changed(product: Told, now: datetime) -> None:
    """Make it the next version, later than the one before whatever the clocks say."""
    product.version += 1
    product.updated_at = max(now, product.updated_at + timedelta(microseconds=1))


def record(session: Session, products: Sequence[Told], telling: Telling) -> None:
    """Write down what these products have become, in their transaction; three statements, however many they are."""
    if not products:
        return
    session.flush()
    ids = [product.id for product in products]
    facts = {row.id: Facts(row.sku, row.picture) for row in session.execute(_FACTS, {"ids": array(ids)})}
    events = {product.id: new_id() for product in products}
    session.execute(_REMEMBER, rowset(_past(product, events[product.id]) for product in products))
    outbox.add_many(session, [_news(product, telling, facts, events[product.id]) for product in products])
    listings.refresh(session, ids)


def created(product: Told, facts: Facts) -> ProductCreated:
    """A product exists."""
    return ProductCreated(**_described(product, facts), created_at=product.created_at)


def updated(product: Told, facts: Facts) -> ProductUpdated:
    """A product is as it is now."""
    return ProductUpdated(**_described(product, facts), updated_at=product.updated_at)


def deleted(product: Told, _: Facts) -> ProductDeleted:
    """A product is no longer sold."""
    return ProductDeleted(product_id=product.id, vendor_id=product.vendor_id, deleted_at=product.updated_at)


def _described(product: Told, facts: Facts) -> dict[str, Any]:
    return {
        "product_id": product.id,
        "vendor_id": product.vendor_id,
        "title": product.title,
        "slug": product.slug,
        "sku": facts.sku,
        "price_amount": product.price_amount,
        "currency": product.currency,
        "status": product.status,
        "visibility": product.visibility,
        "category_id": product.category_id,
        "picture": facts.picture,
    }


def _past(product: Told, event_id: UUID) -> dict[str, object]:
    return {
        "product_id": product.id,
        "version": product.version,
        "status": product.status,
        "visibility": product.visibility,
        "deleted": product.deleted_at is not None,
        "since": product.updated_at,
        "event_id": event_id,
    }


def _news(product: Told, telling: Telling, facts: dict[UUID, Facts], event_id: UUID) -> outbox.NewEvent:
    return outbox.NewEvent(
        event=telling(product, facts[product.id]),
        aggregate_version=product.version,
        occurred_at=product.updated_at,
        event_id=event_id,
    )
