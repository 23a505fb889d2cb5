"""A request for a new password has an id and is announced, so that its link can be sent; its token is made then."""

from alembic import op

revision = "identity_0003"
down_revision = "identity_0002"
branch_labels = None
depends_on = None

BRIEFLY = "/* squawk-ignore require-concurrent-index-creation */"
"""Requests live for an hour: there are never many."""


def upgrade() -> None:
    """Add both; requests of before have neither, and their links work until they expire."""
    op.execute("ALTER TABLE password_reset ADD COLUMN IF NOT EXISTS id uuid")
    op.execute("ALTER TABLE password_reset ADD COLUMN IF NOT EXISTS announced_at timestamptz")
    op.execute(f"{BRIEFLY} CREATE UNIQUE INDEX IF NOT EXISTS uq_password_reset_id ON password_reset (id)")


def downgrade() -> None:
    """Drop them; what was not announced is never sent."""
    op.execute("DROP INDEX uq_password_reset_id")
    op.execute("ALTER TABLE password_reset DROP COLUMN announced_at, DROP COLUMN id")
