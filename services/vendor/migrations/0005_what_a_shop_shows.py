"""A vendor chooses what of their contact everybody sees; website and town until they do, as it was before."""

from alembic import op

revision = "vendor_0005"
down_revision = "vendor_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE vendor_profile ADD COLUMN IF NOT EXISTS shown text[] NOT NULL DEFAULT '{website,city}'")


def downgrade() -> None:
    op.execute("ALTER TABLE vendor_profile DROP COLUMN shown")
