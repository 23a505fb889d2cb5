"""Stock, what ordering asks of it, and what comes of that, in as few words as a test needs."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.catalog.domain import stock
from services.catalog.domain.stock import Change
from services.catalog.models import Product
from services.catalog.tests import building
from services.catalog.tests.building import NOON, envelope
from shared.events.envelope import Envelope
from shared.events.ids import new_id
from shared.events.ordering import OrderConfirmed, StockReleaseRequested, StockReserveRequested

FAR = datetime(2126, 1, 1, tzinfo=UTC)
SOMEBODY = UUID(int=1)
Wanted = Mapping[UUID, int]


def stocked(session: Session, count: int, owner: UUID | None = None, *, threshold: int = 0, **given: Any) -> Product:
    """A product of which there are so many."""
    made = building.product(session, owner, **given)
    stock.set_threshold(session, made.id, threshold, NOON)
    if count:
        stock.change(session, made.id, Change("receipt", count), SOMEBODY, NOON)
    return made


def asked(
    wanted: Wanted, order: UUID | None = None, *, until: datetime = FAR, at: datetime = NOON
) -> Envelope[StockReserveRequested]:
    """An order asks for stock."""
    quantities = {str(product): count for product, count in wanted.items()}
    event = StockReserveRequested(order_id=order or new_id(), quantities=quantities, expires_at=until, requested_at=at)
    return envelope(event, 1, at)


def given_back(
    order: UUID, wanted: Wanted | None = None, at: datetime = NOON + timedelta(hours=1)
) -> Envelope[StockReleaseRequested]:
    """An order gives back some, or all."""
    quantities = {str(product): count for product, count in (wanted or {}).items()}
    event = StockReleaseRequested(order_id=order, quantities=quantities, reason="cancelled", requested_at=at)
    return envelope(event, 2, at)


def confirmed(order: UUID, at: datetime = NOON) -> Envelope[OrderConfirmed]:
    """An order stands."""
    event = OrderConfirmed(
        order_id=order,
        number="ORD-1",
        customer_id=new_id(),
        total_amount=1,
        currency="EUR",
        vendor_orders=1,
        confirmed_at=at,
    )
    return envelope(event, 3, at)


def level(session: Session, product_id: UUID) -> tuple[int, int]:
    """How many there are, and how many of these are put aside."""
    found = stock.level(session, product_id)
    return found.on_hand, found.reserved


def shown(session: Session, product_id: UUID) -> int:
    """How many lists say can be bought."""
    return int(session.scalar(text("SELECT available FROM listing WHERE product_id = :id"), {"id": product_id}) or 0)


def said(session: Session, aggregate_id: UUID, *types: str) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of what was announced of something, in order."""
    ask = "SELECT type, envelope -> 'data' AS data FROM outbox WHERE aggregate_id = :id ORDER BY seq"
    rows = session.execute(text(ask), {"id": aggregate_id})
    return [(row.type, row.data) for row in rows if not types or row.type in types]


def kinds(session: Session, product_id: UUID) -> list[str]:
    """What moved, in order."""
    ask = "SELECT kind FROM stock_movement WHERE product_id = :id ORDER BY seq"
    return list(session.scalars(text(ask), {"id": product_id}))
