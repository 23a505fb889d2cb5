"""What becomes of what is put aside: it is sold, given back, or too late; and what was sold may return.

Every verb may be called twice and late. Nothing is ever given back that was not taken.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.catalog.domain import movements, reservations
from services.catalog.domain.movements import Kind, Movement
from services.catalog.domain.reservations import State
from services.catalog.models import StockReservation, StockReservationLine
from shared.events.catalog import StockReleased
from shared.events.envelope import Envelope
from shared.events.event import Event
from shared.events.ids import derived_id
from shared.events.ordering import OrderConfirmed, StockReleaseRequested
from shared.kit.errors import Refusal
from shared.kit.rowsets import rowset
from shared.sql import steady

log = structlog.get_logger(__name__)
_SELL = """
    WITH wanted AS (
        SELECT order_id FROM json_to_recordset(CAST(:rows AS json)) AS w(order_id uuid)
    ), sold AS (
        UPDATE stock_reservation r SET state = 'sold' FROM wanted
        WHERE r.order_id = wanted.order_id AND r.state = 'held' RETURNING r.order_id
    ), line AS (
        UPDATE stock_reservation_line l SET sold = l.quantity - l.released, expired = 0 FROM sold
        WHERE l.order_id = sold.order_id RETURNING l.order_id, l.product_id, l.sold
    )
    SELECT order_id, product_id, sold FROM line ORDER BY order_id, product_id
