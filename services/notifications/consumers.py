"""What others tell notifications: who people are, whose shops there are, and all that somebody should hear."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.domain import leaving, people, vendors
from services.notifications.domain.kinds import Kind
from services.notifications.domain.telling import Told, address, tell
from shared.events.catalog import ProductStockLow
from shared.events.envelope import Envelope
from shared.events.event import Event
from shared.events.identity import CustomerCreated, CustomerErased, CustomerUpdated, PasswordResetRequested
from shared.events.notifications import NotificationFailed
from shared.events.ordering import (
    OrderCancelled,
    OrderConfirmed,
    OrderPlaced,
    OrderRejected,
    VendorOrderAccepted,
    VendorOrderCancelled,
    VendorOrderCreated,
    VendorOrderDelivered,
    VendorOrderPacked,
    VendorOrderRejected,
    VendorOrderShipped,
)
from shared.events.vendor import (
    VendorApplicationRejected,
    VendorApplicationSubmitted,
    VendorApproved,
    VendorCustomerLinked,
    VendorInviteRefused,
    VendorReactivated,
    VendorSuspended,
    VendorUpdated,
)
from shared.messaging.handlers import Handlers, batched
from shared.messaging.replay.shadow import is_replaying

E = TypeVar("E", bound=Event)
Many = Sequence[Envelope[E]]
BY_THE_CUSTOMER = "customer"


def on_customers_created(session: Session, envelopes: Many[CustomerCreated]) -> None:
    """Know where somebody is reached, in which language, and whether they are an admin."""
    people.learn(session, [_person(each, each.event.email, each.event.role) for each in envelopes])


def on_customers_updated(session: Session, envelopes: Many[CustomerUpdated]) -> None:
    """Know it as it is now, unless something newer is known."""
    people.learn(session, [_person(each, each.event.email, each.event.role) for each in envelopes])


def on_customer_erased(session: Session, envelope: Envelope[CustomerErased]) -> None:
    """Forget who they were and what they were told, and deliver nothing more to them."""
    event = envelope.event
    news = people.News(event.customer_id, envelope.aggregate_version, envelope.occurred_at, erased_at=event.erased_at)
    people.learn(session, [news])
    leaving.forget(session, event.customer_id, event.erased_at)


def on_password_reset_requested(session: Session, envelope: Envelope[PasswordResetRequested]) -> None:
    """Send who has forgotten their password a link, which identity makes at that moment."""
    tell(session, [Told(Kind.PASSWORD_RESET, envelope, person=envelope.event.customer_id)])


def on_vendor_approved(session: Session, envelope: Envelope[VendorApproved]) -> None:
    """Know whose shop it is and what it is called, and tell the owner that they may sell."""
    event = envelope.event
    _know_shop(session, envelope, event.user_id, event.name, event.slug)
    tell(session, [Told(Kind.APPLICATION_APPROVED, envelope, person=event.user_id)])


def on_vendor_updated(session: Session, envelope: Envelope[VendorUpdated]) -> None:
    """Know what the shop is called now; nobody is told."""
    _know_shop(session, envelope, envelope.event.user_id, envelope.event.name, envelope.event.slug)


def on_vendor_suspended(session: Session, envelope: Envelope[VendorSuspended]) -> None:
    """Tell the owner that they may not sell for now, and why."""
    _know_shop(session, envelope, envelope.event.user_id)
    tell(session, [Told(Kind.VENDOR_SUSPENDED, envelope, person=envelope.event.user_id)])


def on_vendor_reactivated(session: Session, envelope: Envelope[VendorReactivated]) -> None:
    """Tell the owner that they may sell again."""
    _know_shop(session, envelope, envelope.event.user_id)
    tell(session, [Told(Kind.VENDOR_REACTIVATED, envelope, person=envelope.event.user_id)])


def on_vendor_application_submitted(session: Session, envelope: Envelope[VendorApplicationSubmitted]) -> None:
    """Tell the admins that somebody waits for their decision."""
    tell(session, [Told(Kind.APPLICATION_SUBMITTED, envelope)])


def on_vendor_application_rejected(session: Session, envelope: Envelope[VendorApplicationRejected]) -> None:
    """Tell the applicant why."""
    tell(session, [Told(Kind.APPLICATION_REJECTED, envelope, person=envelope.event.user_id)])


def on_vendor_customers_linked(session: Session, envelopes: Many[VendorCustomerLinked]) -> None:
    """Tell the vendor who has come onto their list."""
    _tell_vendors(session, Kind.CUSTOMER_JOINED, envelopes)


def on_vendor_invites_refused(session: Session, envelopes: Many[VendorInviteRefused]) -> None:
    """Tell the customer why their invitation linked nobody, and the vendor, if it was somebody's."""
    _tell_customers(session, Kind.INVITATION_REFUSED, envelopes)
    _tell_vendors(session, Kind.INVITATION_REFUSED_VENDOR, [each for each in envelopes if each.event.vendor_id])


def on_orders_placed(session: Session, envelopes: Many[OrderPlaced]) -> None:
    """Tell the customer that it has come."""
    _tell_customers(session, Kind.ORDER_PLACED, envelopes)


def on_orders_confirmed(session: Session, envelopes: Many[OrderConfirmed]) -> None:
    """Tell the customer that it stands."""
    _tell_customers(session, Kind.ORDER_CONFIRMED, envelopes)


def on_orders_rejected(session: Session, envelopes: Many[OrderRejected]) -> None:
    """Tell the customer why it cannot be."""
    _tell_customers(session, Kind.ORDER_REJECTED, envelopes)


