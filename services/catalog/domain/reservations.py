"""What is put aside for orders: all of what one asks for, or nothing; what becomes of it is in `settlements`.

An order has one reservation. Its lines remember how many of each were given back, sold and returned.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.catalog.domain import movements
from services.catalog.domain.movements import Kind, Level, Movement
from services.catalog.models import StockReservation, StockReservationLine
from shared.events.catalog import StockRejected, StockReleased, StockReserved
from shared.events.envelope import Envelope
from shared.events.event import Event
from shared.events.ids import derived_id
from shared.events.ordering import StockReserveRequested
from shared.kit.rowsets import array, rowset
from shared.messaging import outbox
from shared.sql import steady

_KNOWN = "SELECT order_id, state, version FROM stock_reservation WHERE order_id = ANY(CAST(:ids AS uuid[]))"
_DECIDED = """
    WITH decided AS (
        INSERT INTO stock_reservation (order_id, state, reason, cause_id, requested_at, expires_at, version)
        SELECT order_id, state, reason, cause_id, requested_at, expires_at, version
        FROM json_to_recordset(CAST(:rows AS json))
             AS new(order_id uuid, state text, reason text, cause_id uuid, requested_at timestamptz,
                    expires_at timestamptz, version bigint)
        ON CONFLICT (order_id) DO UPDATE
        SET state = excluded.state, reason = excluded.reason, version = excluded.version
    )
    INSERT INTO stock_reservation_line (order_id, product_id, quantity)
    SELECT order_id, product_id, quantity
    FROM json_to_recordset(CAST(:lines AS json)) AS new(order_id uuid, product_id uuid, quantity bigint)
"""

Reply = StockReserved | StockRejected | StockReleased


class State(StrEnum):
    """What became of a request."""

    HELD = "held"
    SOLD = "sold"
    RELEASED = "released"
    EXPIRED = "expired"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Verdict(NamedTuple):
    """What a request is answered: `reason` is None if all of it is put aside."""

    request: Envelope[StockReserveRequested]
    wanted: Mapping[UUID, int]
    reason: str | None
    lacking: Mapping[UUID, int]
    version: int = 1


def reserve(session: Session, requests: Sequence[Envelope[StockReserveRequested]], now: datetime) -> None:
    """Put aside for each order all that it asks for, or nothing, and say which; in their order, in a few statements.

    An order that has its answer gets no other. A request that comes after its own end is refused: nobody waits for it.
    """
    known = _known(session, [request.event.order_id for request in requests])
    wanted = {request.id: quantities(request.event.quantities) for request in requests}
    levels = movements.hold(session, {product for each in wanted.values() for product in each})
    verdicts = []
    for request in requests:
        verdict = _decide(request, wanted[request.id], levels, known.get(request.event.order_id), now)
        if verdict:
            verdicts.append(verdict)
            known[request.event.order_id] = (State.REJECTED if verdict.reason else State.HELD, 1)
            _take(levels, verdict)
    _write(session, verdicts)


def _decide(
    request: Envelope[StockReserveRequested],
    wanted: Mapping[UUID, int],
    levels: Mapping[UUID, Level],
    known: tuple[str, int] | None,
    now: datetime,
) -> Verdict | None:
    """Judge one; None for an order that has been answered."""
    if known and known[0] != State.WITHDRAWN:
        return None
    if known:
        return Verdict(request, {}, "released", {}, known[1] + 1)
    if request.event.expires_at <= now:
        return Verdict(request, {}, "expired", {})
    reason, lacking = judge(wanted, levels)
    return Verdict(request, {} if reason else wanted, reason, lacking)


def _take(levels: dict[UUID, Level], verdict: Verdict) -> None:
    """Let the next in the same batch see what is left."""
    for product, count in verdict.wanted.items():
        levels[product] = levels[product]._replace(reserved=levels[product].reserved + count)


def judge(wanted: Mapping[UUID, int], levels: Mapping[UUID, Level]) -> tuple[str | None, dict[UUID, int]]:
    """Why not, or None, and how many there are of what is too few; what is not sold counts as none."""
    if not wanted or min(wanted.values()) < 1:
        return "nothing_asked_for", {}
    there = {each: levels[each].available if each in levels and levels[each].sold else 0 for each in wanted}
    lacking = {product: there[product] for product, quantity in wanted.items() if there[product] < quantity}
    return ("too_few" if lacking else None), lacking


def find(session: Session, order_id: UUID) -> StockReservation | None:
    """An order's reservation, locked, once it is one's turn to move stock."""
    movements.take_turn(session)
    return session.get(StockReservation, order_id, with_for_update=True, populate_existing=True)


def lines(session: Session, reservation: StockReservation) -> Sequence[StockReservationLine]:
    """What was put aside, in the order of the products' ids."""
    mine = select(StockReservationLine).where(StockReservationLine.order_id == reservation.order_id)
    return session.scalars(mine.order_by(StockReservationLine.product_id)).all()


