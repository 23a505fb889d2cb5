"""Products, categories, the replicas that decide who sees them, and the rows that lists are read from."""

from alembic import op

revision = "catalog_0001"
down_revision = None
branch_labels = ("catalog",)
depends_on = None

STATUSES = "('draft', 'active', 'inactive', 'out_of_stock')"
SHOWN = "NOT deleted AND status IN ('active', 'out_of_stock')"
STEMMED = ("de", "en", "es", "fr", "it", "nl", "pt", "sv")
SEARCHED = ("headline", "document")
GUARDED = ("product_version", "audit_entry")


def upgrade() -> None:
    for create in (CATEGORY, *PRODUCT, *VERSION, *LISTING, *PEOPLE, *AUDIT):
        op.execute(create)
    for table in GUARDED:
        op.execute(
            f"COMMENT ON TABLE {table} IS "
            "'append-only: the role of the service may insert and read, nobody changes a row'"
        )
        op.execute(f"""
            CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_past()
        """)
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_append_only")


CATEGORY = """
    CREATE TABLE category (
        id uuid PRIMARY KEY,
        parent_id uuid REFERENCES category (id),
        path uuid[] NOT NULL,
        name text NOT NULL CONSTRAINT category_named CHECK (name <> ''),
        slug text NOT NULL CONSTRAINT category_slug UNIQUE,
        position bigint NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT category_path_ends_here CHECK (path[cardinality(path)] = id),
        CONSTRAINT category_path_goes_through_parent
            CHECK (path[cardinality(path) - 1] IS NOT DISTINCT FROM parent_id)
    )
"""
PRODUCT = (
    f"""
    CREATE TABLE product (
        id uuid PRIMARY KEY,
        vendor_id uuid,
        slug text NOT NULL CONSTRAINT product_slug UNIQUE,
        title text NOT NULL CONSTRAINT product_titled CHECK (title <> ''),
        description text NOT NULL,
        description_html text NOT NULL,
        description_text text NOT NULL,
        language text NOT NULL,
        category_id uuid REFERENCES category (id),
        price_amount bigint NOT NULL CONSTRAINT product_price_not_negative CHECK (price_amount >= 0),
        currency text NOT NULL CONSTRAINT product_currency_coded CHECK (currency ~ '^[A-Z]{{3}}$'),
        status text NOT NULL CONSTRAINT product_status_known CHECK (status IN {STATUSES}),
        visibility text NOT NULL CONSTRAINT product_visibility_known CHECK (visibility IN ('public', 'linked')),
        version bigint NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        deleted_at timestamptz,
        CONSTRAINT product_linked_has_vendor CHECK (visibility = 'public' OR vendor_id IS NOT NULL)
    )
    """,
    "CREATE INDEX product_vendor ON product (vendor_id, created_at DESC, id DESC)",
    "CREATE INDEX product_newest ON product (created_at DESC, id DESC)",
    "CREATE INDEX product_category ON product (category_id)",
    """
    CREATE TABLE product_sku (
        id uuid PRIMARY KEY,
        product_id uuid NOT NULL REFERENCES product (id),
        vendor_id uuid,
        code text NOT NULL CONSTRAINT product_sku_coded CHECK (code <> ''),
        retired boolean NOT NULL DEFAULT false
    )
    """,
    """
    CREATE UNIQUE INDEX product_sku_code ON product_sku (vendor_id, code) NULLS NOT DISTINCT WHERE NOT retired
    """,
    "CREATE INDEX product_sku_product ON product_sku (product_id)",
    """
    CREATE TABLE product_image (
        id uuid PRIMARY KEY,
        product_id uuid NOT NULL REFERENCES product (id),
        position bigint NOT NULL,
        alt text NOT NULL,
        digest text NOT NULL,
        sizes jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT product_image_once UNIQUE (product_id, digest)
    )
    """,
)
VERSION = (
    f"""
    CREATE TABLE product_version (
        product_id uuid NOT NULL REFERENCES product (id),
        version bigint NOT NULL,
        status text NOT NULL CONSTRAINT product_version_status_known CHECK (status IN {STATUSES}),
        visibility text NOT NULL CONSTRAINT product_version_visibility_known
            CHECK (visibility IN ('public', 'linked')),
        deleted boolean NOT NULL,
        since timestamptz NOT NULL,
        event_id uuid NOT NULL,
        CONSTRAINT product_version_pkey PRIMARY KEY (product_id, version)
    )
    """,
    """
    CREATE FUNCTION refuse_to_change_the_past() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
    END
    $$
    """,
)
LISTING = (
    """
    CREATE TABLE listing (
        product_id uuid PRIMARY KEY REFERENCES product (id),
        vendor_id uuid,
        category_id uuid,
        status text NOT NULL,
        visibility text NOT NULL,
        deleted boolean NOT NULL,
        language text NOT NULL,
        price_amount bigint NOT NULL,
        currency text NOT NULL,
        available bigint NOT NULL DEFAULT 0 CONSTRAINT listing_available_not_negative CHECK (available >= 0),
        created_at timestamptz NOT NULL,
        card text NOT NULL,
        headline tsvector NOT NULL,
        document tsvector NOT NULL
    ) WITH (fillfactor = 80)
    """,
    "CREATE TABLE listing_language (language text PRIMARY KEY)",
    f"CREATE INDEX listing_newest ON listing (created_at DESC, product_id DESC) WHERE {SHOWN}",
    f"CREATE INDEX listing_price ON listing (currency, price_amount, product_id) WHERE {SHOWN}",
    f"CREATE INDEX listing_category ON listing (category_id, created_at DESC, product_id DESC) WHERE {SHOWN}",
    f"CREATE INDEX listing_vendor ON listing (vendor_id, created_at DESC, product_id DESC) WHERE {SHOWN}",
    *(
        f"CREATE INDEX listing_{column}_{code} ON listing USING gin ({column}) WHERE language = '{code}' AND {SHOWN}"
        for column in SEARCHED
        for code in STEMMED
    ),
    *(
        f"CREATE INDEX listing_{column} ON listing USING gin ({column}) WHERE language NOT IN {STEMMED} AND {SHOWN}"
        for column in SEARCHED
    ),
)
PEOPLE = (
    """
    CREATE TABLE vendor (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        name text,
        slug text,
        code text,
        status text NOT NULL,
        named_version bigint NOT NULL,
        version bigint NOT NULL
    )
    """,
    "CREATE INDEX vendor_user ON vendor (user_id)",
    "CREATE INDEX vendor_slug ON vendor (slug)",
    """
    CREATE TABLE vendor_status (
        vendor_id uuid NOT NULL,
        version bigint NOT NULL,
        status text NOT NULL,
        since timestamptz NOT NULL,
        event_id uuid NOT NULL,
        CONSTRAINT vendor_status_pkey PRIMARY KEY (vendor_id, version)
    )
    """,
    """
    CREATE TABLE link (
        vendor_id uuid NOT NULL,
        customer_id uuid NOT NULL,
        vendor_customer_id uuid NOT NULL,
        linked boolean NOT NULL,
        since timestamptz NOT NULL,
        event_id uuid NOT NULL,
        version bigint NOT NULL,
        CONSTRAINT link_pkey PRIMARY KEY (vendor_id, customer_id)
    )
    """,
    "CREATE INDEX link_customer ON link (customer_id) INCLUDE (vendor_id) WHERE linked",
    """
    CREATE TABLE link_change (
        vendor_id uuid NOT NULL,
        customer_id uuid NOT NULL,
        version bigint NOT NULL,
        vendor_customer_id uuid NOT NULL,
        linked boolean NOT NULL,
        since timestamptz NOT NULL,
        event_id uuid NOT NULL,
        CONSTRAINT link_change_pkey PRIMARY KEY (vendor_id, customer_id, version)
    )
    """,
)
AUDIT = (
    """
    CREATE TABLE audit_entry (
        id uuid PRIMARY KEY,
        at timestamptz NOT NULL,
        actor_id uuid,
        actor_role text NOT NULL,
        address text,
        correlation_id text NOT NULL,
        action text NOT NULL,
        subject_id uuid NOT NULL,
        before jsonb,
        after jsonb
    )
    """,
    "CREATE INDEX audit_entry_subject ON audit_entry (subject_id, id)",
)


def downgrade() -> None:
    listing = ("listing_language", "listing")
    tables = ("audit_entry", "link_change", "link", "vendor_status", "vendor", *listing, "product_version")
    for table in (*tables, "product_image", "product_sku", "product", "category"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION refuse_to_change_the_past")
