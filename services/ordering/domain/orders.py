"""Orders as they are read: each with its parts, their items and steps, in four questions however many there are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.ordering.domain import life_cycle
from services.ordering.models import CustomerOrder, DiscountCode, OrderItem, Vendor, VendorOrder, VendorOrderStep
from shared.kit.errors import NotFound
from shared.kit.paging import Page, take


class UnknownOrder(NotFound):
    """You have no such order."""


class Part(NamedTuple):
    """A vendor's part with all that belongs to it, and the order that it is of."""

    row: VendorOrder
    vendor_name: str | None
    items: Sequence[OrderItem]
    steps: Sequence[VendorOrderStep]
    order: CustomerOrder


class Whole(NamedTuple):
    """An order with its parts, and how it fares because of them."""

    order: CustomerOrder
    status: str
    parts: Sequence[Part]
    discount_code: str | None


def of_customer(session: Session, customer_id: UUID, *, cursor: str | None = None, limit: int = 20) -> Page[Whole]:
    """A customer's orders, newest first."""
    return page(session, select(CustomerOrder).where(CustomerOrder.customer_id == customer_id), cursor, limit)


def own(session: Session, customer_id: UUID, order_id: UUID) -> Whole:
    """A customer's own order. Raises `UnknownOrder`, for another's too: whose it is, is nobody else's business."""
    mine = (CustomerOrder.id == order_id, CustomerOrder.customer_id == customer_id)
    order = session.scalar(select(CustomerOrder).where(*mine))
    if order is None:
        raise UnknownOrder
    return wholes(session, [order])[0]


def find(session: Session, order_id: UUID) -> Whole:
    """Anybody's order, for an admin. Raises `UnknownOrder`."""
    order = session.get(CustomerOrder, order_id)
    if order is None:
        raise UnknownOrder("There is no such order.")
    return wholes(session, [order])[0]


def page(session: Session, statement: Select[CustomerOrder], cursor: str | None, limit: int) -> Page[Whole]:
    """A page of whichever orders, newest first."""
    found = take(session, statement, (CustomerOrder.id,), cursor=cursor, limit=limit)
    return Page(wholes(session, found.items), found.next_cursor)


def wholes(session: Session, rows: Sequence[CustomerOrder]) -> list[Whole]:
    """These orders with their parts."""
    by_order: dict[UUID, list[Part]] = defaultdict(list)
    orders = {row.id: row for row in rows}
    of_them = select(VendorOrder).where(VendorOrder.order_id.in_(orders)).order_by(VendorOrder.number)
    for part in parts(session, session.scalars(of_them).all(), orders):
        by_order[part.row.order_id].append(part)
    codes = _codes(session, rows)
    return [_whole(row, by_order[row.id], codes) for row in rows]


def parts(session: Session, rows: Sequence[VendorOrder], orders: dict[UUID, CustomerOrder]) -> list[Part]:
    """These parts with what belongs to them."""
    if not rows:
        return []
    ids = [row.id for row in rows]
    items = _grouped(
        session.scalars(select(OrderItem).where(OrderItem.vendor_order_id.in_(ids)).order_by(OrderItem.id))
    )
    of_them = select(VendorOrderStep).where(VendorOrderStep.vendor_order_id.in_(ids))
    steps = _grouped(session.scalars(of_them.order_by(VendorOrderStep.version)))
    names = select(Vendor.id, Vendor.name).where(Vendor.id.in_({row.vendor_id for row in rows}))
    called = {row.id: row.name for row in session.execute(names)}
    return [Part(row, called.get(row.vendor_id), items[row.id], steps[row.id], orders[row.order_id]) for row in rows]


def _whole(order: CustomerOrder, of_it: Sequence[Part], codes: dict[UUID, str]) -> Whole:
    status = life_cycle.whole(order.status, [part.row.status for part in of_it])
    return Whole(order, status, of_it, codes.get(order.discount_code_id) if order.discount_code_id else None)


def _codes(session: Session, rows: Sequence[CustomerOrder]) -> dict[UUID, str]:
    used = {row.discount_code_id for row in rows if row.discount_code_id}
    if not used:
        return {}
    found = session.execute(select(DiscountCode.id, DiscountCode.code).where(DiscountCode.id.in_(used)))
    return {row.id: row.code for row in found}


def _grouped(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    groups: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row.vendor_order_id].append(row)
    return groups
