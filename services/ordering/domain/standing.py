"""Whether orders stand, for whoever keeps stock for them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.ordering.models import CustomerOrder

UNKNOWN = "unknown"
STANDINGS = ("pending", "confirmed", "rejected", "cancelled", UNKNOWN)


def of(session: Session, order_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What has become of each order; `unknown` for those that are not here."""
    rows = session.execute(select(CustomerOrder.id, CustomerOrder.status).where(CustomerOrder.id.in_(order_ids)))
    known = {row.id: row.status for row in rows}
    return {order: known.get(order, UNKNOWN) for order in order_ids}
