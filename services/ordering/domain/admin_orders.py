"""All orders, for admins, who watch and change none."""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.ordering.domain import orders
from services.ordering.domain.orders import Whole
from services.ordering.models import CustomerOrder, VendorOrder
from shared.kit.paging import Page


def page(
    session: Session,
    *,
    status: str | None = None,
    customer: UUID | None = None,
    vendor: UUID | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Whole]:
    """Orders, newest first; `q` finds a part of an order's number."""
    found = select(CustomerOrder)
    if status:
        found = found.where(CustomerOrder.status == status)
    if customer:
        found = found.where(CustomerOrder.customer_id == customer)
    if vendor:
        of_it = (VendorOrder.order_id == CustomerOrder.id, VendorOrder.vendor_id == vendor)
        found = found.where(exists().where(*of_it))
    if q and q.strip():
        found = found.where(CustomerOrder.number.contains(q.strip().upper(), autoescape=True))
    return orders.page(session, found, cursor, limit)
