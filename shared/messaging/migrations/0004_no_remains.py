"""Shadows of replays that nobody applied can be dropped by the service's own role, which owns no schema."""

from alembic import op

revision = "messaging_0004"
down_revision = "messaging_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE FUNCTION drop_replay_shadows(older_than interval) RETURNS SETOF text
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            shadow text;
        BEGIN
            FOR shadow IN
                SELECT nspname FROM pg_namespace
                WHERE starts_with(nspname, 'replay_') AND pg_get_userbyid(nspowner) = current_user
                AND coalesce(obj_description(oid, 'pg_namespace')::timestamptz, '-infinity')
                    <= clock_timestamp() - older_than
            LOOP
                CONTINUE WHEN NOT pg_try_advisory_xact_lock(hashtext(shadow));
                EXECUTE format('DROP SCHEMA %I CASCADE', shadow);
                RETURN NEXT shadow;
            END LOOP;
        END $$
    """)


def downgrade() -> None:
    op.execute("DROP FUNCTION drop_replay_shadows(interval)")
