"""First answers kept under their idempotency key, and the counters of rate limits."""

from alembic import op

revision = "kit_0001"
down_revision = None
branch_labels = ("kit",)
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE idempotency_key (
            scope text NOT NULL,
            key text NOT NULL,
            fingerprint bytea NOT NULL,
            status smallint,
            body text,
            created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            CONSTRAINT pk_idempotency_key PRIMARY KEY (scope, key)
        )
    """)
    op.execute("CREATE INDEX ix_idempotency_key_created_at ON idempotency_key (created_at)")
    # Counters may be lost in a crash; they are not worth a write-ahead log.
    op.execute("""
        CREATE UNLOGGED TABLE rate_limit (
            key text NOT NULL CONSTRAINT pk_rate_limit PRIMARY KEY,
            hits integer NOT NULL,
            expires_at timestamptz NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_rate_limit_expires_at ON rate_limit (expires_at)")


def downgrade() -> None:
    op.execute("DROP TABLE rate_limit")
    op.execute("DROP TABLE idempotency_key")
