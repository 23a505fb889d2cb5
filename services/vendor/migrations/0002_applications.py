"""Applications, documents, profiles, commission history and the audit trail; a vendor can be deleted and restored.

The release before this one runs on it: a deleted vendor has a status that it takes for "may not sell".
"""

from alembic import op

revision = "vendor_0002"
down_revision = "vendor_0001"
branch_labels = None
depends_on = None

STATUSES = "('approved', 'suspended', 'deleted')"


def upgrade() -> None:
    _let_vendors_be_deleted()
    for statement in (APPLICATION, *APPLICATION_INDEXES, DOCUMENT, DOCUMENT_INDEX, PROFILE, COMMISSION):
        op.execute(statement)
    op.execute("""
        INSERT INTO vendor_commission (vendor_id, version, commission_bps, effective_from, set_at)
        SELECT id, 0, commission_bps, created_at, created_at FROM vendor
    """)
    for statement in (AUDIT, *AUDIT_INDEXES, *AUDIT_GUARD):
        op.execute(statement)


def _let_vendors_be_deleted() -> None:
    op.execute("ALTER TABLE vendor ADD COLUMN wanted_name text")
    for table, constraint in (("vendor", "vendor_status_known"), ("vendor_status", "vendor_status_status_known")):
        # What it allowed is still allowed, so no client misses the guarantee.
        op.execute(f"-- squawk-ignore ban-drop-constraint\nALTER TABLE {table} DROP CONSTRAINT {constraint}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK (status IN {STATUSES}) NOT VALID")


APPLICATION = """
    CREATE TABLE vendor_application (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        business_name text NOT NULL,
        business_email text,
        phone text,
        website text,
        description text,
        tax_id text,
        address jsonb,
        status text NOT NULL CONSTRAINT vendor_application_status_known
            CHECK (status IN ('pending', 'approved', 'rejected', 'withdrawn')),
        submitted_at timestamptz NOT NULL,
        decided_at timestamptz,
        decided_by uuid,
        reason text,
        vendor_id uuid REFERENCES vendor (id),
        version bigint NOT NULL,
        CONSTRAINT vendor_application_pending_is_undecided CHECK ((status = 'pending') = (decided_at IS NULL)),
        CONSTRAINT vendor_application_approved_has_vendor CHECK ((status = 'approved') = (vendor_id IS NOT NULL)),
        CONSTRAINT vendor_application_rejected_has_reason CHECK (status <> 'rejected' OR reason IS NOT NULL)
    )
"""
APPLICATION_INDEXES = (
    "CREATE UNIQUE INDEX vendor_application_open ON vendor_application (user_id) WHERE status = 'pending'",
    "CREATE INDEX vendor_application_user ON vendor_application (user_id, submitted_at)",
    "CREATE INDEX vendor_application_status ON vendor_application (status, submitted_at DESC, id DESC)",
    "CREATE INDEX vendor_application_newest ON vendor_application (submitted_at DESC, id DESC)",
    "CREATE INDEX vendor_application_vendor ON vendor_application (vendor_id)",
)
DOCUMENT = """
    CREATE TABLE vendor_document (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        name text NOT NULL,
        media_type text NOT NULL CONSTRAINT vendor_document_media_type_known
            CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
        size bigint NOT NULL,
        sha256 text NOT NULL,
        uploaded_at timestamptz NOT NULL,
        removed_at timestamptz
    )
"""
DOCUMENT_INDEX = "CREATE INDEX vendor_document_user ON vendor_document (user_id, id)"
PROFILE = """
    CREATE TABLE vendor_profile (
        vendor_id uuid PRIMARY KEY REFERENCES vendor (id),
        description text,
        email text,
        phone text,
        website text,
        address jsonb,
        bank_sealed bytea,
        bank_masked jsonb,
        logo text,
        banner text,
        updated_at timestamptz NOT NULL,
        CONSTRAINT vendor_profile_sealed_is_masked CHECK ((bank_sealed IS NULL) = (bank_masked IS NULL))
    )
"""
COMMISSION = """
    CREATE TABLE vendor_commission (
        vendor_id uuid NOT NULL REFERENCES vendor (id),
        version bigint NOT NULL,
        commission_bps bigint NOT NULL
            CONSTRAINT vendor_commission_rate_within_whole CHECK (commission_bps BETWEEN 0 AND 10000),
        effective_from timestamptz NOT NULL,
        set_at timestamptz NOT NULL,
        set_by uuid,
        reason text,
        CONSTRAINT vendor_commission_pkey PRIMARY KEY (vendor_id, version)
    )
"""
AUDIT = """
    CREATE TABLE audit_entry (
        id uuid PRIMARY KEY,
        at timestamptz NOT NULL,
        actor_id uuid,
        actor_role text NOT NULL,
        address text,
        correlation_id text NOT NULL,
        action text NOT NULL,
        subject_id uuid NOT NULL,
        user_id uuid,
        vendor_id uuid,
        before jsonb,
        after jsonb,
        reason text
    )
"""
AUDIT_INDEXES = (
    "CREATE INDEX audit_entry_subject ON audit_entry (subject_id, id)",
    "CREATE INDEX audit_entry_vendor ON audit_entry (vendor_id, id)",
    "CREATE INDEX audit_entry_actor ON audit_entry (actor_id, id)",
)
AUDIT_GUARD = (
    "COMMENT ON TABLE audit_entry IS 'append-only: the role of the service may insert and read, nobody changes a row'",
    """
    CREATE FUNCTION refuse_to_change_the_past() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
    END
    $$
    """,
    """
    CREATE TRIGGER audit_entry_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_past()
    """,
    "ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_is_append_only",
)


def downgrade() -> None:
    op.execute("DROP TABLE audit_entry, vendor_commission, vendor_profile, vendor_document, vendor_application")
    op.execute("DROP FUNCTION refuse_to_change_the_past")
    op.execute("ALTER TABLE vendor DROP COLUMN wanted_name")
