"""Vendors, links, products and events for tests, in as few words as a test needs."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.catalog.consumers import HANDLERS
from services.catalog.domain import products
from services.catalog.models import Product, Vendor
from shared.events.envelope import Envelope
from shared.events.event import Event
from shared.events.ids import new_id
from shared.events.vendor import (
    VendorApproved,
    VendorCustomerLinked,
    VendorCustomerUnlinked,
    VendorReactivated,
    VendorSuspended,
    VendorUpdated,
)
from shared.messaging.handlers import run_handlers

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG_AGO = NOON - timedelta(days=365)
PRICE = {"amount": 1999, "currency": "EUR"}
_numbers = count(1)


def envelope(event: Event, version: int, at: datetime, event_id: UUID | None = None) -> Envelope[Any]:
    """An event as it arrives."""
    return Envelope(
        id=event_id or new_id(),
        source=event.publisher,
        aggregate_id=event.aggregate_id,
        aggregate_version=version,
        occurred_at=at,
        correlation_id="test",
        event=event,
    )


def approved(
    vendor: UUID, user: UUID, *, version: int = 1, at: datetime = LONG_AGO, name: str = "Vendor A"
) -> Envelope[VendorApproved]:
    """A vendor may sell."""
    key = vendor.hex[-12:]
    event = VendorApproved(
        vendor_id=vendor,
        user_id=user,
        name=f"{name} {key}",
        slug=f"vendor-{key}",
        code=key.upper(),
        commission_bps=1000,
        approved_at=at,
    )
    return envelope(event, version, at)


def updated(
    vendor: UUID, user: UUID, status: str, *, version: int, at: datetime = NOON, name: str = "Vendor B"
) -> Envelope[VendorUpdated]:
    """A vendor is as it says here."""
    key = vendor.hex[-12:]
    event = VendorUpdated(
        vendor_id=vendor,
        user_id=user,
        name=f"{name} {key}",
        slug=f"vendor-{key}",
        code=key.upper(),
        status=status,
        commission_bps=1000,
        commission_from=at,
        updated_at=at,
    )
    return envelope(event, version, at)


def suspended(vendor: UUID, user: UUID, *, version: int, at: datetime = NOON) -> Envelope[VendorSuspended]:
    """A vendor may not sell for now."""
    return envelope(VendorSuspended(vendor_id=vendor, user_id=user, reason="because", suspended_at=at), version, at)


def reactivated(vendor: UUID, user: UUID, *, version: int, at: datetime = NOON) -> Envelope[VendorReactivated]:
    """A vendor may sell again."""
    return envelope(VendorReactivated(vendor_id=vendor, user_id=user, reactivated_at=at), version, at)


def linked(
    vendor: UUID, customer: UUID, *, version: int = 1, at: datetime = LONG_AGO, pair: UUID | None = None
) -> Envelope[VendorCustomerLinked]:
    """A customer is on a vendor's list."""
    event = VendorCustomerLinked(
        vendor_customer_id=pair or new_id(),
        vendor_id=vendor,
        customer_id=customer,
        invite_token_id=None,
        source="registration",
        cause_id=new_id(),
        linked_at=at,
    )
    return envelope(event, version, at)


def unlinked(
    vendor: UUID, customer: UUID, *, version: int = 2, at: datetime = NOON, pair: UUID | None = None
) -> Envelope[VendorCustomerUnlinked]:
    """A customer is no longer on it."""
    event = VendorCustomerUnlinked(
        vendor_customer_id=pair or new_id(),
        vendor_id=vendor,
        customer_id=customer,
        reason="removed_by_vendor",
        unlinked_at=at,
    )
    return envelope(event, version, at)


def tell(session: Session, *events: Envelope[Any]) -> None:
    """Let the consumer's handlers have these events, in this order."""
    run_handlers(HANDLERS, session, events)


def vendor(session: Session, *, status: str = "approved", name: str = "Vendor A") -> Vendor:
    """A vendor, approved long ago and perhaps suspended since."""
    key, user = new_id(), new_id()
    tell(session, approved(key, user, name=name))
    if status != "approved":
        tell(session, updated(key, user, status, version=2, name=name))
    return session.get_one(Vendor, key, populate_existing=True)


def link(session: Session, vendor_id: UUID, customer: UUID | None = None) -> UUID:
    """A customer on a vendor's list."""
    customer = customer or new_id()
    tell(session, linked(vendor_id, customer))
    return customer


def product(session: Session, owner: UUID | None = None, *, now: datetime = NOON, **wanted: Any) -> Product:
    """An active public product of a vendor or of the marketplace, unless said otherwise."""
    number = next(_numbers)
    usual = {"title": f"Product {number}", "price": PRICE, "language": "en", "status": "active"}
    return products.create(session, owner, {**usual, **wanted}, now)


def newest(session: Session, aggregate_id: UUID) -> dict[str, Any]:
    """Type, version and data of the last event of something."""
    ask = text("""
        SELECT type, aggregate_version AS version, envelope -> 'data' AS data FROM outbox
        WHERE aggregate_id = :id ORDER BY aggregate_version DESC LIMIT 1
    """)
    return dict(session.execute(ask, {"id": aggregate_id}).one()._mapping)
