"""What is sold: categories, products with their SKUs, pictures and past, and the row that lists are read from."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from services.catalog.tables.metadata import Base
from shared.kit.audit import Audited

APPEND_ONLY = "append-only: the role of the service may insert and read, nobody changes a row"
"""The comment by which `migrate` knows what it may not let the service change."""


class Category(Base):
    """A place in the tree. `path` holds the ids from the root down to itself, so that a subtree is one condition."""

    __tablename__ = "category"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("category.id"))
    path: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid(as_uuid=True)))
    name: Mapped[str]
    slug: Mapped[str]
    position: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class Product(Base):
    """Something that is sold, by a vendor or by the marketplace itself (`vendor_id` null), deleted softly.

    `price_amount` is in minor units. `status` is the seller's word; what is shown also depends on what is left.
    `description` is Markdown as written, `description_html` what is shown of it, `description_text` what is searched.
    """

    __tablename__ = "product"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    vendor_id: Mapped[UUID | None]
    slug: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    description_html: Mapped[str]
    description_text: Mapped[str]
    language: Mapped[str]
    category_id: Mapped[UUID | None] = mapped_column(ForeignKey("category.id"))
    price_amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    status: Mapped[str]
    visibility: Mapped[str]
    version: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class ProductSku(Base):
    """What is counted and ordered. Today a product has exactly one, whose id is the product's; variants add others.

    `code` is unique among a vendor's (or the marketplace's) that are not `retired`: those of deleted products.
    """

    __tablename__ = "product_sku"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"))
    vendor_id: Mapped[UUID | None]
    code: Mapped[str]
    retired: Mapped[bool]


class ProductImage(Base):
    """A picture of a product; the one with the lowest `position` stands for it. `sizes`: its files, largest first."""

    __tablename__ = "product_image"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"))
    position: Mapped[int] = mapped_column(BigInteger)
    alt: Mapped[str]
    digest: Mapped[str]
    sizes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())
    created_at: Mapped[datetime]


class ProductVersion(Base):
    """What decided about a product's visibility from a version on, and the event that announced it."""

    __tablename__ = "product_version"
    __table_args__ = {"comment": APPEND_ONLY}

    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    status: Mapped[str]
    visibility: Mapped[str]
    deleted: Mapped[bool]
    since: Mapped[datetime]
    event_id: Mapped[UUID]


class Listing(Base):
    """All that lists and searches read of a product, in one row, written with the product and with its stock.

    `available` is what can be bought now. `card` is the product as a list shows it, as JSON, without what changes with
    every sale; `document` is what is searched, `headline` the title and SKU of it, in the product's own language.
    """

    __tablename__ = "listing"

    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), primary_key=True)
    vendor_id: Mapped[UUID | None]
    category_id: Mapped[UUID | None]
    status: Mapped[str]
    visibility: Mapped[str]
    deleted: Mapped[bool]
    language: Mapped[str]
    price_amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    available: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    card: Mapped[str]
    headline: Mapped[Any] = mapped_column(TSVECTOR())
    document: Mapped[Any] = mapped_column(TSVECTOR())


class ListingLanguage(Base):
    """A language that a product was ever written in: those that a search has to ask in."""

    __tablename__ = "listing_language"

    language: Mapped[str] = mapped_column(primary_key=True)


class AuditEntry(Audited, Base):
    """Which admin did what, when, from which address, what was before and after. The database refuses to change one."""

    __tablename__ = "audit_entry"
    __table_args__ = {"comment": APPEND_ONLY}
