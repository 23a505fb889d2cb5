"""Vendors, products and customers for tests, told to ordering as others tell it, in as few words as a test needs."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.ordering.consumers import HANDLERS
from services.ordering.domain import carts
from services.ordering.domain.carts import Owner
from services.ordering.domain.placing import Rules, Wanted, place
from services.ordering.models import CustomerOrder, VendorOrder
from shared.events.catalog import ProductCreated, ProductDeleted, ProductUpdated, StockRejected, StockReserved
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
from shared.kit.audit import By
from shared.messaging.handlers import run_handlers

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=365)
ADDRESS = {
    "name": "Ada Lovelace",
    "line1": "12 St James's Square",
    "line2": None,
    "city": "London",
    "region": None,
    "postal_code": "SW1Y 4JH",
    "country": "GB",
    "phone": None,
}
RULES = Rules(None, timedelta(minutes=15))
NUMBERS = itertools.count(1)


def now() -> datetime:
    return datetime.now(UTC)


def envelope(event: Event, version: int = 1, at: datetime | None = None, event_id: UUID | None = None) -> Envelope[Any]:
    """An event as it arrives."""
    return Envelope(
        id=event_id or new_id(),
        source=event.publisher,
        aggregate_id=event.aggregate_id,
        aggregate_version=version,
        occurred_at=at or now(),
        correlation_id="test",
        event=event,
    )


def tell(session: Session, *envelopes: Envelope[Any]) -> None:
    """Hand events to the service's own handlers, as its consumer does."""
    run_handlers(HANDLERS, session, envelopes)
    session.expire_all()


class Seller:
    """A vendor, and everything that was said of them."""

    def __init__(self, session: Session, *, bps: int = 1000, shipping: dict[str, int] | None = None) -> None:
        self.session, self.id, self.user_id, self.version = session, new_id(), new_id(), 1
        self.code = f"SHOP{next(NUMBERS)}"
        approved = VendorApproved(**self._who, **self._called, commission_bps=bps, approved_at=LONG_AGO)
        tell(session, envelope(approved, 1, LONG_AGO))
        self.bps = bps
        if shipping:
            self.update(shipping=shipping)

    @property
    def _who(self) -> dict[str, Any]:
        return {"vendor_id": self.id, "user_id": self.user_id}

    @property
    def _called(self) -> dict[str, Any]:
        return {"name": self.code.title(), "slug": self.code.lower(), "code": self.code}

    @property
    def by(self) -> By:
        return By(self.user_id, "vendor")

    def next(self) -> int:
        self.version += 1
        return self.version

    def update(self, *, status: str = "approved", **changed: Any) -> None:
        told = {"commission_bps": self.bps, "commission_from": LONG_AGO, "shipping": {}, **changed}
        event = VendorUpdated(**self._who, **self._called, status=status, updated_at=now(), **told)
        tell(self.session, envelope(event, self.next()))

    def suspend(self) -> None:
        tell(self.session, envelope(VendorSuspended(**self._who, reason="x", suspended_at=now()), self.next()))

    def reactivate(self) -> None:
        tell(self.session, envelope(VendorReactivated(**self._who, reactivated_at=now()), self.next()))

    def link(self, customer: UUID, at: datetime = NOON, version: int = 1) -> None:
        pair = {"vendor_customer_id": new_id(), "vendor_id": self.id, "customer_id": customer}
        event = VendorCustomerLinked(**pair, invite_token_id=None, source="acceptance", cause_id=new_id(), linked_at=at)
        tell(self.session, envelope(event, version, at))

    def unlink(self, customer: UUID, at: datetime = NOON, version: int = 2) -> None:
        pair = {"vendor_customer_id": new_id(), "vendor_id": self.id, "customer_id": customer}
        tell(self.session, envelope(VendorCustomerUnlinked(**pair, reason="x", unlinked_at=at), version, at))


