"""What people did to events that were stuck, kept for ever; and the way from a request to everything it caused."""

from alembic import op

revision = "messaging_0003"
down_revision = "messaging_0002"
branch_labels = None
depends_on = None

BRIEFLY = "/* squawk-ignore require-concurrent-index-creation */"
"""The logs are short when this comes: a release that has written millions of events makes these beforehand, by hand."""

INDEXES = (
    "IF NOT EXISTS outbox_correlation ON outbox (correlation_id)",
    "IF NOT EXISTS inbox_correlation ON inbox (correlation_id)",
    "IF NOT EXISTS inbox_parked ON inbox (error_signature) WHERE status = 'parked'",
)


def upgrade() -> None:
    op.execute("""
        CREATE TABLE event_act (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            act text NOT NULL CONSTRAINT event_act_known CHECK (act IN ('redrive', 'dismiss', 'heal')),
            actor text NOT NULL,
            reason text NOT NULL,
            subject text NOT NULL,
            affected bigint NOT NULL,
            event_ids uuid[] NOT NULL,
            at timestamptz NOT NULL DEFAULT clock_timestamp()
        )
    """)
    op.execute("""
        CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'raise_exception';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER event_act_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON event_act
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
    """)
    for index in INDEXES:
        op.execute(f"{BRIEFLY} CREATE INDEX {index}")


def downgrade() -> None:
    for index in ("inbox_parked", "inbox_correlation", "outbox_correlation"):
        op.execute(f"DROP INDEX {index}")
    op.execute("DROP TABLE event_act")
    op.execute("DROP FUNCTION refuse_rewriting()")
