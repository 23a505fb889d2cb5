"""The books of checkouts: what was taken, what became of it, and whether its parts and stock are all there, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from tests.eventually import eventually
from tests.faults.checkouts import Checkout, Shops, rows

ORDERS = """
    SELECT o.id, o.customer_id, o.status, s.state, jsonb_array_length(o.plan -> 'parts') AS parts, o.items,
           (SELECT count(*) FROM vendor_order v WHERE v.order_id = o.id) AS vendor_orders,
           (SELECT count(*) FROM order_item i JOIN vendor_order v ON v.id = i.vendor_order_id WHERE v.order_id = o.id)
               AS order_items,
           (SELECT count(*) FROM outbox e
            WHERE e.aggregate_id = o.id AND e.type IN ('order.confirmed', 'order.rejected')) AS decisions,
           (SELECT count(*) FROM outbox e JOIN vendor_order v ON v.id = e.aggregate_id
            WHERE v.order_id = o.id AND e.type = 'vendor_order.created') AS announced,
           (SELECT jsonb_object_agg(i ->> 'product_id', i -> 'quantity') FROM jsonb_array_elements(o.plan -> 'items') i)
               AS wanted
    FROM customer_order o JOIN order_saga s ON s.order_id = o.id
"""
RESERVATIONS = """
    SELECT r.order_id, r.state,
           coalesce(jsonb_object_agg(l.product_id, l.sold) FILTER (WHERE l.sold > 0), '{}') AS sold,
           (SELECT count(*) FROM outbox e WHERE e.aggregate_id = r.order_id AND e.type LIKE 'stock.%') AS answers
    FROM stock_reservation r LEFT JOIN stock_reservation_line l USING (order_id) GROUP BY r.order_id, r.state
"""
STOCK = "SELECT CAST(product_id AS text) AS product_id, on_hand, reserved FROM stock"
UNSETTLED = """
    SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL)
         + (SELECT count(*) FROM inbox WHERE status <> 'handled') AS events
"""


@dataclass(frozen=True)
class CheckoutBooks:
    """Counts over both databases; all but the first three must be nothing.

    `lost` were taken and are not there, `doubled` are a second order of somebody who ordered once or a second answer or
    announcement, `halves` have not exactly their parts and items, `unstocked` not exactly their stock.
    """

    checkouts: int
    confirmed: int
    rejected: int
    lost: int
    doubled: int
    halves: int
    unstocked: int
    pending: int
    unsettled: int

    @property
    def settled(self) -> bool:
        """Whether everything has reached its end."""
        return not (self.pending or self.unsettled)

    @property
    def balanced(self) -> bool:
        """Whether every order that was taken is confirmed or rejected, whole, once, with its stock."""
        return not (self.lost or self.doubled or self.halves or self.unstocked)


def settle(shops: Shops, taken: Sequence[Checkout], timeout: float) -> CheckoutBooks:
    """Wait until everything has reached its end; the books then. Raises `AssertionError` if time is over before."""
    found: list[CheckoutBooks] = []

    def look() -> bool:
        found[:] = [read(shops, taken)]
        return found[0].settled

    try:
        eventually(look, timeout=timeout, every=0.2)
    except AssertionError as late:
        raise AssertionError(f"not settled within {timeout} s: {asdict(found[0])}") from late
    return found[0]


def read(shops: Shops, taken: Sequence[Checkout]) -> CheckoutBooks:
    """Count, over all that was ever taken here."""
    catalog, ordering = shops.engines["catalog"], shops.engines["ordering"]
    orders = {row.id: row for row in rows(ordering, ORDERS)}
    kept = {row.order_id: row for row in rows(catalog, RESERVATIONS)}
    status = Counter(row.status for row in orders.values())
    wanted = {one.order_id for one in taken}
    return CheckoutBooks(
        checkouts=len(taken),
        confirmed=status["confirmed"],
        rejected=status["rejected"],
        lost=len(wanted - orders.keys()) + status["cancelled"],
        doubled=len(orders) - len(wanted) + sum(_doubled(row, kept.get(row.id)) for row in orders.values()),
        halves=sum(not _is_whole(row) for row in orders.values() if row.status != "pending"),
        unstocked=sum(not _has_stock(row, kept) for row in orders.values() if row.status != "pending")
        + _wrong_sums(shops, orders.values()),
        pending=status["pending"] + sum(row.state == "held" for row in kept.values()),
        unsettled=sum(int(rows(engine, UNSETTLED)[0].events) for engine in (catalog, ordering)),
    )


def _doubled(order: Any, reservation: Any) -> int:
    answers = reservation.answers if reservation else 0
    return max(0, int(order.decisions) - 1) + max(0, int(answers) - 1)


def _is_whole(order: Any) -> bool:
    parts, items = (order.parts, order.items) if order.status == "confirmed" else (0, 0)
    return (order.vendor_orders, order.announced, order.order_items, order.decisions) == (parts, parts, items, 1)


def _has_stock(order: Any, kept: dict[UUID, Any]) -> bool:
    reservation = kept.get(order.id)
    if order.status == "confirmed":
        return bool(reservation and reservation.state == "sold" and reservation.sold == order.wanted)
    return bool(reservation and reservation.state == "rejected" and not reservation.sold)


def _wrong_sums(shops: Shops, orders: Any) -> int:
    """Products of which there are not as many as were there without what confirmed orders have bought."""
    bought: Counter[str] = Counter()
    for order in orders:
        bought.update(order.wanted if order.status == "confirmed" else {})
    stock = rows(shops.engines["catalog"], STOCK)
    return sum(
        (row.on_hand + bought[row.product_id], row.reserved) != (shops.there(row.product_id), 0) for row in stock
    )
