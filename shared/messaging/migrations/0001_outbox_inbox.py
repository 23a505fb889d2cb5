"""The outbox (the service's own log), the inbox (what it was told) and the dead letters (what it could not read)."""

from alembic import op

revision = "messaging_0001"
down_revision = None
branch_labels = ("messaging",)
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE outbox (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            event_id uuid NOT NULL UNIQUE,
            type text NOT NULL,
            aggregate_id uuid NOT NULL,
            aggregate_version bigint NOT NULL,
            occurred_at timestamptz NOT NULL,
            correlation_id text NOT NULL,
            envelope json NOT NULL,
            recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            published_at timestamptz,
            log_position bigint UNIQUE,
            unroutable boolean NOT NULL DEFAULT false,
            CONSTRAINT outbox_published_has_position CHECK ((published_at IS NULL) = (log_position IS NULL))
        ) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.05)
    """)
    op.execute("CREATE SEQUENCE outbox_log_position OWNED BY outbox.log_position")
    op.execute("CREATE INDEX outbox_unpublished ON outbox (seq) WHERE published_at IS NULL")
    op.execute("CREATE INDEX outbox_unroutable ON outbox (seq) WHERE unroutable")
    op.execute("CREATE INDEX outbox_aggregate ON outbox (aggregate_id, aggregate_version)")
    op.execute("""
        CREATE TABLE inbox (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            event_id uuid NOT NULL UNIQUE,
            type text NOT NULL,
            source text NOT NULL,
            aggregate_id uuid NOT NULL,
            aggregate_version bigint NOT NULL,
            occurred_at timestamptz NOT NULL,
            correlation_id text NOT NULL,
            envelope json NOT NULL,
            received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            status text NOT NULL CHECK (status IN ('handled', 'retry', 'waiting', 'parked', 'dismissed')),
            attempts integer NOT NULL DEFAULT 0,
            next_attempt_at timestamptz,
            handled_at timestamptz,
            error text,
            error_signature text,
            CONSTRAINT inbox_handled_has_time CHECK ((status = 'handled') = (handled_at IS NOT NULL)),
            CONSTRAINT inbox_retry_has_time CHECK ((status = 'retry') = (next_attempt_at IS NOT NULL))
        ) WITH (autovacuum_vacuum_insert_scale_factor = 0.05)
    """)
    op.execute("CREATE INDEX inbox_due ON inbox (next_attempt_at) WHERE status = 'retry'")
    op.execute("CREATE INDEX inbox_open ON inbox (aggregate_id, seq) WHERE status IN ('retry', 'waiting', 'parked')")
    op.execute("CREATE INDEX inbox_aggregate ON inbox (aggregate_id)")
    op.execute("""
        CREATE TABLE dead_letter (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            digest bytea NOT NULL UNIQUE,
            reason text NOT NULL CHECK (reason IN ('undecodable', 'unknown_event', 'no_handler')),
            error text NOT NULL,
            exchange text NOT NULL,
            routing_key text NOT NULL,
            body bytea NOT NULL,
            received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            status text NOT NULL DEFAULT 'parked' CHECK (status IN ('parked', 'redriven', 'dismissed'))
        )
    """)


def downgrade() -> None:
    op.execute("DROP TABLE dead_letter")
    op.execute("DROP TABLE inbox")
    op.execute("DROP TABLE outbox")
