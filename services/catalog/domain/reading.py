"""One product as customers read it, and how much of some can be bought: under the rule of who sees what."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.catalog.domain.slugs import as_id
from services.catalog.domain.statuses import UnknownProduct
from services.catalog.domain.visibility import BUYABLE, LISTED, SHOWN_STATUS, VISIBLE
from shared.kit.reading import Reading
from shared.kit.rowsets import array

_AVAILABILITY = f"""
    SELECT l.product_id, CASE WHEN {BUYABLE} AND ({VISIBLE}) THEN l.available ELSE 0 END AS available,
           ({VISIBLE}) IS TRUE AS visible
    FROM {LISTED} WHERE l.product_id = ANY(CAST(:ids AS uuid[]))
"""  # noqa: S608 - made of this module's own words

IMAGES = """coalesce((SELECT json_agg(json_build_object('id', i.id, 'alt', i.alt, 'sizes', i.sizes)
    ORDER BY i.position, i.id) FROM product_image i WHERE i.product_id = p.id), '[]'::json)"""
"""All pictures of a product `p`, the first first."""

_DETAIL = f"""
    SELECT p.id, p.slug, p.title, p.vendor_id, p.description, p.description_html, p.language, p.category_id,
           json_build_object('amount', p.price_amount, 'currency', p.currency) AS price, s.code AS sku,
           l.available AS stock, {SHOWN_STATUS} AS status, p.visibility, p.version, p.created_at, p.updated_at,
           {IMAGES} AS images,
           CASE WHEN v.id IS NOT NULL THEN json_build_object('id', v.id, 'name', v.name, 'slug', v.slug) END AS vendor,
           coalesce((SELECT json_agg(json_build_object('id', g.id, 'name', g.name, 'slug', g.slug)
                                     ORDER BY cardinality(g.path))
                     FROM category c JOIN category g ON g.id = ANY (c.path) WHERE c.id = p.category_id),
                    '[]'::json) AS categories
    FROM {LISTED} JOIN product p ON p.id = l.product_id LEFT JOIN product_sku s ON s.id = p.id
    WHERE {{which}} AND {VISIBLE}
"""  # noqa: S608 - made of this module's own words
_BY_ID, _BY_SLUG = (text(_DETAIL.format(which=f"p.{column} = :which")) for column in ("id", "slug"))


def detail(session: Session, viewer: UUID | None, reference: str) -> dict[str, Any]:
    """All that a customer is shown of a product, by its id or slug, with one statement.

    Raises `UnknownProduct` for what they do not see, as for what does not exist.
    """
    key = as_id(reference)
    asked = {"which": key or reference, "viewer": viewer}
    row = session.execute(_BY_ID if key else _BY_SLUG, asked).mappings().one_or_none()
    if row is None:
        raise UnknownProduct
    return dict(row)


def availability(reading: Reading, product_ids: Sequence[UUID], viewer: UUID | None) -> list[dict[str, Any]]:
    """How many of each product a customer can buy now; none of what they do not see, nothing of what does not exist."""
    rows = reading.rows(_AVAILABILITY, {"ids": array(product_ids), "viewer": viewer}, steady=True)
    return [dict(zip(("product_id", "available", "visible"), row, strict=True)) for row in rows]
