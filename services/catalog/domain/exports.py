"""A vendor's products as an import takes them: sent back unchanged, they change nothing."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.catalog.domain.importing.columns import COLUMNS
from shared.kit.database import Database
from shared.kit.money import written

PAGE = 1000
_PRODUCTS = text("""
    SELECT p.id, k.code AS sku, p.title, p.description, coalesce(c.slug, '') AS category, p.price_amount, p.currency,
           s.on_hand AS stock, s.threshold, p.status, p.visibility, p.language
    FROM product p
    JOIN product_sku k ON k.product_id = p.id
    JOIN stock s ON s.product_id = k.id
    LEFT JOIN category c ON c.id = p.category_id
    WHERE p.vendor_id = :vendor AND p.deleted_at IS NULL
      AND (p.created_at, p.id) > (SELECT created_at, id FROM product WHERE id = :after
                                  UNION ALL
                                  SELECT CAST('-infinity' AS timestamptz), CAST(:none AS uuid) WHERE :after = :none)
    ORDER BY p.created_at, p.id LIMIT :limit
""")
NONE = UUID(int=0)


def products(database: Database, vendor_id: UUID) -> Iterator[Sequence[str]]:
    """The names of the columns, and then a row for each product that is not deleted, the oldest first.

    Each page is read in a transaction of its own: whoever downloads slowly holds nothing.
    """
    yield COLUMNS
    after: UUID | None = NONE
    while after is not None:
        with database.transaction() as session:
            asked = {"vendor": vendor_id, "after": after, "none": NONE, "limit": PAGE}
            rows = session.execute(_PRODUCTS, asked).all()
        yield from map(_cells, rows)
        after = rows[-1].id if len(rows) == PAGE else None


def _cells(row: Any) -> list[str]:
    price = written(row.price_amount, row.currency)
    return [price if name == "price" else str(getattr(row, name)) for name in COLUMNS]
