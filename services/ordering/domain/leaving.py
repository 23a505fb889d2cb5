"""Who has left is forgotten: their cart at once, and where an order was sent once nothing of it is on its way."""

from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.ordering.models import ErasedCustomer

ERASED = "[erased]"
_NOBODY = {
    "name": ERASED,
    "line1": ERASED,
    "line2": None,
    "city": ERASED,
    "region": None,
    "postal_code": None,
    "phone": None,
}

DEFINITION = """
    SELECT aggregate_id AS customer_id, min(CAST(envelope->'data'->>'erased_at' AS timestamptz)) AS erased_at FROM inbox
    WHERE status = 'handled' AND type = 'customer.erased'
      AND (CAST(:of AS uuid[]) IS NULL OR aggregate_id = ANY(CAST(:of AS uuid[])))
    GROUP BY aggregate_id
"""
"""What `erased_customer` is, in the order of its columns."""

_CARTS = text("DELETE FROM cart WHERE customer_id IN (SELECT customer_id FROM erased_customer)")
_ADDRESSES = text("""
    UPDATE customer_order o SET shipping_address = o.shipping_address || CAST(:nobody AS jsonb)
    FROM erased_customer e
    WHERE o.customer_id = e.customer_id AND o.status <> 'pending' AND o.shipping_address->>'name' <> :erased
      AND NOT EXISTS (SELECT FROM vendor_order v WHERE v.order_id = o.id
                      AND v.status NOT IN ('delivered', 'cancelled', 'rejected'))
""")


def note(session: Session, customer_id: UUID, at: datetime) -> None:
    """Write down that somebody has left; once is enough."""
    row = insert(ErasedCustomer).values(customer_id=customer_id, erased_at=at)
    session.execute(row.on_conflict_do_nothing())


def forget(session: Session) -> dict[str, int]:
    """Forget carts, names and addresses of who has left, the country apart; what is still on its way keeps where to."""
    carts = session.execute(_CARTS)
    orders = session.execute(_ADDRESSES, {"nobody": orjson.dumps(_NOBODY).decode(), "erased": ERASED})
    return {"carts": carts.rowcount, "addresses": orders.rowcount}  # type: ignore[attr-defined]
