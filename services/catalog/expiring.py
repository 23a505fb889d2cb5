"""Ends the reservations whose time is over, after ordering was asked which of their orders stand after all."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import structlog

from services.catalog.domain import reservations, settlements
from shared.events.ids import derived_id
from shared.inspection.client import CannotAsk, NotThere, Refused, Services
from shared.kit.database import Database

log = structlog.get_logger(__name__)
AT_ONCE = 100
CONFIRMED = "confirmed"


class Ended(NamedTuple):
    """How many reservations were ended, sold because their orders stand, and kept because ordering was silent."""

    expired: int = 0
    sold: int = 0
    kept: int = 0


def end_overdue(database: Database, others: Services, now: datetime) -> Ended:
    """End what is overdue, an order at a time; may run twice, or be killed, at any moment.

    Ordering confirms nothing after a reservation's end, but the news of a confirmation may still be on its way: what
    stands there is sold. While ordering is silent, everything is kept. Where its address is not known, nobody is asked.
    """
    total = Ended()
    while due := _overdue(database, now):
        standing = _standing(others, due)
        if standing is None:
            return total._replace(kept=len(due))
        ended = [_end(database, order, now, stands=order in standing) for order in due]
        total = Ended(total.expired + ended.count("expired"), total.sold + ended.count("sold"))
    return total


def _overdue(database: Database, now: datetime) -> list[UUID]:
    with database.transaction() as session:
        return list(settlements.overdue(session, now, AT_ONCE))


def _standing(others: Services, orders: Collection[UUID]) -> set[UUID] | None:
    """Which of these orders are confirmed; None if ordering cannot be asked."""
    if "ordering" not in others.names:
        return set()
    try:
        answer = others["ordering"].get("/internal/orders/standing", ids=",".join(map(str, orders)))
        return {UUID(item["order_id"]) for item in answer["items"] if item["status"] == CONFIRMED}
    except (CannotAsk, NotThere, Refused, LookupError, TypeError, ValueError) as silent:
        log.warning("reservations.kept", orders=len(orders), error=str(silent)[:200])
        return None


def _end(database: Database, order: UUID, now: datetime, *, stands: bool) -> str:
    with database.transaction() as session:
        if not stands:
            return "expired" if settlements.expire(session, order, now) else "ended already"
        reservation = reservations.find(session, order)
        if reservation is not None:
            settlements.sell(session, reservation, derived_id(reservation.cause_id, CONFIRMED), now)
        return "sold"