def quantities(said: Mapping[str, int]) -> dict[UUID, int]:
    """An event's quantities by product."""
    return {UUID(product): quantity for product, quantity in said.items()}


def keep(
    session: Session, order_id: UUID, state: State, cause: Envelope[Event], expires_at: datetime | None = None
) -> StockReservation:
    """Write down what became of an order that was not known."""
    reservation = StockReservation(
        order_id=order_id,
        state=state,
        reason=None,
        cause_id=cause.id,
        requested_at=cause.occurred_at,
        expires_at=expires_at,
        version=0,
    )
    session.add(reservation)
    session.flush()
    return reservation


def moved(
    kind: Kind, order_id: UUID, changes: Sequence[tuple[UUID, int, int]], cause_id: UUID, at: datetime
) -> list[Movement]:
    """The movements of one step of an order: their ids follow from its cause, so that no step is taken twice."""
    return [
        Movement(
            product_id=product,
            kind=kind,
            on_hand=on_hand,
            reserved=reserved,
            at=at,
            id=derived_id(cause_id, f"{kind} {product}"),
            order_id=order_id,
            cause_id=cause_id,
        )
        for product, on_hand, reserved in changes
    ]


def say(
    session: Session,
    event: Reply,
    reservation: StockReservation,
    cause_id: UUID,
    at: datetime,
    cause: Envelope[Event] | None,
) -> None:
    """Announce a step of an order, once for each cause."""
    reservation.version += 1
    session.flush()
    outbox.add(
        session,
        event,
        aggregate_version=reservation.version,
        occurred_at=at,
        event_id=derived_id(cause_id, event.type),
        cause=cause,
    )


def _known(session: Session, orders: Sequence[UUID]) -> dict[UUID, tuple[str, int]]:
    movements.take_turn(session)
    rows = steady.run(session, _KNOWN, {"ids": array(orders)})
    return {row.order_id: (row.state, row.version) for row in rows}


def _write(session: Session, verdicts: Sequence[Verdict]) -> None:
    """Write down what was decided: the reservations, their lines, the movements, the replies."""
    if not verdicts:
        return
    held = [verdict for verdict in verdicts if not verdict.reason]
    lines = rowset(line for verdict in held for line in _rows_of_lines(verdict))["rows"]
    steady.run(session, _DECIDED, {**rowset(_row(verdict) for verdict in verdicts), "lines": lines})
    moves = [move for verdict in held for move in _moves(verdict)]
    causes = {product: verdict.request for verdict in held for product in verdict.wanted}
    movements.record(session, moves, causes)
    outbox.add_many(session, [_reply(verdict) for verdict in verdicts])


def _row(verdict: Verdict) -> dict[str, Any]:
    request = verdict.request
    return {
        "order_id": request.event.order_id,
        "state": State.REJECTED if verdict.reason else State.HELD,
        "reason": verdict.reason,
        "cause_id": request.id,
        "requested_at": request.occurred_at,
        "expires_at": request.event.expires_at,
        "version": verdict.version,
    }


def _rows_of_lines(verdict: Verdict) -> Iterator[dict[str, Any]]:
    for product, count in verdict.wanted.items():
        yield {"order_id": verdict.request.event.order_id, "product_id": product, "quantity": count}


def _moves(verdict: Verdict) -> list[Movement]:
    request = verdict.request
    taken = [(product, 0, count) for product, count in sorted(verdict.wanted.items())]
    return moved(Kind.RESERVATION, request.event.order_id, taken, request.id, request.occurred_at)


def _reply(verdict: Verdict) -> outbox.NewEvent:
    request, order, at = verdict.request, verdict.request.event.order_id, verdict.request.occurred_at
    event: Reply = StockReserved(order_id=order, reserved_at=at, expires_at=request.event.expires_at)
    if verdict.reason:
        there = {str(product): count for product, count in sorted(verdict.lacking.items())}
        event = StockRejected(order_id=order, reason=verdict.reason, lacking=there, rejected_at=at)
    return outbox.NewEvent(
        event=event,
        aggregate_version=verdict.version,
        occurred_at=at,
        event_id=derived_id(request.id, event.type),
        cause=request,
    )
