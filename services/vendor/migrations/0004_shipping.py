"""Vendors say what they charge for shipping; who says nothing charges nothing, as in the release before this one."""

from alembic import op

revision = "vendor_0004"
down_revision = "vendor_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE vendor_profile ADD COLUMN shipping jsonb NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    op.execute("ALTER TABLE vendor_profile DROP COLUMN shipping")
