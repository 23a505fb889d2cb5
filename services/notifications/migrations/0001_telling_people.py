"""Who people are, what they were told, and what is on its way to them."""

from alembic import op

revision = "notifications_0001"
down_revision = None
branch_labels = ("notifications",)
depends_on = None


def upgrade() -> None:
    for statement in (*REPLICAS, *MESSAGES, *DELIVERIES, *ACTS):
        op.execute(statement)


REPLICAS = (
    """
    CREATE TABLE person (
        id uuid PRIMARY KEY,
        email text,
        name text,
        locale text,
        role text NOT NULL,
        since timestamptz NOT NULL,
        version bigint NOT NULL,
        erased_at timestamptz,
        CONSTRAINT person_erased_is_nameless CHECK (
            num_nonnulls(email, name, locale) = CASE WHEN erased_at IS NULL THEN 3 ELSE 0 END)
    )
    """,
    "CREATE INDEX person_admin ON person (since) WHERE role = 'admin' AND erased_at IS NULL",
    """
    CREATE TABLE vendor (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        name text,
        slug text,
        described bigint NOT NULL,
        version bigint NOT NULL
    )
    """,
)
MESSAGES = (
    """
    CREATE TABLE message (
        id uuid PRIMARY KEY,
        event_id uuid NOT NULL,
        kind text NOT NULL,
        recipient_id uuid NOT NULL,
        aggregate_id uuid NOT NULL,
        params jsonb NOT NULL,
        occurred_at timestamptz NOT NULL,
        correlation_id text NOT NULL,
        arrived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        read_at timestamptz,
        CONSTRAINT message_once UNIQUE (event_id, recipient_id, kind)
    )
    """,
    "CREATE INDEX message_of_person ON message (recipient_id, occurred_at, id)",
    "CREATE INDEX message_arrived ON message (recipient_id, arrived_at)",
    "CREATE INDEX message_unread ON message (recipient_id) INCLUDE (kind) WHERE read_at IS NULL",
    "CREATE INDEX message_read ON message (read_at) WHERE read_at IS NOT NULL",
    "CREATE TABLE purged_message (id uuid PRIMARY KEY)",
    """
    CREATE TABLE unaddressed (
        event_id uuid NOT NULL,
        kind text NOT NULL,
        vendor_id uuid NOT NULL,
        aggregate_id uuid NOT NULL,
        params jsonb NOT NULL,
        occurred_at timestamptz NOT NULL,
        correlation_id text NOT NULL,
        arrived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT unaddressed_pkey PRIMARY KEY (event_id, kind)
    )
    """,
    "CREATE INDEX unaddressed_vendor ON unaddressed (vendor_id)",
    """
    CREATE TABLE preference (
        person_id uuid NOT NULL,
        kind text NOT NULL,
        channel text NOT NULL CONSTRAINT preference_channel CHECK (channel IN ('email', 'in_app')),
        enabled boolean NOT NULL,
        changed_at timestamptz NOT NULL,
        CONSTRAINT preference_pkey PRIMARY KEY (person_id, kind, channel)
    )
    """,
)
DELIVERIES = (
    """
    CREATE TABLE delivery (
        id uuid PRIMARY KEY,
        message_id uuid NOT NULL,
        event_id uuid NOT NULL,
        recipient_id uuid NOT NULL,
        kind text NOT NULL,
        channel text NOT NULL CONSTRAINT delivery_channel CHECK (channel = 'email'),
        state text NOT NULL CONSTRAINT delivery_state CHECK (state IN (
            'due', 'claimed', 'handed_over', 'sent', 'failed', 'refused', 'in_doubt', 'lapsed', 'dismissed')),
        attempts integer NOT NULL,
        failures integer NOT NULL DEFAULT 0,
        occurred_at timestamptz NOT NULL,
        correlation_id text NOT NULL,
        asked_at timestamptz NOT NULL,
        next_attempt_at timestamptz NOT NULL,
        claimed_by bigint,
        handed_over_at timestamptz,
        finished_at timestamptz,
        last_error text,
        CONSTRAINT delivery_once UNIQUE (event_id, recipient_id, kind, channel),
        CONSTRAINT delivery_in_hand_is_somebodys CHECK (
            state NOT IN ('claimed', 'handed_over') OR claimed_by IS NOT NULL)
    )
    """,
    "CREATE INDEX delivery_due ON delivery (next_attempt_at, id) WHERE state = 'due'",
    "CREATE INDEX delivery_in_hand ON delivery (claimed_by) WHERE state IN ('claimed', 'handed_over')",
    "CREATE INDEX delivery_state ON delivery (state, id) WHERE state NOT IN ('sent', 'refused')",
    "CREATE INDEX delivery_of_person ON delivery (recipient_id, finished_at)",
    """
    CREATE FUNCTION refuse_to_send_in_replays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('market.replaying', true) = 'on' THEN
            RAISE EXCEPTION 'a replay may not write to %', TG_TABLE_NAME USING ERRCODE = 'raise_exception';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER delivery_refuses_replays BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON delivery
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_send_in_replays()
    """,
    "ALTER TABLE delivery ENABLE ALWAYS TRIGGER delivery_refuses_replays",
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
    "COMMENT ON TABLE audit_entry IS 'append-only: the role of the service may insert and read, nobody changes a row'",
    """
    CREATE FUNCTION refuse_to_change_the_past() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    """
    CREATE TRIGGER audit_entry_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_past()
    """,
    "ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_is_append_only",
)


def downgrade() -> None:
    op.execute("DROP TABLE audit_entry, delivery, preference, unaddressed, purged_message, message, vendor, person")
    op.execute("DROP FUNCTION refuse_to_send_in_replays(), refuse_to_change_the_past()")
