"""A customer calls off an order, or a part of it, as far as that can be."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.ordering.domain import ending
from services.ordering.domain.fulfilment import turn_off
from services.ordering.domain.life_cycle import BY_THE_CUSTOMER, OFF, Status, WrongStatus
from services.ordering.domain.orders import UnknownOrder
from services.ordering.models import CustomerOrder, VendorOrder
from shared.kit.audit import By


def by_customer(
    session: Session,
    customer_id: UUID,
    order_id: UUID,
    reason: str,
    now: datetime,
    by: By,
    *,
    part_id: UUID | None = None,
) -> None:
    """Cancel what is not packed yet, of the whole order or of one part; what is packed stays.

    Raises `UnknownOrder`, or `WrongStatus` if there is nothing that can be cancelled; then nothing changes.
    """
    order = session.get(CustomerOrder, order_id, with_for_update=True)
    if order is None or order.customer_id != customer_id:
        raise UnknownOrder
    if order.status == "pending" and part_id is None:
        ending.cancel(session, order, reason, now)
        return
    _cancel_parts(session, order, reason, now, By(by.actor_id, "customer", by.address), part_id)


def _cancel_parts(
    session: Session, order: CustomerOrder, reason: str, now: datetime, by: By, part_id: UUID | None
) -> None:
    rows = select(VendorOrder).where(VendorOrder.order_id == order.id).order_by(VendorOrder.id).with_for_update()
    parts = session.scalars(rows).all()
    wanted = [part for part in parts if part_id in {None, part.id}]
    if part_id and not wanted:
        raise UnknownOrder("This order has no such part.")
    possible = [part for part in wanted if part.status in BY_THE_CUSTOMER]
    if not possible:
        at = wanted[0].status if wanted else order.status
        raise WrongStatus(f"What is {at} can no longer be cancelled.", facts={"from": at, "to": Status.CANCELLED})
    for part in possible:
        turn_off(session, order, part, Status.CANCELLED, reason, now, by)
    if all(part.status in OFF for part in parts):
        ending.tell_cancelled(session, order, reason, now, None)
