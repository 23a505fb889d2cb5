"""How an order that does not stand ends: rejected for want of stock, or called off before it was confirmed."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.ordering.domain import carts, discounts
from services.ordering.models import CustomerOrder, SagaStep
from shared.events.catalog import StockRejected
from shared.events.envelope import Envelope
from shared.events.event import Event
from shared.events.ids import derived_id, new_id
from shared.events.ordering import OrderCancelled, OrderRejected, StockReleaseRequested
from shared.messaging import outbox

IN_TIME = "It was not confirmed in time."
TOO_FEW = "There is not enough of it."

_END = text("UPDATE order_saga SET state = :state, since = :at, deadline = NULL WHERE order_id = :order_id")


def reject(session: Session, envelope: Envelope[StockRejected]) -> None:
    """End a pending order because its stock is not all there; it names the lines, which are in the cart again."""
    event = envelope.event
    order = session.get_one(CustomerOrder, event.order_id)
    lines = _lacking(order, event.lacking)
    reason = TOO_FEW if lines else f"Its stock could not be reserved: {event.reason}."
    _end(session, order, "rejected", reason, event.rejected_at, envelope)
    order.refused = lines
    carts.put_back(session, order, event.rejected_at)
    said = OrderRejected(
        order_id=order.id,
        number=order.number,
        customer_id=order.customer_id,
        reason=reason,
        lines=lines,
        rejected_at=event.rejected_at,
    )
    tell(session, order, said, event.rejected_at, envelope)


def cancel(session: Session, order: CustomerOrder, reason: str, at: datetime) -> None:
    """Call a pending order off for its customer; the order is locked. Its stock is given back, whenever it comes."""
    _end(session, order, "cancelled", reason, at, None)
    tell_cancelled(session, order, reason, at, None)
    give_all_back(session, order.id, "cancelled", at, order=order)


def expire(
    session: Session, order_id: UUID, at: datetime, why: str, *, cause: Envelope[Any] | None = None
) -> CustomerOrder:
    """Call a pending order off because its time is over; the order is locked."""
    order = session.get_one(CustomerOrder, order_id)
    _end(session, order, "cancelled", IN_TIME, at, cause, why)
    carts.put_back(session, order, at)
    tell_cancelled(session, order, IN_TIME, at, cause)
    give_all_back(session, order.id, "expired", at, order=order, cause=cause)
    return order


def give_all_back(
    session: Session,
    order_id: UUID,
    reason: str,
    at: datetime,
    *,
    order: CustomerOrder | None = None,
    cause: Envelope[Any] | None = None,
) -> None:
    """Ask catalog to take back whatever it keeps for an order, now or later; of one that is not known here too."""
    said = StockReleaseRequested(order_id=order_id, quantities={}, reason=reason, requested_at=at)
    order = order or session.get(CustomerOrder, order_id)
    if order:
        tell(session, order, said, at, cause)
    else:
        outbox.add(session, said, aggregate_version=1, occurred_at=at, event_id=_id(said, cause), cause=cause)


def tell(session: Session, order: CustomerOrder, event: Event, at: datetime, cause: Envelope[Any] | None) -> None:
    """Say something of an order under its next version; twice upon the same cause is once."""
    order.version += 1
    session.flush()
    version = order.version
    outbox.add(session, event, aggregate_version=version, occurred_at=at, event_id=_id(event, cause), cause=cause)


def tell_cancelled(
    session: Session, order: CustomerOrder, reason: str, at: datetime, cause: Envelope[Any] | None
) -> None:
    """Say that an order was called off as a whole."""
    number, customer = order.number, order.customer_id
    said = OrderCancelled(order_id=order.id, number=number, customer_id=customer, reason=reason, cancelled_at=at)
    tell(session, order, said, at, cause)


def _end(
    session: Session,
    order: CustomerOrder,
    status: str,
    reason: str,
    at: datetime,
    cause: Envelope[Any] | None,
    why: str | None = None,
) -> None:
    order.status, order.reason, order.decided_at = status, reason, at
    step = derived_id(cause.id, "saga_step") if cause else new_id()
    cause_id = cause.id if cause else None
    session.add(SagaStep(id=step, order_id=order.id, step=status, at=at, cause_id=cause_id, why=why or reason))
    session.execute(_END, {"state": status, "at": at, "order_id": order.id})
    discounts.give_back(session, [order.id])


def _lacking(order: CustomerOrder, lacking: Mapping[str, int]) -> dict[str, str]:
    """By title; where two products are called alike, with what tells them apart."""
    items = [item for item in order.plan["items"] if item["product_id"] in lacking]
    titles = Counter(item["title"] for item in items)
    return {
        item["title"] if titles[item["title"]] == 1 else f"{item['title']} ({item['sku']})": (
            f"{item['quantity']} wanted, {lacking[item['product_id']]} there"
        )
        for item in items
    }


def _id(event: Event, cause: Envelope[Any] | None) -> UUID | None:
    return derived_id(cause.id, event.type) if cause else None
