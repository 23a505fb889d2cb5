"""A vendor's parts as they are read: always their own, filtered where the data is."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.ordering.domain.fulfilment import NotYourVendorOrder, UnknownVendorOrder
from services.ordering.domain.orders import Part, parts
from services.ordering.models import CustomerOrder, VendorOrder
from shared.kit.paging import Page, take


def page(
    session: Session,
    vendor_id: UUID,
    *,
    status: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Part]:
    """A vendor's parts, newest first; `q` finds a part of a number, of the order's too, or of the customer's name."""
    mine = select(VendorOrder).where(VendorOrder.vendor_id == vendor_id)
    if status:
        mine = mine.where(VendorOrder.status == status)
    if q and q.strip():
        wanted = f"%{_escaped(q.strip())}%"
        order = mine.join(CustomerOrder, CustomerOrder.id == VendorOrder.order_id)
        name = CustomerOrder.shipping_address["name"].astext
        columns = (VendorOrder.number, CustomerOrder.number, name)
        mine = order.where(or_(*(column.ilike(wanted) for column in columns)))
    found = take(session, mine, (VendorOrder.id,), cursor=cursor, limit=limit)
    return Page(_with_orders(session, found.items), found.next_cursor)


def own(session: Session, vendor_id: UUID, part_id: UUID) -> Part:
    """A vendor's own part. Raises `UnknownVendorOrder` or `NotYourVendorOrder`."""
    row = session.get(VendorOrder, part_id)
    if row is None:
        raise UnknownVendorOrder
    if row.vendor_id != vendor_id:
        raise NotYourVendorOrder
    return _with_orders(session, [row])[0]


def _with_orders(session: Session, rows: Sequence[VendorOrder]) -> list[Part]:
    ids = {row.order_id for row in rows}
    orders = {row.id: row for row in session.scalars(select(CustomerOrder).where(CustomerOrder.id.in_(ids)))}
    return parts(session, rows, orders)


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
