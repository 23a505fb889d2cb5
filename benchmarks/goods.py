"""What is bought: shops whose shelves never get empty, in catalog's tables and in ordering's replicas, and carts."""

from __future__ import annotations

import random
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.stage import Store
from services.catalog.domain import listings

VENDORS, PER_VENDOR = 40, 25
PARTS, EACH = 4, 2
"""A cart: so many vendors, and of each so many products."""
ADDRESS = {"name": "Ada Lovelace", "line1": "12 St James's Square", "city": "London", "country": "GB"}

_MADE = """
    CREATE FUNCTION pg_temp.made(kind text, n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$
        SELECT ('0' || to_hex(1700000000000 + n) || '7' || substr(md5(kind || n), 1, 3)
                || '8' || substr(md5(kind || n), 4, 15))::uuid
    $$
"""
_CATALOG = (
    """
    INSERT INTO vendor (id, user_id, name, slug, code, status, named_version, version)
    SELECT pg_temp.made('vendor', n), pg_temp.made('user', n), 'Shop ' || n, 'shop-' || n, 'SHOP' || n, 'approved', 1, 1
    FROM generate_series(1, :vendors) n
    """,
    """
    INSERT INTO product (id, vendor_id, slug, title, description, description_html, description_text, language,
                         price_amount, currency, status, visibility, version, created_at, updated_at)
    SELECT pg_temp.made('product', n), pg_temp.made('vendor', 1 + n % :vendors), 'bowl-' || n, 'Bowl ' || n, 'A bowl',
           '<p>A bowl</p>', 'A bowl', 'en', 100 + n * 7, 'EUR', 'active', 'public', 1, '2026-01-01', '2026-01-01'
    FROM generate_series(1, :products) n
    """,
    """
    INSERT INTO product_sku (id, product_id, vendor_id, code) SELECT id, id, vendor_id, 'SKU-' || slug FROM product
    """,
    """
    INSERT INTO product_version (product_id, version, status, visibility, deleted, since, event_id)
    SELECT id, 1, status, visibility, false, created_at, gen_random_uuid() FROM product
    """,
    """
    INSERT INTO stock_movement (id, product_id, kind, on_hand, reserved, at)
    SELECT gen_random_uuid(), id, 'receipt', 1000000, 0, '2026-01-01' FROM product
    """,
    "UPDATE stock SET low = false",
)
_ORDERING = (
    """
    INSERT INTO vendor (id, user_id, name, slug, code, described, shipping, shipping_version, status, version)
    SELECT pg_temp.made('vendor', n), pg_temp.made('user', n), 'Shop ' || n, 'shop-' || n, 'SHOP' || n, 1,
           jsonb_build_object('EUR', 390 + n), 1, 'approved', 1
    FROM generate_series(1, :vendors) n
    """,
    """
    INSERT INTO commission_rate (vendor_id, version, bps, effective_from)
    SELECT id, 1, 1250, '2026-01-01' FROM vendor
    """,
    """
    INSERT INTO product (id, vendor_id, title, slug, sku, price_amount, currency, status, visibility, version)
    SELECT pg_temp.made('product', n), pg_temp.made('vendor', 1 + n % :vendors), 'Bowl ' || n, 'bowl-' || n,
           'SKU-bowl-' || n, 100 + n * 7, 'EUR', 'active', 'public', 1
    FROM generate_series(1, :products) n
    """,
)


def fill(catalog: Store, ordering: Store) -> dict[UUID, list[UUID]]:
    """Open the same shops in both; the products of each vendor."""
    given = {"vendors": VENDORS, "products": VENDORS * PER_VENDOR}
    for store, script in ((catalog, _CATALOG), (ordering, _ORDERING)):
        with Session(store.engine) as session, session.begin():
            for statement in (_MADE, *script):
                session.execute(text(statement), given)
            if store is catalog:
                listings.refresh(session, list(session.scalars(text("SELECT id FROM product"))))
        store.vacuum()
    shelves: dict[UUID, list[UUID]] = {}
    with ordering.engine.connect() as connection:
        for row in connection.execute(text("SELECT id, vendor_id FROM product ORDER BY id")):
            shelves.setdefault(row.vendor_id, []).append(row.id)
    return shelves


def carts(shelves: dict[UUID, list[UUID]], count: int) -> list[dict[str, int]]:
    """So many carts of eight products of four vendors each, the same ones in every run."""
    chance = random.Random(7)
    return [
        {
            str(product): 1 + chance.randrange(3)
            for vendor in chance.sample(sorted(shelves), PARTS)
            for product in chance.sample(shelves[vendor], EACH)
        }
        for _ in range(count)
    ]
