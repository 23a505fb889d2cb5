"""Products, as their owner handles them: a vendor by id, or the marketplace itself, whose owner is None."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.catalog.domain import recording, slugs
from services.catalog.domain.descriptions import described
from services.catalog.domain.statuses import (
    NotYourProduct,
    ProductIsDeleted,
    SkuTaken,
    Stale,
    Status,
    UnknownProduct,
    Visibility,
)
from services.catalog.models import Category, Product, ProductSku
from shared.events.ids import new_id
from shared.kit.errors import Invalid

Owner = UUID | None
PLAIN = ("title", "language", "category_id", "status", "visibility")


def create(session: Session, owner: Owner, wanted: Mapping[str, Any], now: datetime) -> Product:
    """Make a product as `schemas.NewProduct` loads it, with one SKU whose id is its own, and announce it.

    Without `sku` it gets a code of its own. Raises `Invalid` naming the field, or `SkuTaken`.
    """
    _check(session, owner, wanted)
    product = _inserted(session, owner, wanted, now)
    code = wanted.get("sku") or product.id.hex[-12:].upper()
    row = insert(ProductSku).values(id=product.id, product_id=product.id, vendor_id=owner, code=code, retired=False)
    if session.scalar(row.on_conflict_do_nothing().returning(ProductSku.id)) is None:
        raise SkuTaken(code)
    recording.record(session, [product], recording.created)
    return product


def change(
    session: Session,
    owner: Owner,
    product_id: UUID,
    wanted: Mapping[str, Any],
    now: datetime,
    expected: int | None = None,
) -> Product:
    """Change what is named in `wanted` and leave the rest; what changes nothing makes no new version.

    Raises `UnknownProduct`, `NotYourProduct`, `ProductIsDeleted`, `Stale` if it is not at the `expected` version,
    `Invalid` or `SkuTaken`.
    """
    product = held(session, owner, product_id, expected)
    if product.deleted_at is not None:
        raise ProductIsDeleted
    _check(session, owner, wanted)
    before = _told(product)
    _apply(product, wanted)
    renamed = _recode(session, product, wanted["sku"]) if wanted.get("sku") else False
    if renamed or _told(product) != before:
        recording.changed(product, now)
        recording.record(session, [product], recording.updated)
    return product


def delete(session: Session, owner: Owner, product_id: UUID, now: datetime, expected: int | None = None) -> Product:
    """Delete softly, once; its SKU is free for another. Raises as `change` does, but for what is deleted already."""
    product = held(session, owner, product_id, expected)
    if product.deleted_at is None:
        recording.changed(product, now)
        product.deleted_at = product.updated_at
        _sku(session, product).retired = True
        recording.record(session, [product], recording.deleted)
    return product


def restore(session: Session, owner: Owner, product_id: UUID, now: datetime, expected: int | None = None) -> Product:
    """Bring a deleted product back as it was. Raises `SkuTaken` if another has its SKU now, and as `delete` does."""
    product = held(session, owner, product_id, expected)
    if product.deleted_at is not None:
        product.deleted_at = None
        sku = _sku(session, product)
        _write_sku(session, sku, sku.code)
        recording.changed(product, now)
        recording.record(session, [product], recording.updated)
    return product


def set_status(
    session: Session, owner: Owner, product_ids: Sequence[UUID], status: Status, now: datetime
) -> list[Product]:
    """Give many products one status, all or none; returns those that it changed.

    Raises `UnknownProduct`, `NotYourProduct` or `ProductIsDeleted` naming them in `ids`.
    """
    rows = select(Product).where(Product.id.in_(product_ids)).order_by(Product.id).with_for_update()
    found = {product.id: product for product in session.scalars(rows)}
    _refuse(UnknownProduct, [each for each in product_ids if each not in found])
    _refuse(NotYourProduct, [each.id for each in found.values() if each.vendor_id != owner])
    _refuse(ProductIsDeleted, [each.id for each in found.values() if each.deleted_at is not None])
    different = [product for product in found.values() if product.status != status]
    for product in different:
        product.status = str(status)
        recording.changed(product, now)
    recording.record(session, different, recording.updated)
    return different


def held(session: Session, owner: Owner, product_id: UUID, expected: int | None = None) -> Product:
    """Load one's own product and lock it. Raises `UnknownProduct`, `NotYourProduct` or `Stale`."""
    product = session.get(Product, product_id, with_for_update=True, populate_existing=True)
    if product is None:
        raise UnknownProduct
    if product.vendor_id != owner:
        raise NotYourProduct
    if expected is not None and product.version != expected:
        raise Stale(product.id, product.version)
    return product


def check_own(session: Session, owner: Owner, product_id: UUID) -> None:
    """Raise `UnknownProduct` for another's product too: nobody reads of what is not theirs."""
    product = session.get(Product, product_id)
    if product is None or product.vendor_id != owner:
        raise UnknownProduct


def _inserted(session: Session, owner: Owner, wanted: Mapping[str, Any], now: datetime) -> Product:
    """Write the row; the database's unique slug decides which of two with the same title gets the plain one."""
    product = Product(id=new_id(), vendor_id=owner, version=1, created_at=now, updated_at=now)
    _apply(product, {"status": Status.DRAFT, "visibility": Visibility.PUBLIC, "description": "", **wanted})
    values = {column.key: getattr(product, column.key) for column in Product.__table__.columns}
    for slug in slugs.candidates(product.title, product.id):
        row = insert(Product).values({**values, "slug": slug}).on_conflict_do_nothing(index_elements=["slug"])
        if session.scalar(row.returning(Product.id)) is not None:
            break
    return session.get_one(Product, product.id)


def _check(session: Session, owner: Owner, wanted: Mapping[str, Any]) -> None:
    if wanted.get("category_id") and session.get(Category, wanted["category_id"]) is None:
        raise Invalid(fields={"category_id": "There is no such category."})
    if owner is None and wanted.get("visibility") == Visibility.LINKED:
        raise Invalid(fields={"visibility": "The marketplace's own products are for everybody."})


def _apply(product: Product, wanted: Mapping[str, Any]) -> None:
    for field in PLAIN:
        if field in wanted:
            setattr(product, field, _plain(wanted[field]))
    if "price" in wanted:
        product.price_amount, product.currency = wanted["price"]["amount"], wanted["price"]["currency"]
    if "description" in wanted:
        text = described(wanted["description"])
        product.description, product.description_html, product.description_text = text


def _told(product: Product) -> tuple[Any, ...]:
    return (*(getattr(product, field) for field in PLAIN), product.price_amount, product.currency, product.description)


def _sku(session: Session, product: Product) -> ProductSku:
    return session.get_one(ProductSku, product.id, populate_existing=True)


def _recode(session: Session, product: Product, code: str) -> bool:
    """Give the SKU another code; whether that changed anything. Raises `SkuTaken`."""
    sku = _sku(session, product)
    if sku.code == code:
        return False
    _write_sku(session, sku, code)
    return True


def _write_sku(session: Session, sku: ProductSku, code: str) -> None:
    try:
        with session.begin_nested():
            sku.code, sku.retired = code, False
    except IntegrityError:
        raise SkuTaken(code) from None


def _refuse(refusal: type[UnknownProduct | NotYourProduct | ProductIsDeleted], ids: Sequence[UUID]) -> None:
    if ids:
        raise refusal(fields={"ids": [f"{each}: {refusal().detail}" for each in ids]})


def _plain(value: Any) -> Any:
    """An event's text is a text, no member of an enumeration."""
    return str(value) if isinstance(value, str) else value