def on_orders_cancelled(session: Session, envelopes: Many[OrderCancelled]) -> None:
    """Tell the customer that it is called off."""
    _tell_customers(session, Kind.ORDER_CANCELLED, envelopes)


def on_vendor_orders_created(session: Session, envelopes: Many[VendorOrderCreated]) -> None:
    """Tell the vendor what is theirs to fulfil."""
    _tell_vendors(session, Kind.VENDOR_ORDER_NEW, envelopes)


def on_vendor_orders_accepted(session: Session, envelopes: Many[VendorOrderAccepted]) -> None:
    """Tell the customer that it is being prepared."""
    _tell_customers(session, Kind.PART_ACCEPTED, envelopes)


def on_vendor_orders_packed(session: Session, envelopes: Many[VendorOrderPacked]) -> None:
    """Tell the customer that it is packed."""
    _tell_customers(session, Kind.PART_PACKED, envelopes)


def on_vendor_orders_shipped(session: Session, envelopes: Many[VendorOrderShipped]) -> None:
    """Tell the customer that it is on its way, and how to follow it."""
    _tell_customers(session, Kind.PART_SHIPPED, envelopes)


def on_vendor_orders_delivered(session: Session, envelopes: Many[VendorOrderDelivered]) -> None:
    """Tell the customer that it has arrived."""
    _tell_customers(session, Kind.PART_DELIVERED, envelopes)


def on_vendor_orders_cancelled(session: Session, envelopes: Many[VendorOrderCancelled]) -> None:
    """Tell the side that did not do it, and why it was done."""
    by_them = [each for each in envelopes if each.event.by == BY_THE_CUSTOMER]
    _tell_vendors(session, Kind.VENDOR_ORDER_CANCELLED, by_them)
    _tell_customers(session, Kind.PART_CANCELLED, [each for each in envelopes if each.event.by != BY_THE_CUSTOMER])


def on_vendor_orders_rejected(session: Session, envelopes: Many[VendorOrderRejected]) -> None:
    """Tell the customer why it will not be fulfilled."""
    _tell_customers(session, Kind.PART_REJECTED, envelopes)


def on_product_stock_low(session: Session, envelope: Envelope[ProductStockLow]) -> None:
    """Tell the vendor what runs out; of the marketplace's own products, the admins."""
    vendor = envelope.event.vendor_id
    kind = Kind.STOCK_LOW if vendor else Kind.STOCK_LOW_MARKETPLACE
    tell(session, [Told(kind, envelope, vendor=vendor)])


def on_notification_failed(session: Session, envelope: Envelope[NotificationFailed]) -> None:
    """Tell the admins, in the app alone, who could not be told."""
    tell(session, [Told(Kind.DELIVERY_FAILED, envelope)])


HANDLERS: Handlers = {
    CustomerCreated: batched(on_customers_created),
    CustomerUpdated: batched(on_customers_updated),
    CustomerErased: on_customer_erased,
    PasswordResetRequested: on_password_reset_requested,
    VendorApproved: on_vendor_approved,
    VendorUpdated: on_vendor_updated,
    VendorSuspended: on_vendor_suspended,
    VendorReactivated: on_vendor_reactivated,
    VendorApplicationSubmitted: on_vendor_application_submitted,
    VendorApplicationRejected: on_vendor_application_rejected,
    VendorCustomerLinked: batched(on_vendor_customers_linked),
    VendorInviteRefused: batched(on_vendor_invites_refused),
    OrderPlaced: batched(on_orders_placed),
    OrderConfirmed: batched(on_orders_confirmed),
    OrderRejected: batched(on_orders_rejected),
    OrderCancelled: batched(on_orders_cancelled),
    VendorOrderCreated: batched(on_vendor_orders_created),
    VendorOrderAccepted: batched(on_vendor_orders_accepted),
    VendorOrderPacked: batched(on_vendor_orders_packed),
    VendorOrderShipped: batched(on_vendor_orders_shipped),
    VendorOrderDelivered: batched(on_vendor_orders_delivered),
    VendorOrderCancelled: batched(on_vendor_orders_cancelled),
    VendorOrderRejected: batched(on_vendor_orders_rejected),
    ProductStockLow: on_product_stock_low,
    NotificationFailed: on_notification_failed,
}


def _tell_customers(session: Session, kind: Kind, envelopes: Many[E]) -> None:
    tell(session, [Told(kind, each, person=_id_in(each, "customer_id")) for each in envelopes])


def _tell_vendors(session: Session, kind: Kind, envelopes: Many[E]) -> None:
    tell(session, [Told(kind, each, vendor=_id_in(each, "vendor_id")) for each in envelopes])


def _id_in(envelope: Envelope[E], name: str) -> UUID:
    key: UUID = getattr(envelope.event, name)
    return key


def _person(
    envelope: Envelope[CustomerCreated] | Envelope[CustomerUpdated], email: str, role: str | None
) -> people.News:
    event = envelope.event
    told = (event.customer_id, envelope.aggregate_version, envelope.occurred_at)
    return people.News(*told, email=email, name=event.name, locale=event.locale, role=role)


def _know_shop(
    session: Session, envelope: Envelope[E], owner: UUID, name: str | None = None, slug: str | None = None
) -> None:
    """Learn it, and tell its owner what came for them before."""
    vendors.learn(session, vendors.News(envelope.aggregate_id, owner, envelope.aggregate_version, name, slug))
    if not is_replaying(session):
        address(session, envelope.aggregate_id)
