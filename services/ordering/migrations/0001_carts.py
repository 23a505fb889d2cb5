"""What is kept of other services' words, carts, and discount codes."""

from alembic import op

revision = "ordering_0001"
down_revision = None
branch_labels = ("ordering",)
depends_on = None


def upgrade() -> None:
    for statement in (*REPLICAS, *CARTS, *DISCOUNTS):
        op.execute(statement)


REPLICAS = (
    """
    CREATE TABLE product (
        id uuid PRIMARY KEY,
        vendor_id uuid,
        title text,
        slug text,
        sku text,
        price_amount bigint,
        currency text,
        status text NOT NULL,
        visibility text,
        picture text,
        version bigint NOT NULL,
        CONSTRAINT product_deleted_is_nameless CHECK (
            num_nonnulls(title, slug, sku, price_amount, currency, visibility)
            = CASE WHEN status = 'deleted' THEN 0 ELSE 6 END)
    )
    """,
    "CREATE INDEX product_vendor ON product (vendor_id, status)",
    """
    CREATE TABLE vendor (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        name text,
        slug text,
        code text,
        described bigint NOT NULL,
        shipping jsonb NOT NULL,
        shipping_version bigint NOT NULL,
        status text NOT NULL,
        version bigint NOT NULL
    )
    """,
    "CREATE INDEX vendor_user ON vendor (user_id)",
    """
    CREATE TABLE commission_rate (
        vendor_id uuid NOT NULL,
        version bigint NOT NULL,
        bps bigint NOT NULL,
        effective_from timestamptz NOT NULL,
        CONSTRAINT commission_rate_pkey PRIMARY KEY (vendor_id, version)
    )
    """,
    """
    CREATE TABLE vendor_customer (
        vendor_id uuid NOT NULL,
        customer_id uuid NOT NULL,
        linked_at timestamptz,
        removed_at timestamptz,
        event_id uuid NOT NULL,
        version bigint NOT NULL,
        CONSTRAINT vendor_customer_pkey PRIMARY KEY (vendor_id, customer_id),
        CONSTRAINT vendor_customer_linked_or_removed CHECK (num_nonnulls(linked_at, removed_at) = 1)
    )
    """,
    "CREATE INDEX vendor_customer_customer ON vendor_customer (customer_id) WHERE removed_at IS NULL",
    """
    CREATE TABLE erased_customer (
        customer_id uuid PRIMARY KEY,
        erased_at timestamptz NOT NULL
    )
    """,
)
CARTS = (
    """
    CREATE TABLE cart (
        id uuid PRIMARY KEY,
        customer_id uuid CONSTRAINT cart_customer UNIQUE,
        discount_code text,
        ordered_id uuid,
        version bigint NOT NULL,
        changed_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX cart_anonymous ON cart (changed_at) WHERE customer_id IS NULL",
    """
    CREATE TABLE cart_line (
        cart_id uuid NOT NULL REFERENCES cart (id) ON DELETE CASCADE,
        product_id uuid NOT NULL,
        quantity bigint NOT NULL CONSTRAINT cart_line_quantity_positive CHECK (quantity >= 1),
        title text NOT NULL,
        seen_amount bigint NOT NULL,
        seen_currency text NOT NULL,
        added_at timestamptz NOT NULL,
        CONSTRAINT cart_line_pkey PRIMARY KEY (cart_id, product_id)
    )
    """,
)
DISCOUNTS = (
    """
    CREATE TABLE discount_code (
        id uuid PRIMARY KEY,
        code text NOT NULL CONSTRAINT discount_code_code UNIQUE,
        bps bigint CONSTRAINT discount_code_bps_within_whole CHECK (bps BETWEEN 1 AND 10000),
        amount bigint CONSTRAINT discount_code_amount_positive CHECK (amount >= 1),
        currency text,
        minimum bigint CONSTRAINT discount_code_minimum_positive CHECK (minimum >= 1),
        valid_from timestamptz NOT NULL,
        valid_until timestamptz,
        max_uses bigint CONSTRAINT discount_code_max_uses_positive CHECK (max_uses >= 1),
        uses bigint NOT NULL,
        disabled_at timestamptz,
        created_at timestamptz NOT NULL,
        CONSTRAINT discount_code_is_one_of_two CHECK (num_nonnulls(bps, amount) = 1),
        CONSTRAINT discount_code_amounts_have_currency
            CHECK (currency IS NOT NULL OR (amount IS NULL AND minimum IS NULL)),
        CONSTRAINT discount_code_not_used_up CHECK (uses >= 0 AND uses <= max_uses)
    )
    """,
)


def downgrade() -> None:
    op.execute("""
        DROP TABLE discount_code, cart_line, cart, erased_customer, vendor_customer, commission_rate, vendor, product
    """)
