"""What others tell ordering: products, vendors, customer lists, who has left; and what became of the stock."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.ordering.domain import leaving, links, products, vendors
from services.ordering.domain.replies import reply
from services.ordering.domain.sagas import Reply
from services.ordering.domain.vendors import APPROVED, SUSPENDED, News, Rate
from shared.events.catalog import (
    ProductCreated,
    ProductDeleted,
    ProductUpdated,
    StockRejected,
    StockReleased,
    StockReserved,
)
from shared.events.envelope import Envelope
from shared.events.identity import CustomerErased
from shared.events.vendor import (
    VendorApproved,
    VendorCustomerLinked,
    VendorCustomerUnlinked,
    VendorReactivated,
    VendorSuspended,
    VendorUpdated,
)
from shared.messaging.handlers import Handlers, batched


def on_products_created(session: Session, envelopes: Sequence[Envelope[ProductCreated]]) -> None:
    """Know what can be put in a cart, at which price."""
    products.learn(session, [_product(envelope) for envelope in envelopes])


def on_products_updated(session: Session, envelopes: Sequence[Envelope[ProductUpdated]]) -> None:
    """Know the product as it is now, unless something newer is known."""
    products.learn(session, [_product(envelope) for envelope in envelopes])


def on_products_deleted(session: Session, envelopes: Sequence[Envelope[ProductDeleted]]) -> None:
    """Sell it no more; what was ordered of it stays ordered."""
    gone = [(envelope.event, envelope.aggregate_version) for envelope in envelopes]
    products.learn(session, [products.News(event.product_id, version, event.vendor_id) for event, version in gone])


def on_vendor_approved(session: Session, envelope: Envelope[VendorApproved]) -> None:
    """Know who sells, the code that begins their orders' numbers, and the commission that begins."""
    event, version = envelope.event, envelope.aggregate_version
    news = News(event.vendor_id, event.user_id, version, APPROVED, event.name, event.slug, event.code)
    vendors.learn(session, news, Rate(event.commission_bps, version, event.approved_at))


def on_vendor_updated(session: Session, envelope: Envelope[VendorUpdated]) -> None:
    """Know the vendor as they are now, what they charge for shipping, and the rate that holds from a moment on."""
    event, version = envelope.event, envelope.aggregate_version
    told = (event.name, event.slug, event.code, dict(event.shipping))
    news = News(event.vendor_id, event.user_id, version, event.status, *told)
    vendors.learn(session, news, Rate(event.commission_bps, version, event.commission_from))


def on_vendor_suspended(session: Session, envelope: Envelope[VendorSuspended]) -> None:
    """Take no new orders for them."""
    event = envelope.event
    vendors.learn(session, News(event.vendor_id, event.user_id, envelope.aggregate_version, SUSPENDED))


def on_vendor_reactivated(session: Session, envelope: Envelope[VendorReactivated]) -> None:
    """Take orders for them again."""
    event = envelope.event
    vendors.learn(session, News(event.vendor_id, event.user_id, envelope.aggregate_version, APPROVED))


def on_vendor_customers_linked(session: Session, envelopes: Sequence[Envelope[VendorCustomerLinked]]) -> None:
    """Know who may buy what is for a vendor's customers only, and where the marketplace's own products go."""
    links.learn(session, [_link(envelope, linked_at=envelope.event.linked_at) for envelope in envelopes])


def on_vendor_customers_unlinked(session: Session, envelopes: Sequence[Envelope[VendorCustomerUnlinked]]) -> None:
    """Know that somebody is no longer on the list."""
    links.learn(session, [_link(envelope, removed_at=envelope.event.unlinked_at) for envelope in envelopes])


def on_customer_erased(session: Session, envelope: Envelope[CustomerErased]) -> None:
    """Know who has left, so that what is kept of them is forgotten."""
    leaving.note(session, envelope.event.customer_id, envelope.event.erased_at)


def on_stocks_reserved(session: Session, envelopes: Sequence[Envelope[StockReserved]]) -> None:
    """Let the order stand and split it; give the stock back if the order has ended meanwhile."""
    reply(session, envelopes, Reply.RESERVED)


def on_stocks_rejected(session: Session, envelopes: Sequence[Envelope[StockRejected]]) -> None:
    """End the order, naming what there is too little of."""
    reply(session, envelopes, Reply.REJECTED)


def on_stocks_released(session: Session, envelopes: Sequence[Envelope[StockReleased]]) -> None:
    """End an order that still waits though its stock is kept no longer; of others, note it."""
    reply(session, envelopes, Reply.RELEASED)


HANDLERS: Handlers = {
    ProductCreated: batched(on_products_created),
    ProductUpdated: batched(on_products_updated),
    ProductDeleted: batched(on_products_deleted),
    VendorApproved: on_vendor_approved,
    VendorUpdated: on_vendor_updated,
    VendorSuspended: on_vendor_suspended,
    VendorReactivated: on_vendor_reactivated,
    VendorCustomerLinked: batched(on_vendor_customers_linked),
    VendorCustomerUnlinked: batched(on_vendor_customers_unlinked),
    CustomerErased: on_customer_erased,
    StockReserved: batched(on_stocks_reserved),
    StockRejected: batched(on_stocks_rejected),
    StockReleased: batched(on_stocks_released),
}


def _product(envelope: Envelope[ProductCreated] | Envelope[ProductUpdated]) -> products.News:
    event = envelope.event
    return products.News(
        id=event.product_id,
        version=envelope.aggregate_version,
        vendor_id=event.vendor_id,
        title=event.title,
        slug=event.slug,
        sku=event.sku,
        price_amount=event.price_amount,
        currency=event.currency,
        status=event.status,
        visibility=event.visibility,
        picture=event.picture,
    )


def _link(envelope: Envelope[Any], **moment: Any) -> links.News:
    event = envelope.event
    return links.News(event.vendor_id, event.customer_id, envelope.aggregate_version, envelope.id, **moment)
