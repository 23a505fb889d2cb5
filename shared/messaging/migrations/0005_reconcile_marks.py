"""How far a scheduled reconciliation has found each publisher's log to be whole here."""

from alembic import op

revision = "messaging_0005"
down_revision = "messaging_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE reconcile_mark (
            source text PRIMARY KEY,
            types text[] NOT NULL,
            position bigint NOT NULL,
            begun_at timestamptz NOT NULL
        )
    """)


def downgrade() -> None:
    op.execute("DROP TABLE reconcile_mark")
