"""What others say of products, vendors, their lists and who has left: of each the newest word."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.ordering.tables.metadata import Base, whole


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
