"""Movements of stock: the only way in which it changes, one row for each reason, never taken back.

Whoever moves several products takes a turn first, and locks their stock in one statement in the order of their ids:
so nobody ever waits in a circle. Whoever moves one product needs no turn: they wait while they hold nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.domain import listings
from shared.events.catalog import ProductStockLow
from shared.events.envelope import Envelope
from shared.events.event import Event
from shared.events.ids import derived_id, new_id
from shared.kit.rowsets import array, rowset
from shared.messaging import failpoints, outbox
from shared.sql import steady

_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('catalog stock', 0))"
_HOLD = """
    SELECT s.product_id, s.on_hand, s.reserved, s.threshold, s.low,
           p.deleted_at IS NULL AND p.status = 'active' AND (p.vendor_id IS NULL OR v.status = 'approved') AS sold
    FROM stock s
    JOIN product_sku k ON k.id = s.product_id
    JOIN product p ON p.id = k.product_id
    LEFT JOIN vendor v ON v.id = p.vendor_id
    WHERE s.product_id = ANY(CAST(:ids AS uuid[]))
    ORDER BY s.product_id FOR UPDATE OF s
"""
_RECORD = """
    INSERT INTO stock_movement (id, product_id, kind, on_hand, reserved, reason, order_id, actor_id, cause_id, at)
    SELECT id, product_id, kind, on_hand, reserved, reason, order_id, actor_id, cause_id, at
    FROM json_to_recordset(CAST(:rows AS json))
         AS new(id uuid, product_id uuid, kind text, on_hand bigint, reserved bigint, reason text, order_id uuid,
                actor_id uuid, cause_id uuid, at timestamptz)
    RETURNING product_id, on_hand_after, reserved_after
"""
_CROSS = """
    UPDATE stock s SET low = NOT s.low
    FROM product_sku k JOIN product p ON p.id = k.product_id
    WHERE s.product_id = ANY(CAST(:ids AS uuid[])) AND k.id = s.product_id
      AND s.low <> (s.on_hand - s.reserved <= s.threshold)
    RETURNING s.product_id, s.low, s.on_hand - s.reserved AS available, s.threshold, k.code, p.title, p.vendor_id,
              p.version
"""


Causes = Mapping[UUID, Envelope[Event]]
"""The event that moved a product, where it was one."""
NOBODY: Causes = MappingProxyType({})


class Kind(StrEnum):
    """Why stock changes."""

    RECEIPT = "receipt"
    ADJUSTMENT = "adjustment"
    RESERVATION = "reservation"
    RELEASE = "release"
    SALE = "sale"
    RETURN = "return"


class Level(NamedTuple):
    """What there is of a product; `sold` says whether it can be bought at all."""

    product_id: UUID
    on_hand: int
    reserved: int
    threshold: int
    low: bool
    sold: bool

    @property
    def available(self) -> int:
        """How many are left for others."""
        return self.on_hand - self.reserved


class Movement(NamedTuple):
    """By how many `on_hand` and `reserved` change, and why."""

    product_id: UUID
    kind: Kind
    on_hand: int
    reserved: int
    at: datetime
    id: UUID
    reason: str | None = None
    order_id: UUID | None = None
    actor_id: UUID | None = None
    cause_id: UUID | None = None


def take_turn(session: Session) -> None:
    """Be the only one who moves several products, until the end of the transaction."""
    steady.run(session, _TURN, {})


def hold(session: Session, product_ids: Iterable[UUID]) -> dict[UUID, Level]:
    """Lock the stock of these products, in the order of their ids; those that do not exist are left out."""
    ids = sorted(set(product_ids))
    found = steady.run(session, _HOLD, {"ids": array(ids)}) if ids else ()
    return {row.product_id: Level(*row) for row in found}


def record(session: Session, movements: Sequence[Movement], causes: Causes = NOBODY) -> None:
    """Write movements of products whose stock is held, and all that follows from them in the same transaction.

    The database adds them up, and refuses a sum below zero. Lists show what is left, where that is another number now;
    what has crossed its threshold downwards is announced, once until it has been above again, as brought about by the
    product's cause.
    """
    if not movements:
        return
    moved = steady.run(session, _RECORD, rowset(movement._asdict() for movement in movements))
    failpoints.passing(failpoints.STOCK_MOVED)
    others = {movement.product_id for movement in movements if movement.on_hand != movement.reserved}
    left = {row.product_id: row.on_hand_after - row.reserved_after for row in moved if row.product_id in others}
    settle(session, left, movements[-1].at, causes)


def settle(session: Session, left: Mapping[UUID, int], at: datetime, causes: Causes = NOBODY) -> None:
    """Let lists show what is left of these products, and announce those of which it has become few."""
    if not left:
        return
    listings.set_available(session, left)
    crossed = steady.run(session, _CROSS, {"ids": array(sorted(left))})
    few = sorted((row for row in crossed if row.low), key=lambda row: row.product_id)
    outbox.add_many(session, [_news(row, at, causes.get(row.product_id)) for row in few])


def _news(row: Any, at: datetime, cause: Envelope[Event] | None) -> outbox.NewEvent:
    """A crossing changes nothing of the product, so it carries the version that the product has."""
    event = ProductStockLow(
        product_id=row.product_id,
        vendor_id=row.vendor_id,
        title=row.title,
        sku=row.code,
        available=row.available,
        threshold=row.threshold,
        crossed_at=at,
    )
    return outbox.NewEvent(
        event=event,
        aggregate_version=row.version,
        occurred_at=at,
        event_id=derived_id(cause.id, f"{event.type} {row.product_id}") if cause else new_id(),
        cause=cause,
    )
