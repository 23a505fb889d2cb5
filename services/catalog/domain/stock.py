"""What a vendor does to the stock of a product: takes goods in, corrects the count, says when it is few."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.catalog.domain import movements
from services.catalog.domain.movements import Kind, Level, Movement
from services.catalog.domain.statuses import NotYourProduct, ProductIsDeleted, UnknownProduct
from services.catalog.models import Product, Stock, StockMovement
from shared.events.ids import new_id
from shared.kit.errors import Invalid, Refusal
from shared.kit.paging import Page, take

MOST = 1_000_000_000
"""More of one product than this is a slip of the hand."""


class TooFew(Refusal):
    """There are not so many that are not put aside for orders."""


class TooMany(Refusal):
    """Nobody has so many of one product."""


class Change(NamedTuple):
    """What a vendor says has happened: how many came in, or by how many the count was wrong, and why."""

    kind: str
    quantity: int
    reason: str | None = None


def of_owner(session: Session, owner: UUID | None, product_id: UUID, *, to_change: bool = False) -> Product:
    """One's own product. Raises `UnknownProduct`, `NotYourProduct`, or `ProductIsDeleted` if it is to change."""
    product = session.get(Product, product_id)
    if product is None:
        raise UnknownProduct
    if product.vendor_id != owner:
        raise NotYourProduct
    if to_change and product.deleted_at is not None:
        raise ProductIsDeleted
    return product


def change(session: Session, product_id: UUID, wanted: Change, actor_id: UUID, now: datetime) -> Level:
    """Take goods in (`receipt`) or correct the count (`adjustment`, which needs a reason and may be negative).

    Raises `Invalid`, `TooFew` if what is put aside for orders would not be there any more, or `TooMany`.
    """
    check(wanted)
    level = movements.hold(session, [product_id])[product_id]
    if level.available + wanted.quantity < 0:
        raise TooFew(f"Only {level.available} of {level.on_hand} are not put aside for orders.")
    if level.on_hand + wanted.quantity > MOST:
        raise TooMany
    reason = _clean(wanted.reason)
    moved = Movement(product_id, Kind(wanted.kind), wanted.quantity, 0, now, new_id(), reason, actor_id=actor_id)
    movements.record(session, [moved])
    return movements.hold(session, [product_id])[product_id]


def check(wanted: Change) -> None:
    """Raise `Invalid` naming what is wrong with a change, whatever the stock is."""
    if wanted.kind == Kind.RECEIPT and wanted.quantity < 1:
        raise Invalid(fields={"quantity": "At least one must come in."})
    if wanted.quantity == 0:
        raise Invalid(fields={"quantity": "Must not be zero."})
    if wanted.kind == Kind.ADJUSTMENT and not _clean(wanted.reason):
        raise Invalid(fields={"reason": "Say why the count was wrong."})


def set_threshold(session: Session, product_id: UUID, threshold: int, now: datetime) -> Level:
    """Say at how many a product is few; one that is so now is announced, if it was not before."""
    level = movements.hold(session, [product_id])[product_id]
    row = session.get_one(Stock, product_id)
    row.threshold = threshold
    session.flush()
    movements.settle(session, {product_id: level.available}, now)
    return movements.hold(session, [product_id])[product_id]


def level(session: Session, product_id: UUID) -> Stock:
    """What there is of a product."""
    return session.get_one(Stock, product_id, populate_existing=True)


def history(session: Session, product_id: UUID, *, cursor: str | None = None, limit: int = 20) -> Page[StockMovement]:
    """What moved, the last first."""
    mine = select(StockMovement).where(StockMovement.product_id == product_id)
    return take(session, mine, (StockMovement.seq,), cursor=cursor, limit=limit)


def _clean(reason: str | None) -> str | None:
    return " ".join((reason or "").split()) or None
