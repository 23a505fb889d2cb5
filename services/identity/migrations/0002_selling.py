"""What vendor says of each user's selling, at its newest version; roles follow from it."""

from alembic import op

revision = "identity_0002"
down_revision = "identity_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the replica; it fills with the events that come, and a role that was given stays until one says otherwise."""
    op.execute("""
        CREATE TABLE user_vendor (
            vendor_id uuid CONSTRAINT pk_user_vendor PRIMARY KEY,
            user_id uuid NOT NULL CONSTRAINT fk_user_vendor_user_id_user_account REFERENCES user_account,
            status text NOT NULL,
            version bigint NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_user_vendor_user_id ON user_vendor (user_id)")


def downgrade() -> None:
    """Drop it; roles stay as they are."""
    op.execute("DROP TABLE user_vendor")
