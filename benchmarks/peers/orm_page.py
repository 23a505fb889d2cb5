"""The page as one would first write it: Flask, ORM classes with eager loading, marshmallow schemas, `jsonify`.

`gunicorn benchmarks.peers.orm_page:app`; the page, the order and the cursors are those of the catalog service.
"""

import base64
import json
import os
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask, Response, jsonify, request
from marshmallow import Schema, fields, validate
from sqlalchemy import ForeignKey, create_engine, or_, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    contains_eager,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)

app = Flask(__name__)
engine = create_engine(os.environ["PEER_DATABASE"], pool_size=8)


class Base(DeclarativeBase):
    """Times with zone, JSON as it is stored."""

    type_annotation_map = {datetime: TIMESTAMP(timezone=True), list[Any]: JSONB()}


class Vendor(Base):
    """Who sells."""

    __tablename__ = "vendor"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    slug: Mapped[str]
    status: Mapped[str]


class Stock(Base):
    """How many there are."""

    __tablename__ = "stock"
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), primary_key=True)
    on_hand: Mapped[int]
    reserved: Mapped[int]


class Image(Base):
    """A picture."""

    __tablename__ = "product_image"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"))
    position: Mapped[int]
    alt: Mapped[str]
    sizes: Mapped[list[Any]]


class Product(Base):
    """What is sold."""

    __tablename__ = "product"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    title: Mapped[str]
    vendor_id: Mapped[UUID | None] = mapped_column(ForeignKey("vendor.id"))
    category_id: Mapped[UUID | None]
    price_amount: Mapped[int]
    currency: Mapped[str]
    status: Mapped[str]
    visibility: Mapped[str]
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    vendor: Mapped[Vendor | None] = relationship()
    stock: Mapped[Stock] = relationship()
    images: Mapped[list[Image]] = relationship(order_by="Image.position")

    @property
    def available(self) -> int:
        """How many can be bought."""
        return self.stock.on_hand - self.stock.reserved

    @property
    def shown_status(self) -> str:
        """Nobody is told that something is there when nothing is left."""
        return "out_of_stock" if self.status == "active" and self.available <= 0 else self.status

    @property
    def price(self) -> dict[str, Any]:
        """Minor units of a currency."""
        return {"amount": self.price_amount, "currency": self.currency}


class Name(Schema):
    """A vendor."""

    id = fields.UUID()
    name = fields.String()
    slug = fields.String()


class Money(Schema):
    """A price."""

    amount = fields.Integer()
    currency = fields.String()


class Size(Schema):
    """A size of a picture."""

    url = fields.String()
    width = fields.Integer()
    height = fields.Integer()


class Picture(Schema):
    """A picture."""

    id = fields.UUID()
    alt = fields.String()
    sizes = fields.List(fields.Nested(Size))


class Shown(Schema):
    """A product of a page."""

    id = fields.UUID()
    slug = fields.String()
    title = fields.String()
    vendor_id = fields.UUID(allow_none=True)
    vendor = fields.Nested(Name, allow_none=True)
    category_id = fields.UUID(allow_none=True)
    price = fields.Nested(Money)
    stock = fields.Integer(attribute="available")
    status = fields.String(attribute="shown_status")
    visibility = fields.String()
    images = fields.Function(lambda product: Picture(many=True).dump(product.images[:1]))


class Query(Schema):
    """Which page."""

    sort = fields.String(load_default="newest", validate=validate.OneOf(["newest", "price", "-price"]))
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))
    cursor = fields.String(load_default=None)


ORDERS: dict[str, tuple[Any, ...]] = {
    "newest": (Product.created_at, Product.id),
    "price": (Product.currency, Product.price_amount, Product.id),
    "-price": (Product.currency, Product.price_amount, Product.id),
}
READERS: dict[str, tuple[Any, ...]] = {
    "newest": (datetime.fromisoformat, UUID),
    "price": (str, int, UUID),
    "-price": (str, int, UUID),
}
page_schema = Shown(many=True)


@app.get("/products")
def products() -> Response:
    """A page of products."""
    query = Query().load(request.args)
    order, descending = ORDERS[query["sort"]], query["sort"] != "price"
    statement = (
        select(Product)
        .outerjoin(Product.vendor)
        .where(Product.deleted_at.is_(None), Product.status.in_(["active", "out_of_stock"]))
        .where(or_(Product.vendor_id.is_(None), Vendor.status == "approved"), Product.visibility == "public")
        .options(contains_eager(Product.vendor), joinedload(Product.stock), selectinload(Product.images))
        .order_by(*(column.desc() if descending else column.asc() for column in order))
        .limit(query["limit"] + 1)
    )
    if query["cursor"]:
        raw = json.loads(base64.urlsafe_b64decode(query["cursor"] + "=" * (-len(query["cursor"]) % 4)))
        place = tuple_(*(read(value) for read, value in zip(READERS[query["sort"]], raw, strict=True)))
        # Or equal, and then not equal: what the planner makes of a strict comparison of rows takes 0.6 s.
        statement = statement.where(tuple_(*order) <= place if descending else tuple_(*order) >= place)
        statement = statement.where(tuple_(*order) != place)
    with Session(engine) as session:
        found = session.scalars(statement).all()
        items, following = found[: query["limit"]], None
        if len(found) > query["limit"]:
            values = [_plain(getattr(items[-1], column.key)) for column in order]
            following = (
                base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")
            )
        return jsonify({"items": page_schema.dump(items), "next_cursor": following})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
