"""Vendors and their status history, invite links, the customer lists, and the facts these lists are made of."""

from alembic import op

revision = "vendor_0001"
down_revision = None
branch_labels = ("vendor",)
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE vendor (
            id uuid PRIMARY KEY,
            user_id uuid NOT NULL CONSTRAINT vendor_user UNIQUE,
            name text NOT NULL,
            slug text NOT NULL CONSTRAINT vendor_slug UNIQUE,
            code text NOT NULL CONSTRAINT vendor_code UNIQUE,
            status text NOT NULL CONSTRAINT vendor_status_known CHECK (status IN ('approved', 'suspended')),
            commission_bps bigint NOT NULL
                CONSTRAINT vendor_commission_within_whole CHECK (commission_bps BETWEEN 0 AND 10000),
            version bigint NOT NULL,
            created_at timestamptz NOT NULL
        )
    """)
    op.execute("CREATE UNIQUE INDEX vendor_name ON vendor (lower(name))")
    op.execute("""
        CREATE TABLE vendor_status (
            vendor_id uuid NOT NULL REFERENCES vendor (id),
            version bigint NOT NULL,
            status text NOT NULL CONSTRAINT vendor_status_status_known CHECK (status IN ('approved', 'suspended')),
            since timestamptz NOT NULL,
            reason text,
            CONSTRAINT vendor_status_pkey PRIMARY KEY (vendor_id, version),
            CONSTRAINT vendor_status_suspended_has_reason CHECK (status <> 'suspended' OR reason IS NOT NULL)
        )
    """)
    op.execute("""
        CREATE TABLE vendor_invite_token (
            id uuid PRIMARY KEY,
            vendor_id uuid NOT NULL REFERENCES vendor (id),
            token text NOT NULL CONSTRAINT vendor_invite_token_token UNIQUE,
            label text,
            max_uses bigint CONSTRAINT vendor_invite_token_max_uses_positive CHECK (max_uses >= 1),
            expires_at timestamptz,
            revoked_at timestamptz,
            created_at timestamptz NOT NULL
        )
    """)
    op.execute("CREATE INDEX vendor_invite_token_vendor ON vendor_invite_token (vendor_id, id)")
    _create_lists()
    _create_facts()


def _create_lists() -> None:
    op.execute("""
        CREATE TABLE customer (
            id uuid PRIMARY KEY,
            email text,
            name text,
            version bigint NOT NULL,
            erased_at timestamptz,
            CONSTRAINT customer_erased_is_nameless
                CHECK (num_nonnulls(email, name) = CASE WHEN erased_at IS NULL THEN 2 ELSE 0 END)
        )
    """)
    op.execute("""
        CREATE TABLE vendor_customer (
            id uuid PRIMARY KEY,
            vendor_id uuid NOT NULL,
            customer_id uuid NOT NULL,
            invite_token_id uuid,
            source text NOT NULL
                CONSTRAINT vendor_customer_source_known CHECK (source IN ('registration', 'acceptance')),
            event_id uuid NOT NULL,
            created_at timestamptz NOT NULL,
            linked_at timestamptz NOT NULL,
            removed_at timestamptz,
            version bigint NOT NULL,
            CONSTRAINT vendor_customer_pair UNIQUE (vendor_id, customer_id),
            CONSTRAINT vendor_customer_removed_after_linked CHECK (removed_at >= linked_at)
        )
    """)
    op.execute("""
        CREATE INDEX vendor_customer_list ON vendor_customer (vendor_id, linked_at DESC, id DESC)
        WHERE removed_at IS NULL
    """)
    op.execute("CREATE INDEX vendor_customer_customer ON vendor_customer (customer_id)")


def _create_facts() -> None:
    op.execute("""
        CREATE TABLE invite_outcome (
            event_id uuid PRIMARY KEY,
            customer_id uuid NOT NULL,
            token text NOT NULL,
            vendor_id uuid,
            invite_token_id uuid,
            vendor_customer_id uuid,
            source text NOT NULL
                CONSTRAINT invite_outcome_source_known CHECK (source IN ('registration', 'acceptance')),
            outcome text NOT NULL CONSTRAINT invite_outcome_outcome_known CHECK (outcome IN (
                'linked', 'already_linked', 'unknown_token', 'expired', 'revoked', 'exhausted', 'vendor_not_approved')),
            occurred_at timestamptz NOT NULL,
            decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            CONSTRAINT invite_outcome_known_token_has_invite
                CHECK ((outcome = 'unknown_token') = (invite_token_id IS NULL)
                       AND (vendor_id IS NULL) = (invite_token_id IS NULL)),
            CONSTRAINT invite_outcome_linked_has_mapping
                CHECK ((outcome = 'linked') = (vendor_customer_id IS NOT NULL))
        )
    """)
    op.execute("CREATE INDEX invite_outcome_invite ON invite_outcome (invite_token_id, outcome)")
    op.execute("CREATE INDEX invite_outcome_customer ON invite_outcome (customer_id, occurred_at)")
    op.execute("""
        CREATE INDEX invite_outcome_refused ON invite_outcome (vendor_id, occurred_at DESC, event_id DESC)
        WHERE outcome <> 'linked'
    """)
    op.execute("""
        CREATE TABLE vendor_customer_removal (
            vendor_id uuid NOT NULL,
            customer_id uuid NOT NULL,
            removed_at timestamptz NOT NULL,
            reason text NOT NULL CONSTRAINT vendor_customer_removal_reason_known
                CHECK (reason IN ('removed_by_vendor', 'customer_erased')),
            CONSTRAINT vendor_customer_removal_pkey PRIMARY KEY (vendor_id, customer_id, removed_at)
        )
    """)


def downgrade() -> None:
    for table in (
        "vendor_customer_removal",
        "invite_outcome",
        "vendor_customer",
        "customer",
        "vendor_invite_token",
        "vendor_status",
        "vendor",
    ):
        op.execute(f"DROP TABLE {table}")