class Market:
    """One test's people and things, over one session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.products: dict[UUID, dict[str, Any]] = {}
        self.versions: dict[UUID, int] = {}

    def seller(self, **given: Any) -> Seller:
        return Seller(self.session, **given)

    def product(self, seller: Seller | None = None, price: int = 1999, **given: Any) -> UUID:
        key = new_id()
        self.products[key] = {
            "product_id": key,
            "vendor_id": seller.id if seller else None,
            "title": f"Bowl {key.hex[-4:]}",
            "slug": key.hex,
            "sku": key.hex[-6:],
            "price_amount": price,
            "currency": "EUR",
            "status": "active",
            "visibility": "public",
            "category_id": None,
            "picture": None,
            **given,
        }
        self.versions[key] = 1
        tell(self.session, envelope(ProductCreated(**self.products[key], created_at=NOON)))
        return key

    def change(self, product: UUID, **changed: Any) -> None:
        self.products[product] |= changed
        self.versions[product] += 1
        event = ProductUpdated(**self.products[product], updated_at=now())
        tell(self.session, envelope(event, self.versions[product]))

    def delete(self, product: UUID) -> None:
        self.versions[product] += 1
        told = self.products[product]
        event = ProductDeleted(product_id=product, vendor_id=told["vendor_id"], deleted_at=now())
        tell(self.session, envelope(event, self.versions[product]))

    def put(self, customer: UUID, wanted: dict[UUID, int]) -> None:
        carts.put(self.session, Owner(customer), wanted, now())
        self.session.flush()

    def place(self, customer: UUID, wanted: dict[UUID, int], rules: Rules = RULES) -> CustomerOrder:
        """Fill the cart and order it."""
        self.put(customer, wanted)
        placed = place(self.session, customer, Wanted(ADDRESS), rules, now())
        return self.session.get_one(CustomerOrder, placed.id)

    def reserved(self, order: CustomerOrder, at: datetime | None = None) -> Envelope[StockReserved]:
        at = at or now()
        event = StockReserved(order_id=order.id, reserved_at=at, expires_at=at + timedelta(minutes=15))
        return envelope(event, at=at)

    def reserve(self, order_id: UUID) -> None:
        """Have catalog say that an order's stock is reserved."""
        tell(self.session, self.reserved(self.session.get_one(CustomerOrder, order_id)))

    def lacking(self, order_id: UUID, lacking: dict[str, int]) -> Envelope[StockRejected]:
        return envelope(StockRejected(order_id=order_id, reason="too_few", lacking=lacking, rejected_at=now()))

    def again(self, reply: Envelope[Any]) -> Envelope[Any]:
        """The same news as another event."""
        return envelope(reply.event, reply.aggregate_version, reply.occurred_at)

    def confirmed(self, customer: UUID, wanted: dict[UUID, int]) -> CustomerOrder:
        """An order that stands."""
        order = self.place(customer, wanted)
        tell(self.session, self.reserved(order))
        return order

    def parts(self, order: CustomerOrder) -> Sequence[VendorOrder]:
        self.session.expire_all()
        rows = select(VendorOrder).where(VendorOrder.order_id == order.id).order_by(VendorOrder.vendor_id)
        return self.session.scalars(rows).all()

    def announced(self, aggregate: UUID) -> list[tuple[str, int, dict[str, Any]]]:
        """Type, version and data of what was said of something, in order."""
        ask = text("""
            SELECT type, aggregate_version, envelope -> 'data' FROM outbox WHERE aggregate_id = :id ORDER BY seq
        """)
        return [(row[0], row[1], row[2]) for row in self.session.execute(ask, {"id": aggregate})]

    def count(self, table: str, **where: Any) -> int:
        condition = " AND ".join(f"{name} = :{name}" for name in where) or "true"
        ask = text(f"SELECT count(*) FROM {table} WHERE {condition}")  # noqa: S608 - names of the tests' own
        return int(self.session.scalar(ask, where) or 0)
