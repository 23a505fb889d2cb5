"""Timeouts are rows: orders that wait past their deadline are called off, each once, whoever looks."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.ordering.domain import ending
from services.ordering.models import CustomerOrder, OrderSaga

WHY = "No answer of catalog's came until the deadline, so the order was cancelled and its stock asked back."


def advance(session: Session, now: datetime, limit: int) -> int:
    """Cancel at most so many orders whose deadline has passed; return how many. Locked ones are left alone."""
    due = (
        select(CustomerOrder.id)
        .join(OrderSaga, OrderSaga.order_id == CustomerOrder.id)
        .where(OrderSaga.deadline <= now, CustomerOrder.status == "pending")
        .order_by(OrderSaga.deadline)
        .limit(limit)
        .with_for_update(of=CustomerOrder, skip_locked=True)
    )
    orders = session.scalars(due).all()
    for order_id in orders:
        ending.expire(session, order_id, now, WHY)
    return len(orders)
