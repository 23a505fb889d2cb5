"""Commission, the ledger, payouts and the trail of what admins did; what is booked balances and stays."""

from alembic import op

revision = "ordering_0003"
down_revision = "ordering_0002"
branch_labels = None
depends_on = None

PAST = "append-only: the role of the service may insert and read, nobody changes a row"
APPEND_ONLY = (
    "commission",
    "ledger_transaction",
    "ledger_entry",
    "payout",
    "payout_claim",
    "audit_entry",
)


def upgrade() -> None:
    for statement in (*MONEY, *ACTS, *BALANCED):
        op.execute(statement)
    for table in APPEND_ONLY:
        op.execute(f"COMMENT ON TABLE {table} IS '{PAST}'")
        op.execute(f"""
            CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_past()
        """)
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_append_only")


MONEY = (
    """
    CREATE TABLE commission (
        vendor_order_id uuid NOT NULL REFERENCES vendor_order (id),
        kind text NOT NULL CONSTRAINT commission_kind_known CHECK (kind IN ('charged', 'reversed')),
        vendor_id uuid NOT NULL,
        currency text NOT NULL,
        subtotal bigint NOT NULL,
        bps bigint NOT NULL,
        rate_version bigint NOT NULL,
        amount bigint NOT NULL,
        earnings bigint NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT commission_pkey PRIMARY KEY (vendor_order_id, kind),
        CONSTRAINT commission_adds_up CHECK (earnings = subtotal - amount),
        CONSTRAINT commission_sign_is_its_kind CHECK (
            CASE kind WHEN 'charged' THEN least(subtotal, amount) >= 0 ELSE greatest(subtotal, amount) <= 0 END)
    )
    """,
    "CREATE INDEX commission_vendor ON commission (vendor_id, at)",
    """
    CREATE TABLE ledger_transaction (
        id uuid PRIMARY KEY,
        kind text NOT NULL CONSTRAINT ledger_transaction_kind_known CHECK (kind IN ('earning', 'reversal', 'payout')),
        vendor_id uuid NOT NULL,
        currency text NOT NULL,
        vendor_order_id uuid REFERENCES vendor_order (id),
        payout_id uuid,
        at timestamptz NOT NULL,
        CONSTRAINT ledger_transaction_once UNIQUE (vendor_order_id, kind),
        CONSTRAINT ledger_transaction_is_about_one CHECK (num_nonnulls(vendor_order_id, payout_id) = 1)
    )
    """,
    "CREATE UNIQUE INDEX ledger_transaction_payout ON ledger_transaction (payout_id)",
    "CREATE INDEX ledger_transaction_vendor ON ledger_transaction (vendor_id, at, id)",
    """
    CREATE TABLE ledger_entry (
        id uuid PRIMARY KEY,
        transaction_id uuid NOT NULL REFERENCES ledger_transaction (id),
        account text NOT NULL CONSTRAINT ledger_entry_account_known
            CHECK (account IN ('customers', 'vendor', 'commission', 'discounts', 'bank')),
        what text NOT NULL,
        amount bigint NOT NULL CONSTRAINT ledger_entry_is_something CHECK (amount <> 0)
    )
    """,
    "CREATE INDEX ledger_entry_transaction ON ledger_entry (transaction_id)",
    """
    CREATE TABLE payout (
        id uuid PRIMARY KEY,
        batch_id uuid NOT NULL,
        vendor_id uuid NOT NULL,
        currency text NOT NULL,
        amount bigint NOT NULL CONSTRAINT payout_is_something CHECK (amount > 0),
        claims bigint NOT NULL,
        at timestamptz NOT NULL,
        by_user uuid
    )
    """,
    "CREATE INDEX payout_vendor ON payout (vendor_id, id)",
    """
    CREATE TABLE payout_claim (
        transaction_id uuid PRIMARY KEY REFERENCES ledger_transaction (id),
        payout_id uuid NOT NULL
    )
    """,
    "CREATE INDEX payout_claim_payout ON payout_claim (payout_id)",
)
ACTS = (
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
        after jsonb,
        reason text
    )
    """,
    "CREATE INDEX audit_entry_subject ON audit_entry (subject_id, id)",
)
BALANCED = (
    """
    CREATE FUNCTION refuse_what_does_not_balance() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM new_rows GROUP BY transaction_id HAVING sum(amount) <> 0) THEN
            RAISE EXCEPTION 'the entries of a ledger transaction must add up to nothing'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_what_does_not_balance()
    """,
)


def downgrade() -> None:
    op.execute("DROP TABLE audit_entry, payout_claim, payout, ledger_entry, ledger_transaction, commission")
    op.execute("DROP FUNCTION refuse_what_does_not_balance()")
