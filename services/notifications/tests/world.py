"""People and shops, told to notifications as others tell it, in as few words as a test needs."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.consumers import HANDLERS
from services.notifications.models import Delivery, Message
from shared.events.envelope import Envelope
from shared.events.event import Event
from shared.events.identity import CustomerCreated, CustomerErased
from shared.events.ids import new_id
from shared.events.ordering import OrderConfirmed, VendorOrderCreated
from shared.events.vendor import VendorApproved, VendorCustomerLinked
from shared.messaging.handlers import run_handlers

NUMBERS = itertools.count(1)


def now() -> datetime:
    return datetime.now(UTC)


LONG_AGO = now() - timedelta(days=365)


def envelope(event: Event, version: int = 1, at: datetime | None = None) -> Envelope[Any]:
    """An event as it arrives."""
    return Envelope(
        id=new_id(),
        source=event.publisher,
        aggregate_id=event.aggregate_id,
        aggregate_version=version,
        occurred_at=at or now(),
        correlation_id="test",
        event=event,
    )


def created(
    person: UUID, name: str = "Ada Lovelace", locale: str = "en", role: str = "customer", email: str | None = None
) -> CustomerCreated:
    """That somebody has an account."""
    return CustomerCreated(
        customer_id=person,
        email=email or f"person.{next(NUMBERS)}@shop.example",
        name=name,
        locale=locale,
        registered_at=LONG_AGO,
        metadata={},
        role=role,
    )


def approved(owner: UUID, name: str = "Acme", vendor: UUID | None = None) -> VendorApproved:
    """That somebody's shop may sell."""
    return VendorApproved(
        vendor_id=vendor or new_id(),
        user_id=owner,
        name=name,
        slug=name.lower(),
        code=name.upper(),
        commission_bps=1000,
        approved_at=now(),
    )


def confirmed(customer: UUID) -> OrderConfirmed:
    """That somebody's order stands."""
    return OrderConfirmed(
        order_id=new_id(),
        number=f"ORD-{next(NUMBERS)}",
        customer_id=customer,
        total_amount=7196,
        currency="EUR",
        vendor_orders=4,
        confirmed_at=now(),
    )


def part(vendor: UUID, customer: UUID) -> VendorOrderCreated:
    """That a shop has a part of somebody's order to fulfil."""
    return VendorOrderCreated(
        vendor_order_id=new_id(),
        order_id=new_id(),
        vendor_id=vendor,
        customer_id=customer,
        subtotal_amount=1999,
        shipping_amount=499,
        discount_amount=0,
        total_amount=2498,
        number=f"VND-{next(NUMBERS)}",
        currency="EUR",
        commission_bps=1000,
        commission_amount=200,
        earnings_amount=1799,
        created_at=now(),
    )


def erased(person: UUID) -> Envelope[Any]:
    """That somebody has left, after everything else that was said of them."""
    return envelope(CustomerErased(customer_id=person, erased_at=now()), 1000)


def joined(vendor: UUID, customer: UUID) -> VendorCustomerLinked:
    """That somebody is on a shop's customer list."""
    return VendorCustomerLinked(
        vendor_customer_id=new_id(),
        vendor_id=vendor,
        customer_id=customer,
        invite_token_id=None,
        source="registration",
        cause_id=new_id(),
        linked_at=now(),
    )


@dataclass(frozen=True)
class World:
    """What notifications are told in a test."""

    session: Session

    def tell(self, *events: Event | Envelope[Any], at: datetime | None = None) -> list[Envelope[Any]]:
        """Hand events to the service's own handlers, as its consumer does."""
        envelopes = [each if isinstance(each, Envelope) else envelope(each, at=at) for each in events]
        run_handlers(HANDLERS, self.session, envelopes)
        self.session.expire_all()
        return envelopes

    def person(self, **given: Any) -> UUID:
        """Somebody with an account."""
        key = new_id()
        self.tell(created(key, **given), at=LONG_AGO)
        return key

    def shop(self, **given: Any) -> tuple[UUID, UUID]:
        """A shop and its owner."""
        owner = self.person(name="Vera Vendor")
        told = approved(owner, **given)
        self.tell(told)
        return told.vendor_id, owner

    def messages(self, person: UUID) -> list[Message]:
        """What somebody was told, oldest first."""
        rows = select(Message).where(Message.recipient_id == person).order_by(Message.occurred_at, Message.id)
        return list(self.session.scalars(rows))

    def kinds(self, person: UUID) -> list[str]:
        """What kinds of things somebody was told."""
        return [message.kind for message in self.messages(person)]

    def deliveries(self, person: UUID) -> list[Delivery]:
        """What goes out to somebody, oldest first."""
        rows = select(Delivery).where(Delivery.recipient_id == person).order_by(Delivery.occurred_at, Delivery.id)
        return list(self.session.scalars(rows))
