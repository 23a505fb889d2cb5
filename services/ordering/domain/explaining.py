"""The way of one order: what ordering was told and said of it, each step it took, and one sentence that says why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.ordering.domain import orders
from services.ordering.domain.orders import UnknownOrder, Whole
from services.ordering.models import CustomerOrder, OrderSaga

_STEPS = text("""
    SELECT noted_at AS at, step AS what, cause_id AS event_id, why AS detail, 1 AS place FROM saga_step
    WHERE order_id = :order_id
    UNION ALL
    SELECT coalesce(published_at, clock_timestamp()), type, event_id,
           'said' || CASE WHEN published_at IS NULL THEN ', and not published yet'
                          WHEN unroutable THEN ', and nobody listens' ELSE ' and published' END, 2
    FROM outbox WHERE aggregate_id = ANY(CAST(:about AS uuid[]))
    UNION ALL
    SELECT received_at, type, event_id, 'told: ' || status || coalesce(', ' || error_signature, ''), 0
    FROM inbox WHERE aggregate_id = :order_id
    UNION ALL
    SELECT s.at, p.number || ' ' || s.status, NULL, s.actor_role || coalesce(': ' || s.reason, ''), 1
    FROM vendor_order_step s JOIN vendor_order p ON p.id = s.vendor_order_id WHERE p.order_id = :order_id
    ORDER BY at, place
""")


class Way(NamedTuple):
    """An order, where its saga is, why, and all that happened on the way."""

    whole: Whole
    state: str
    deadline: datetime | None
    sentence: str
    steps: Sequence[Any]

    @property
    def last(self) -> Any:
        """The step that brought its saga to where it is; `placed` while nothing is decided."""
        return next(step for step in self.steps if step.what == (self.state if self.deadline is None else "placed"))


def called(session: Session, said: str) -> UUID:
    """The order of this id or number, in any case. Raises `UnknownOrder`."""
    try:
        return UUID(said)
    except ValueError:
        found = session.scalar(select(CustomerOrder.id).where(CustomerOrder.number == said.strip().upper()))
    if found is None:
        raise UnknownOrder("There is no such order.")
    return found


def way(session: Session, order_id: UUID) -> Way:
    """Tell the way of an order. Raises `UnknownOrder`."""
    whole = orders.find(session, order_id)
    saga = session.get_one(OrderSaga, order_id)
    about = [str(order_id), *(str(part.row.id) for part in whole.parts)]
    steps = session.execute(_STEPS, {"order_id": order_id, "about": about}).all()
    return Way(whole, saga.state, saga.deadline, _sentence(whole, saga), steps)


def _sentence(whole: Whole, saga: OrderSaga) -> str:
    number = whole.order.number
    if saga.state == "confirmed":
        fares = ", ".join(f"{part.row.number} is {part.row.status}" for part in whole.parts)
        return f"{number} stands, split into {len(whole.parts)}: {fares}."
    if saga.deadline:
        return f"{number} waits for catalog to reserve its stock until {saga.deadline:%Y-%m-%d %H:%M:%S} UTC."
    return f"{number} was {saga.state}: {whole.order.reason}"
