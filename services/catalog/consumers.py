"""What vendor tells us: who may sell, and who is on whose customer list; and what ordering asks of the stock."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from services.catalog.domain import links, reservations, settlements, vendors
from shared.events.envelope import Envelope
from shared.events.ordering import OrderConfirmed, StockReleaseRequested, StockReserveRequested
from shared.events.vendor import (
    VendorApproved,
    VendorCustomerLinked,
    VendorCustomerUnlinked,
    VendorReactivated,
    VendorSuspended,
    VendorUpdated,
)
from shared.messaging.handlers import Handlers, batched


def on_vendor_approved(session: Session, envelope: Envelope[VendorApproved]) -> None:
    """Know a vendor, whose products are shown from now on."""
    event = envelope.event
    vendors.learn(session, _standing(envelope, "approved", event.name, event.slug, event.code))


def on_vendor_updated(session: Session, envelope: Envelope[VendorUpdated]) -> None:
    """Know a vendor's new name or standing, unless something newer is known."""
    event = envelope.event
    vendors.learn(session, _standing(envelope, event.status, event.name, event.slug, event.code))


def on_vendor_suspended(session: Session, envelope: Envelope[VendorSuspended]) -> None:
    """Hide a vendor's products."""
    vendors.learn(session, _standing(envelope, "suspended"))


def on_vendor_reactivated(session: Session, envelope: Envelope[VendorReactivated]) -> None:
    """Show a vendor's products again."""
    vendors.learn(session, _standing(envelope, "approved"))


def on_vendor_customers_linked(session: Session, envelopes: Sequence[Envelope[VendorCustomerLinked]]) -> None:
    """Show customers what only a vendor's own customers see."""
    links.learn(session, [_link(envelope, linked=True) for envelope in envelopes])


def on_vendor_customer_unlinked(session: Session, envelope: Envelope[VendorCustomerUnlinked]) -> None:
    """Show them no longer what only that vendor's customers see."""
    links.learn(session, [_link(envelope, linked=False)])


def on_stocks_reserve_requested(session: Session, envelopes: Sequence[Envelope[StockReserveRequested]]) -> None:
    """Put aside all that each order asks for, or nothing; whether it is too late is judged by the clock, once."""
    reservations.reserve(session, envelopes, datetime.now(UTC))


def on_stock_release_requested(session: Session, envelope: Envelope[StockReleaseRequested]) -> None:
    """Let others buy what an order no longer needs."""
    settlements.release(session, envelope)


def on_orders_confirmed(session: Session, envelopes: Sequence[Envelope[OrderConfirmed]]) -> None:
    """Sell what is put aside for an order."""
    settlements.confirm(session, envelopes)


HANDLERS: Handlers = {
    VendorApproved: on_vendor_approved,
    VendorUpdated: on_vendor_updated,
    VendorSuspended: on_vendor_suspended,
    VendorReactivated: on_vendor_reactivated,
    VendorCustomerLinked: batched(on_vendor_customers_linked),
    VendorCustomerUnlinked: on_vendor_customer_unlinked,
    StockReserveRequested: batched(on_stocks_reserve_requested),
    StockReleaseRequested: on_stock_release_requested,
    OrderConfirmed: batched(on_orders_confirmed),
}

OfVendor = VendorApproved | VendorUpdated | VendorSuspended | VendorReactivated
OfMapping = VendorCustomerLinked | VendorCustomerUnlinked


def _standing(
    envelope: Envelope[OfVendor],
    status: str,
    name: str | None = None,
    slug: str | None = None,
    code: str | None = None,
) -> vendors.News:
    return vendors.News(
        envelope.event.vendor_id,
        envelope.event.user_id,
        envelope.aggregate_version,
        status,
        envelope.occurred_at,
        envelope.id,
        name,
        slug,
        code,
    )


def _link(envelope: Envelope[OfMapping], *, linked: bool) -> links.News:
    event = envelope.event
    return links.News(
        event.vendor_id,
        event.customer_id,
        envelope.aggregate_version,
        event.vendor_customer_id,
        linked,
        envelope.occurred_at,
        envelope.id,
    )
