"""What there is of each SKU, the movements that this is the sum of, and what is put aside for orders.

`Stock.on_hand` and `Stock.reserved` are kept by the database as the sums of the movements; nothing else changes them.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, FetchedValue, ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.tables.metadata import Base
from services.catalog.tables.products import APPEND_ONLY


class Stock(Base):
    """How many there are of a SKU (`on_hand`), how many of these are put aside, and whether what is left is few."""

    __tablename__ = "stock"

    product_id: Mapped[UUID] = mapped_column(ForeignKey("product_sku.id"), primary_key=True)
    on_hand: Mapped[int] = mapped_column(BigInteger)
    reserved: Mapped[int] = mapped_column(BigInteger)
    threshold: Mapped[int] = mapped_column(BigInteger)
    low: Mapped[bool]

    @property
    def available(self) -> int:
        """How many are left for others."""
        return self.on_hand - self.reserved


class StockMovement(Base):
    """What changed a SKU's stock, by how many, and what there was afterwards. `seq` is their order."""

    __tablename__ = "stock_movement"
    __table_args__ = {"comment": APPEND_ONLY}

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    id: Mapped[UUID]
    product_id: Mapped[UUID] = mapped_column(ForeignKey("stock.product_id"))
    kind: Mapped[str]
    on_hand: Mapped[int] = mapped_column(BigInteger)
    reserved: Mapped[int] = mapped_column(BigInteger)
    on_hand_after: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())
    reserved_after: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())
    reason: Mapped[str | None]
    order_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]
    cause_id: Mapped[UUID | None]
    at: Mapped[datetime]


class StockReservation(Base):
    """What became of an order's request: `held`, then `sold`, `released` or `expired`; or `rejected` at once.

    `withdrawn`: all of it was given back before it was asked for, so that the request will be refused.
    """

    __tablename__ = "stock_reservation"

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    reason: Mapped[str | None]
    cause_id: Mapped[UUID]
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(BigInteger)


class StockReservationLine(Base):
    """How many of a SKU were put aside for an order, and how many of these were given back, ran out, sold, returned."""

    __tablename__ = "stock_reservation_line"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("stock_reservation.order_id"), primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("stock.product_id"), primary_key=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    released: Mapped[int] = mapped_column(BigInteger)
    expired: Mapped[int] = mapped_column(BigInteger)
    sold: Mapped[int] = mapped_column(BigInteger)
    returned: Mapped[int] = mapped_column(BigInteger)
