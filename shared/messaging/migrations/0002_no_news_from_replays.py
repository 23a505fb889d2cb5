"""While a replay is on, the database itself refuses outbox rows: whatever a handler tries, nobody is told anything."""

from alembic import op

revision = "messaging_0002"
down_revision = "messaging_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE FUNCTION refuse_while_replaying() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF current_setting('market.replaying', true) = 'on' THEN
                RAISE EXCEPTION 'a replay may not write to %', TG_TABLE_NAME USING ERRCODE = 'raise_exception';
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER outbox_refuses_replays BEFORE INSERT OR UPDATE OR DELETE ON outbox
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_while_replaying()
    """)


def downgrade() -> None:
    op.execute("DROP TRIGGER outbox_refuses_replays ON outbox")
    op.execute("DROP FUNCTION refuse_while_replaying()")
