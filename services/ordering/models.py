"""The tables: replicas of others' words, carts, orders and their parts. What is booked stands in `money_models`.

`customer_order.plan` is what was agreed when it was placed: every line with its route, price and share, every part with
its shipping, discount and commission. The split writes exactly that, and the database refuses whatever does not add up.
Amounts are in minor units of the row's currency, rates in basis points.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, MetaData, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit import database

APPEND_ONLY = "append-only: the role of the service may insert and read, nobody changes a row"
"""The comment by which `migrate` knows what it may not let the service change."""
OPTIONAL = JSONB(none_as_null=True)
"""JSON that may be missing: nothing is SQL's NULL, not the word `null`."""


class Base(database.Base):
    """The tables of this service, apart from those of any other that a test may load beside it."""

    __abstract__ = True
    metadata = MetaData(naming_convention=database.NAMING)


def whole(**options: Any) -> Mapped[int]:
    """A number of 64 bits."""
    return mapped_column(BigInteger, **options)


class Product(Base):
    """Catalog's word on a product; a deleted one keeps a nameless row so that late news change nothing."""

    __tablename__ = "product"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    vendor_id: Mapped[UUID | None]
    title: Mapped[str | None]
    slug: Mapped[str | None]
    sku: Mapped[str | None]
    price_amount: Mapped[int | None] = whole()
    currency: Mapped[str | None]
    status: Mapped[str]
    visibility: Mapped[str | None]
    picture: Mapped[str | None]
    version: Mapped[int] = whole()


class Vendor(Base):
    """Vendor's word on a vendor. What they are called, what they charge and their status are told by different events,
    so each part has the version that it is from."""

    __tablename__ = "vendor"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    name: Mapped[str | None]
    slug: Mapped[str | None]
    code: Mapped[str | None]
    described: Mapped[int] = whole()
    shipping: Mapped[dict[str, Any]]
    shipping_version: Mapped[int] = whole()
    status: Mapped[str]
    version: Mapped[int] = whole()


class CommissionRate(Base):
    """A rate that vendor has announced, and from when it holds; `version` is the announcement's."""

    __tablename__ = "commission_rate"

    vendor_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = whole(primary_key=True)
    bps: Mapped[int] = whole()
    effective_from: Mapped[datetime]


class VendorCustomer(Base):
    """Who is on whose list, or was until when; `event_id` says who told."""

    __tablename__ = "vendor_customer"

    vendor_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    linked_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    event_id: Mapped[UUID]
    version: Mapped[int] = whole()


class ErasedCustomer(Base):
    """Who has left; what is kept of them besides is forgotten once it is done with."""

    __tablename__ = "erased_customer"

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    erased_at: Mapped[datetime]


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