"""
GRACE = timedelta(seconds=5)
"""How long after its end a reservation is kept: a confirmation of the last moment may be on its way."""


class SoldWithoutStock(Refusal):
    """An order was confirmed after its reservation had ended, and others have what it needs."""


def confirm(session: Session, confirmed: Sequence[Envelope[OrderConfirmed]]) -> None:
    """Sell what is put aside for orders; raises `SoldWithoutStock` if that has ended and the goods are gone.

    Those that are held are sold in two statements, however many they are; the others are looked at one by one. An order
    that this service was never asked for is noted in the log; there is nothing to sell for it.
    """
    causes = {one.event.order_id: one for one in reversed(confirmed)}
    movements.take_turn(session)
    sold = steady.run(session, _SELL, rowset({"order_id": order} for order in causes))
    moves = [
        movement
        for order, lines in groupby(sold, key=lambda row: row.order_id)
        for movement in _sales(causes[order], [(row.product_id, -row.sold, -row.sold) for row in lines if row.sold])
    ]
    movements.record(session, sorted(moves, key=lambda move: move.product_id))
    for order in causes.keys() - {row.order_id for row in sold}:
        _confirm_late(session, causes[order])


def _sales(cause: Envelope[OrderConfirmed], sold: Sequence[tuple[UUID, int, int]]) -> list[Movement]:
    return reservations.moved(Kind.SALE, cause.event.order_id, sold, cause.id, cause.occurred_at)


def _confirm_late(session: Session, confirmed: Envelope[OrderConfirmed]) -> None:
    reservation = reservations.find(session, confirmed.event.order_id)
    if reservation is None:
        log.warning("reservation.unknown", order_id=str(confirmed.event.order_id), event_id=str(confirmed.id))
        return
    sell(session, reservation, confirmed.id, confirmed.occurred_at, confirmed)


def sell(
    session: Session, reservation: StockReservation, cause_id: UUID, at: datetime, cause: Envelope[Event] | None = None
) -> None:
    """Turn what is held, or was until its end, into a sale, once. Raises `SoldWithoutStock`."""
    if reservation.state not in {State.HELD, State.EXPIRED}:
        return
    lines, late = reservations.lines(session, reservation), reservation.state == State.EXPIRED
    levels = movements.hold(session, [line.product_id for line in lines])
    if late and any(levels[line.product_id].available < line.expired for line in lines):
        raise SoldWithoutStock
    for line in lines:
        line.sold, line.expired = line.quantity - line.released, 0
    sold = [(line.product_id, -line.sold, 0 if late else -line.sold) for line in lines if line.sold]
    reservation.state = State.SOLD
    session.flush()
    moved = reservations.moved(Kind.SALE, reservation.order_id, sold, cause_id, at)
    movements.record(session, moved, dict.fromkeys(levels, cause) if cause else movements.NOBODY)


def release(session: Session, request: Envelope[StockReleaseRequested]) -> None:
    """Give back what an order no longer needs, or all that it still has: held, it is free; sold, it returns.

    Whatever is asked for, never more than was taken. An order that is not known yet and gives back everything will be
    refused when it asks.
    """
    event = request.event
    reservation = reservations.find(session, event.order_id)
    if reservation is None and not event.quantities:
        reservations.keep(session, event.order_id, State.WITHDRAWN, request)
    elif reservation is None:
        log.warning("reservation.unknown", order_id=str(event.order_id), event_id=str(request.id))
    elif reservation.state in {State.HELD, State.SOLD}:
        asked = reservations.quantities(event.quantities) if event.quantities else None
        lines = reservations.lines(session, reservation)
        back = {line.product_id: count for line in lines if (count := _count_back(line, reservation.state, asked))}
        _give_back(session, reservation, back, "requested", request.id, request.occurred_at, request)
        if reservation.state == State.HELD and all(line.released == line.quantity for line in lines):
            reservation.state = State.RELEASED


def expire(session: Session, order_id: UUID, now: datetime) -> bool:
    """End a reservation whose time is over, once; false if it has ended otherwise meanwhile."""
    reservation = reservations.find(session, order_id)
    if reservation is None or reservation.state != State.HELD or not _is_over(reservation, now):
        return False
    back = {}
    for line in reservations.lines(session, reservation):
        line.expired = back[line.product_id] = line.quantity - line.released
    reservation.state = State.EXPIRED
    free = {product: count for product, count in back.items() if count}
    _give_back(session, reservation, free, "expired", derived_id(reservation.cause_id, "expired"), now)
    return True


def overdue(session: Session, now: datetime, limit: int = 100) -> Sequence[UUID]:
    """The orders whose reservations should have ended, the oldest first."""
    over = select(StockReservation.order_id).where(
        StockReservation.state == State.HELD, StockReservation.expires_at <= now - GRACE
    )
    return session.scalars(over.order_by(StockReservation.expires_at).limit(limit)).all()


def _is_over(reservation: StockReservation, now: datetime) -> bool:
    return reservation.expires_at is not None and reservation.expires_at + GRACE <= now


def _give_back(
    session: Session,
    reservation: StockReservation,
    back: Mapping[UUID, int],
    reason: str,
    cause_id: UUID,
    at: datetime,
    cause: Envelope[Event] | None = None,
) -> None:
    if not back:
        return
    order = reservation.order_id
    if reservation.state == State.SOLD:
        kind, changes = Kind.RETURN, [(product, count, 0) for product, count in back.items()]
    else:
        kind, changes = Kind.RELEASE, [(product, 0, -count) for product, count in back.items()]
    session.flush()
    movements.hold(session, back)
    moved = reservations.moved(kind, order, changes, cause_id, at)
    movements.record(session, moved, dict.fromkeys(back, cause) if cause else movements.NOBODY)
    quantities = {str(product): count for product, count in back.items()}
    event = StockReleased(order_id=order, reason=reason, quantities=quantities, released_at=at)
    reservations.say(session, event, reservation, cause_id, at, cause)


def _count_back(line: StockReservationLine, state: str, asked: Mapping[UUID, int] | None) -> int:
    """Note on the line how many go back, and return it."""
    left = line.sold - line.returned if state == State.SOLD else line.quantity - line.released
    count = left if asked is None else max(0, min(left, asked.get(line.product_id, 0)))
    if state == State.SOLD:
        line.returned += count
    else:
        line.released += count
    return count
