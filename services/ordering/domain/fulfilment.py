"""Fulfilling: a vendor takes their part step by step; of two who press at once one wins, and the other is told."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.ordering.domain import ending, ledger
from services.ordering.domain.life_cycle import Status, step
from services.ordering.models import CustomerOrder, OrderItem, VendorOrder, VendorOrderStep
from shared.events.event import Event
from shared.events.ordering import (
    StockReleaseRequested,
    VendorOrderAccepted,
    VendorOrderCancelled,
    VendorOrderDelivered,
    VendorOrderPacked,
    VendorOrderRejected,
    VendorOrderShipped,
)
from shared.kit.audit import By
from shared.kit.errors import Forbidden, Invalid, NotFound
from shared.messaging import outbox


class UnknownVendorOrder(NotFound):
    """There is no such vendor order."""


class NotYourVendorOrder(Forbidden):
    """This vendor order is another vendor's."""


class Tracking(NamedTuple):
    """By whom a part was sent, and under which number it can be followed."""

    carrier: str
    number: str


def advance(
    session: Session,
    vendor_id: UUID,
    part_id: UUID,
    to: Status,
    now: datetime,
    by: By,
    tracking: Tracking | None = None,
) -> VendorOrder:
    """Accept, pack, ship or deliver a part. Raises `UnknownVendorOrder`, `NotYourVendorOrder` or `WrongStatus`."""
    part = _held(session, vendor_id, part_id)
    step(Status(part.status), to)
    if tracking:
        part.carrier, part.tracking_number = tracking
    _take(session, part, to, now, by, None)
    if to is Status.DELIVERED:
        ledger.earn(session, part, now)
    _tell(session, part, _NEWS[to](part, now), now)
    return part


def turn_down(
    session: Session, vendor_id: UUID, part_id: UUID, to: Status, reason: str | None, now: datetime, by: By
) -> VendorOrder:
    """Reject a part, or cancel it before it is shipped, for a reason that the customer reads. Raises as `advance`.

    The order is locked before the part, as its customer's cancelling does.
    """
    why = needed(reason)
    order_id = session.scalar(select(VendorOrder.order_id).where(VendorOrder.id == part_id))
    if order_id is None:
        raise UnknownVendorOrder
    order = session.get_one(CustomerOrder, order_id, with_for_update=True)
    turn_off(session, order, _held(session, vendor_id, part_id), to, why, now, by)
    return session.get_one(VendorOrder, part_id)


def turn_off(
    session: Session, order: CustomerOrder, part: VendorOrder, to: Status, reason: str, now: datetime, by: By
) -> None:
    """End a part: its stock is given back, its commission and earnings reversed. Both rows are locked by the caller."""
    step(Status(part.status), to)
    part.reason = reason
    _take(session, part, to, now, by, reason)
    ledger.reverse_commission(session, part, now)
    given = select(OrderItem.product_id, OrderItem.quantity).where(OrderItem.vendor_order_id == part.id)
    quantities = {str(row.product_id): row.quantity for row in session.execute(given)}
    back = StockReleaseRequested(order_id=order.id, quantities=quantities, reason=str(to), requested_at=now)
    ending.tell(session, order, back, now, None)
    about = _about(part)
    if to is Status.REJECTED:
        _tell(session, part, VendorOrderRejected(**about, reason=reason, rejected_at=now), now)
    else:
        _tell(session, part, VendorOrderCancelled(**about, reason=reason, by=by.role, cancelled_at=now), now)


def needed(reason: str | None) -> str:
    """A reason, tidied. Raises `Invalid` without one."""
    tidy = " ".join((reason or "").split())
    if not tidy:
        raise Invalid(fields={"reason": "Say why: the customer reads it."})
    return tidy


def _held(session: Session, vendor_id: UUID, part_id: UUID) -> VendorOrder:
    part = session.get(VendorOrder, part_id, with_for_update=True, populate_existing=True)
    if part is None:
        raise UnknownVendorOrder
    if part.vendor_id != vendor_id:
        raise NotYourVendorOrder
    return part


def _take(session: Session, part: VendorOrder, to: Status, now: datetime, by: By, reason: str | None) -> None:
    part.status, part.changed_at, part.version = str(to), now, part.version + 1
    made = VendorOrderStep(
        vendor_order_id=part.id,
        version=part.version,
        status=str(to),
        at=now,
        actor_id=by.actor_id,
        actor_role=by.role,
        reason=reason,
    )
    session.add(made)
    session.flush()


def _tell(session: Session, part: VendorOrder, event: Event, now: datetime) -> None:
    outbox.add(session, event, aggregate_version=part.version, occurred_at=now)


def _about(part: VendorOrder) -> dict[str, Any]:
    names = ("order_id", "vendor_id", "customer_id", "number")
    return {"vendor_order_id": part.id, **{name: getattr(part, name) for name in names}}


def _shipped(part: VendorOrder, now: datetime) -> Event:
    carrier, number = part.carrier or "", part.tracking_number or ""
    return VendorOrderShipped(**_about(part), carrier=carrier, tracking_number=number, shipped_at=now)


def _delivered(part: VendorOrder, now: datetime) -> Event:
    earned, currency = part.earnings, part.currency
    return VendorOrderDelivered(**_about(part), currency=currency, earnings_amount=earned, delivered_at=now)


_NEWS: Mapping[Status, Callable[[VendorOrder, datetime], Event]] = {
    Status.ACCEPTED: lambda part, now: VendorOrderAccepted(**_about(part), accepted_at=now),
    Status.PACKED: lambda part, now: VendorOrderPacked(**_about(part), packed_at=now),
    Status.SHIPPED: _shipped,
    Status.DELIVERED: _delivered,
}
