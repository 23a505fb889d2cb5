"""The rows that lists and searches read: one for each product, written with the product and with its stock."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.catalog.domain.languages import configuration
from shared.kit.rowsets import rowset
from shared.sql import steady

_CARD = """json_build_object(
    'id', p.id, 'slug', p.slug, 'title', p.title, 'vendor_id', p.vendor_id, 'category_id', p.category_id,
    'price', json_build_object('amount', p.price_amount, 'currency', p.currency), 'visibility', p.visibility,
    'images', CASE WHEN i.id IS NULL THEN '[]'::json ELSE json_build_array(json_build_object(
        'id', i.id, 'alt', i.alt, 'sizes', i.sizes)) END)::text"""
_HEADLINE = f"""setweight(to_tsvector({configuration("p.language")}, p.title), 'A')
    || setweight(to_tsvector('simple', coalesce(s.code, '')), 'B')"""
_DOCUMENT = f"{_HEADLINE} || setweight(to_tsvector({configuration('p.language')}, p.description_text), 'C')"
_REFRESH = text(f"""
    WITH spoken AS (
        INSERT INTO listing_language SELECT DISTINCT language FROM product p
        WHERE p.id = ANY(CAST(:ids AS uuid[])) AND NOT EXISTS (
            SELECT FROM listing_language known WHERE known.language = p.language)
        ORDER BY language ON CONFLICT DO NOTHING
    )
    INSERT INTO listing (product_id, vendor_id, category_id, status, visibility, deleted, language, price_amount,
                         currency, created_at, card, headline, document)
    SELECT p.id, p.vendor_id, p.category_id, p.status, p.visibility, p.deleted_at IS NOT NULL, p.language,
           p.price_amount, p.currency, p.created_at, {_CARD}, {_HEADLINE}, {_DOCUMENT}
    FROM product p
    LEFT JOIN product_sku s ON s.id = p.id
    LEFT JOIN LATERAL (
        SELECT * FROM product_image WHERE product_id = p.id ORDER BY position, id LIMIT 1
    ) i ON true
    WHERE p.id = ANY(CAST(:ids AS uuid[])) ORDER BY p.id
    ON CONFLICT (product_id) DO UPDATE SET
        category_id = excluded.category_id, status = excluded.status, visibility = excluded.visibility,
        deleted = excluded.deleted, language = excluded.language, price_amount = excluded.price_amount,
        currency = excluded.currency, card = excluded.card, headline = excluded.headline,
        document = excluded.document
""")  # noqa: S608 - made of this module's own words
_SET_AVAILABLE = """
    UPDATE listing l SET available = now.available
    FROM json_to_recordset(CAST(:rows AS json)) AS now(product_id uuid, available bigint)
    WHERE l.product_id = now.product_id AND l.available <> now.available
"""


def refresh(session: Session, product_ids: Iterable[UUID]) -> None:
    """Write the rows of these products anew, in the transaction that changed them; what is available stays."""
    session.flush()
    session.execute(_REFRESH, {"ids": [str(each) for each in product_ids]})


def set_available(session: Session, available: Mapping[UUID, int]) -> None:
    """Note how many of these products can be bought now; one statement, which changes only what differs.

    Call it with the rows of stock locked: whoever holds these, holds the order of the changes.
    """
    rows = [{"product_id": product, "available": count} for product, count in sorted(available.items())]
    steady.run(session, _SET_AVAILABLE, rowset(rows))
