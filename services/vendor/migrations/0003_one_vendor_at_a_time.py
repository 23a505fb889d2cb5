"""A user has one vendor who is not deleted, where they had one for ever; built beside the traffic.

It asks no more of anybody than before, so the release before this one runs on it.
"""

from alembic import op

revision = "vendor_0003"
down_revision = "vendor_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, constraint in (("vendor", "vendor_status_known"), ("vendor_status", "vendor_status_status_known")):
        op.execute(f"-- squawk-ignore prefer-robust-stmts\nALTER TABLE {table} VALIDATE CONSTRAINT {constraint}")
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS vendor_user_present")
        op.execute("""
            CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS vendor_user_present ON vendor (user_id)
            WHERE status <> 'deleted'
        """)
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS vendor_of_user")
        op.execute("CREATE INDEX CONCURRENTLY IF NOT EXISTS vendor_of_user ON vendor (user_id)")
        op.execute("-- squawk-ignore ban-drop-constraint\nALTER TABLE vendor DROP CONSTRAINT IF EXISTS vendor_user")


def downgrade() -> None:
    op.execute("ALTER TABLE vendor ADD CONSTRAINT vendor_user UNIQUE (user_id)")
    op.execute("DROP INDEX vendor_of_user, vendor_user_present")
