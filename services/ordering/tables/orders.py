"""Orders, their way to standing, and their parts.

`customer_order.plan` is what was agreed when it was placed: every line with its route, price and share, every part with
its shipping, discount and commission. The split writes exactly that, and the database refuses whatever does not add up.
Amounts are in minor units of the row's currency, rates in basis points.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from services.ordering.tables.metadata import APPEND_ONLY, OPTIONAL, Base, whole


class CustomerOrder(Base):
    """What a customer has ordered. `status` is what became of the asking; how a confirmed order fares is derived from
    its parts and stored nowhere."""

    __tablename__ = "customer_order"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    customer_id: Mapped[UUID]
    cart_id: Mapped[UUID]
    status: Mapped[str]
    currency: Mapped[str]
    items: Mapped[int] = whole()
    subtotal: Mapped[int] = whole()
    shipping: Mapped[int] = whole()
    discount: Mapped[int] = whole()
    total: Mapped[int] = whole()
    discount_code_id: Mapped[UUID | None] = mapped_column(ForeignKey("discount_code.id"))
    shipping_address: Mapped[dict[str, Any]]
    plan: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    refused: Mapped[dict[str, Any] | None] = mapped_column(OPTIONAL)
    placed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = whole()


class OrderSaga(Base):
    """Where an order is on its way from being placed to standing, and until when it may be there."""

    __tablename__ = "order_saga"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("customer_order.id"), primary_key=True)
    state: Mapped[str]
    since: Mapped[datetime]
    deadline: Mapped[datetime | None]


class SagaStep(Base):
    """What happened on the way of an order, what caused it, and why it went on as it did."""

    __tablename__ = "saga_step"
    __table_args__ = {"comment": APPEND_ONLY}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID]
    step: Mapped[str]
    at: Mapped[datetime]
    noted_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    cause_id: Mapped[UUID | None]
    why: Mapped[str]


class VendorOrderCount(Base):
    """The last number that a vendor's orders of a day (UTC) have reached."""

    __tablename__ = "vendor_order_count"

    vendor_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    last: Mapped[int] = whole()


class VendorOrder(Base):
    """A vendor's part of an order. `rate_version` says which of vendor's announcements its rate is from."""

    __tablename__ = "vendor_order"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("customer_order.id"))
    vendor_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    status: Mapped[str]
    currency: Mapped[str]
    subtotal: Mapped[int] = whole()
    shipping: Mapped[int] = whole()
    discount: Mapped[int] = whole()
    total: Mapped[int] = whole()
    commission_bps: Mapped[int] = whole()
    rate_version: Mapped[int] = whole()
    commission: Mapped[int] = whole()
    earnings: Mapped[int] = whole()
    carrier: Mapped[str | None]
    tracking_number: Mapped[str | None]
    reason: Mapped[str | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = whole()


class OrderItem(Base):
    """A line of an order, as it was bought: in exactly one part, by the rule that routed it there."""

    __tablename__ = "order_item"
    __table_args__ = {"comment": APPEND_ONLY}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    vendor_order_id: Mapped[UUID] = mapped_column(ForeignKey("vendor_order.id"))
    product_id: Mapped[UUID]
    title: Mapped[str]
    sku: Mapped[str]
    picture: Mapped[str | None]
    routed_by: Mapped[str]
    quantity: Mapped[int] = whole()
    unit_price: Mapped[int] = whole()
    subtotal: Mapped[int] = whole()
    discount: Mapped[int] = whole()


class VendorOrderStep(Base):
    """What a part became, when, by whom, and why."""

    __tablename__ = "vendor_order_step"
    __table_args__ = {"comment": APPEND_ONLY}

    vendor_order_id: Mapped[UUID] = mapped_column(ForeignKey("vendor_order.id"), primary_key=True)
    version: Mapped[int] = whole(primary_key=True)
    status: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[str]
    reason: Mapped[str | None]
