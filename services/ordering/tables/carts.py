"""Carts, and the codes that make their orders cheaper."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.ordering.tables.metadata import Base, whole


class Cart(Base):
    """A customer's one cart, or somebody's who has not signed in. `ordered_id` is the order that its content became,
    for as long as nothing else is put in: the same content is ordered once, however often it is submitted. From an
    order that could not be it comes back, and is then ordered again by who has seen that."""

    __tablename__ = "cart"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID | None]
    discount_code: Mapped[str | None]
    ordered_id: Mapped[UUID | None]
    version: Mapped[int] = whole()
    changed_at: Mapped[datetime]


class CartLine(Base):
    """A product in a cart, and the price that its owner was last shown."""

    __tablename__ = "cart_line"

    cart_id: Mapped[UUID] = mapped_column(ForeignKey("cart.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[UUID] = mapped_column(primary_key=True)
    quantity: Mapped[int] = whole()
    title: Mapped[str]
    seen_amount: Mapped[int] = whole()
    seen_currency: Mapped[str]
    added_at: Mapped[datetime]


class DiscountCode(Base):
    """A code that takes a share (`bps`) or an amount off; `uses` are orders that stand or wait, counted once each."""

    __tablename__ = "discount_code"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    bps: Mapped[int | None] = whole()
    amount: Mapped[int | None] = whole()
    currency: Mapped[str | None]
    minimum: Mapped[int | None] = whole()
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    max_uses: Mapped[int | None] = whole()
    uses: Mapped[int] = whole()
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
