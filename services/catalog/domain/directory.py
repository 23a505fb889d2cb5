"""Products as their owners and admins look through them: in every status, deleted ones only if asked for."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from services.catalog.domain.products import Owner
from services.catalog.domain.reading import IMAGES
from services.catalog.domain.slugs import as_id
from services.catalog.domain.statuses import UnknownProduct
from services.catalog.models import Category, Listing, Product, ProductSku, Vendor
from shared.kit.paging import Page, take

ANY = object()
"""Every owner's."""
_P = aliased(Product, name="p")


def page(
    session: Session,
    owner: Owner | object,
    *,
    status: str | None = None,
    visibility: str | None = None,
    category: str | None = None,
    vendor: str | None = None,
    q: str | None = None,
    deleted: bool = False,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Any]:
    """An owner's products, newest first; `q` is a part of the title, the slug or the SKU."""
    found = _products(owner).where(_P.deleted_at.is_not(None) if deleted else _P.deleted_at.is_(None))
    if status:
        found = found.where(_P.status == status)
    if visibility:
        found = found.where(_P.visibility == visibility)
    if category:
        root = select(Category.id).where(_named(Category, category)).scalar_subquery()
        found = found.where(_P.category_id.in_(select(Category.id).where(Category.path.any(root))))
    if vendor:
        found = found.where(_P.vendor_id.in_(select(Vendor.id).where(_named(Vendor, vendor))))
    if q:
        found = found.where(
            or_(*(column.icontains(q, autoescape=True) for column in (_P.title, _P.slug, ProductSku.code)))
        )
    return take(session, found, (_P.created_at, _P.id), cursor=cursor, limit=limit)


def one(session: Session, owner: Owner | object, product_id: UUID) -> Row[Any]:
    """One product of an owner's. Raises `UnknownProduct` for another's too."""
    row = session.execute(_products(owner).where(_P.id == product_id)).one_or_none()
    if row is None:
        raise UnknownProduct
    return row


def _named(table: Any, reference: str) -> Any:
    key = as_id(reference)
    return table.id == key if key else table.slug == reference


def _products(owner: Owner | object) -> Any:
    columns = (column for column in _P.__table__.columns if column.name != "description_text")
    rows = (
        select(
            *(getattr(_P, column.key) for column in columns),
            ProductSku.code.label("sku"),
            Listing.available.label("stock"),
            literal_column(IMAGES).label("images"),
            Vendor.name.label("vendor_name"),
            Vendor.slug.label("vendor_slug"),
        )
        .join(ProductSku, ProductSku.id == _P.id)
        .join(Listing, Listing.product_id == _P.id)
        .outerjoin(Vendor, Vendor.id == _P.vendor_id)
    )
    return rows if owner is ANY else rows.where(_P.vendor_id.is_not_distinct_from(owner))
