"""A full shop: vendors, categories, and so many products with a picture, words and stock, made by the server."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.stage import Store
from services.catalog.domain import listings

VENDORS, SUSPENDED, CATEGORIES, LINKED_EVERY, DRAFT_EVERY, NONE_LEFT_EVERY = 200, 10, 110, 20, 25, 10
_words = str.split
NOUNS = _words("""
    bowl vase lamp chair table basket candle mug plate cushion blanket rug mirror clock frame shelf box tray spoon knife
    board teapot jug glass bottle scarf hat glove bag wallet belt ring necklace bracelet brooch soap towel apron
    notebook pencil card poster print puzzle kite drum flute harp whistle
""")
MATERIALS = _words("""
    oak cedar walnut birch maple linen cotton wool silk leather clay porcelain stoneware copper brass iron silver amber
    marble slate bamboo rattan cork felt paper
""")
COLOURS = _words("red blue green yellow white black grey brown golden violet")

_FUNCTIONS = """
    SELECT setseed(0.5);
    CREATE FUNCTION pg_temp.made(kind text, n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$
        SELECT ('0' || to_hex(1700000000000 + n) || '7' || substr(md5(kind || n), 1, 3)
                || '8' || substr(md5(kind || n), 4, 15))::uuid
    $$;
    CREATE FUNCTION pg_temp.one_of(words text[]) RETURNS text VOLATILE LANGUAGE sql AS $$
        SELECT words[1 + floor(random() * cardinality(words))::int]
    $$;
    CREATE FUNCTION pg_temp.sentence(n bigint) RETURNS text VOLATILE LANGUAGE sql AS $$
        SELECT string_agg(translate(substr(md5(floor(power(random(), 2) * 2000)::text), 1, 6), '0123456789',
                                    'eiounrstla'), ' ') FROM generate_series(n, n + 29)
    $$
"""
_PEOPLE = """
    INSERT INTO vendor (id, user_id, name, slug, code, status, named_version, version)
    SELECT pg_temp.made('vendor', n), pg_temp.made('user', n), 'Workshop ' || n, 'workshop-' || n, 'SHOP' || n,
           CASE WHEN n <= :suspended THEN 'suspended' ELSE 'approved' END, 1, 1
    FROM generate_series(1, :vendors) n;
    INSERT INTO category (id, parent_id, path, name, slug, position, created_at)
    SELECT pg_temp.made('category', n), CASE WHEN n > 10 THEN pg_temp.made('category', 1 + n % 10) END,
           CASE WHEN n > 10 THEN ARRAY[pg_temp.made('category', 1 + n % 10)] ELSE '{}'::uuid[] END
           || pg_temp.made('category', n), 'Category ' || n, 'category-' || n, n, '2026-01-01'
    FROM generate_series(1, :categories) n
"""
_PRODUCTS = """
    INSERT INTO product (id, vendor_id, slug, title, description, description_html, description_text, language,
                         category_id, price_amount, currency, status, visibility, version, created_at, updated_at)
    SELECT pg_temp.made('product', n), pg_temp.made('vendor', 1 + n % :vendors), 'product-' || n, t.title, d.words,
           '<p>' || d.words || '</p>', d.words, CASE WHEN n % 10 = 0 THEN 'de' ELSE 'en' END,
           pg_temp.made('category', 11 + n % (:categories - 10)), 100 + floor(random() * 50000)::bigint,
           CASE WHEN n % 10 = 1 THEN 'USD' ELSE 'EUR' END, CASE WHEN n % :draft = 0 THEN 'draft' ELSE 'active' END,
           CASE WHEN n % :linked = 0 THEN 'linked' ELSE 'public' END, 1,
           timestamptz '2026-01-01' + n * interval '7 seconds', timestamptz '2026-01-01' + n * interval '7 seconds'
    FROM generate_series(1, :products) n
    CROSS JOIN LATERAL (SELECT initcap(pg_temp.one_of(:colours) || ' ' || pg_temp.one_of(:materials)) || ' '
                               || pg_temp.one_of(:nouns) || ' ' || n AS title) t
    CROSS JOIN LATERAL (SELECT pg_temp.sentence(n) AS words) d;
    INSERT INTO product_sku (id, product_id, vendor_id, code) SELECT id, id, vendor_id, 'SKU-' || slug FROM product;
    INSERT INTO product_version (product_id, version, status, visibility, deleted, since, event_id)
    SELECT id, 1, status, visibility, false, created_at, gen_random_uuid() FROM product;
    INSERT INTO product_image (id, product_id, position, alt, digest, sizes, created_at)
    SELECT gen_random_uuid(), p.id, 1, p.title, md5(p.slug), (
        SELECT jsonb_agg(jsonb_build_object('url', '/api/products/media/' || replace(p.id::text, '-', '') || '-'
                                            || md5(p.slug) || '-' || width || '.webp',
                                            'width', width, 'height', width * 3 / 4))
        FROM unnest(ARRAY[1200, 600, 240]) width), p.created_at
    FROM product p;
    INSERT INTO stock_movement (id, product_id, kind, on_hand, reserved, at)
    SELECT gen_random_uuid(), pg_temp.made('product', n), 'receipt', 1 + n % 60, 0, '2026-11-01'
    FROM generate_series(1, :products) n WHERE n % :none_left > 0
"""
_AVAILABLE = """
    UPDATE listing l SET available = s.on_hand - s.reserved FROM stock s
    WHERE s.product_id = l.product_id AND s.on_hand > 0
"""
_FOR_PEERS = """
    CREATE INDEX peer_newest ON product (created_at DESC, id DESC)
        WHERE deleted_at IS NULL AND status IN ('active', 'out_of_stock');
    CREATE INDEX peer_price ON product (currency, price_amount, id)
        WHERE deleted_at IS NULL AND status IN ('active', 'out_of_stock');
    CREATE INDEX peer_image ON product_image (product_id, position, id)
"""
"""The plain version reads the products' own tables: it gets the indexes that ours has on its listing."""


def fill(store: Store, products: int, say: Callable[[str], None]) -> None:
    """Fill the catalog's tables as its own statements would leave them; about a minute for 100,000 products."""
    given = {
        "vendors": VENDORS, "suspended": SUSPENDED, "categories": CATEGORIES, "products": products,
        "linked": LINKED_EVERY, "draft": DRAFT_EVERY, "none_left": NONE_LEFT_EVERY,
        "nouns": NOUNS, "materials": MATERIALS, "colours": COLOURS,
    }  # fmt: skip
    say(f"{products:,} products into the catalog")
    with Session(store.engine) as session, session.begin():
        session.execute(text("SET LOCAL synchronous_commit = off"))
        for script in (_FUNCTIONS, _PEOPLE, _PRODUCTS):
            for statement in script.split(";\n"):
                session.execute(text(statement), given)
        listings.refresh(session, _ids(session))
        for statement in (_AVAILABLE, *_FOR_PEERS.split(";\n")):
            session.execute(text(statement))
    store.vacuum(full=True)


def _ids(session: Session) -> list[UUID]:
    return list(session.scalars(text("SELECT id FROM product ORDER BY created_at")))
