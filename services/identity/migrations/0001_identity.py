"""Users, their sign-ins and refresh tokens, addresses, password resets, and the keys that sign access tokens."""

from alembic import op

revision = "identity_0001"
down_revision = None
branch_labels = ("identity",)
depends_on = None

TABLES = (
    """
    CREATE TABLE user_account (
        id uuid CONSTRAINT pk_user_account PRIMARY KEY,
        email text,
        email_key text CONSTRAINT uq_user_account_email_key UNIQUE,
        name text,
        locale text NOT NULL,
        role text NOT NULL CONSTRAINT ck_user_account_role CHECK (role IN ('customer', 'vendor', 'admin')),
        password_hash text,
        invite_token text,
        version integer NOT NULL,
        registered_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        erased_at timestamptz,
        CONSTRAINT ck_user_account_email CHECK ((erased_at IS NULL) = (email IS NOT NULL)),
        CONSTRAINT ck_user_account_email_key CHECK ((email IS NULL) = (email_key IS NULL)),
        CONSTRAINT ck_user_account_name CHECK ((email IS NULL) = (name IS NULL))
    )
    """,
    """
    CREATE TABLE sign_in (
        id uuid CONSTRAINT pk_sign_in PRIMARY KEY,
        user_id uuid NOT NULL CONSTRAINT fk_sign_in_user_id_user_account REFERENCES user_account,
        generation integer NOT NULL,
        signed_in_at timestamptz NOT NULL,
        rotated_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        revoked_because text
    )
    """,
    """
    CREATE TABLE refresh_token (
        token_hash bytea CONSTRAINT pk_refresh_token PRIMARY KEY,
        sign_in_id uuid NOT NULL
            CONSTRAINT fk_refresh_token_sign_in_id_sign_in REFERENCES sign_in ON DELETE CASCADE,
        generation integer NOT NULL,
        issued_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE address (
        id uuid CONSTRAINT pk_address PRIMARY KEY,
        user_id uuid NOT NULL CONSTRAINT fk_address_user_id_user_account REFERENCES user_account,
        name text NOT NULL,
        line1 text NOT NULL,
        line2 text,
        city text NOT NULL,
        region text,
        postal_code text,
        country text NOT NULL,
        phone text,
        is_default boolean NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE password_reset (
        token_hash bytea CONSTRAINT pk_password_reset PRIMARY KEY,
        user_id uuid CONSTRAINT fk_password_reset_user_id_user_account REFERENCES user_account,
        requested_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz
    )
    """,
    """
    CREATE TABLE signing_key (
        kid text CONSTRAINT pk_signing_key PRIMARY KEY,
        public jsonb NOT NULL,
        private_encrypted bytea NOT NULL,
        created_at timestamptz NOT NULL,
        signs_from timestamptz NOT NULL,
        expires_at timestamptz
    )
    """,
)
INDEXES = (
    "CREATE INDEX ix_sign_in_user_id ON sign_in (user_id)",
    "CREATE INDEX ix_sign_in_expires_at ON sign_in (expires_at)",
    "CREATE INDEX ix_refresh_token_sign_in_id ON refresh_token (sign_in_id)",
    "CREATE INDEX ix_address_user_id ON address (user_id)",
    "CREATE UNIQUE INDEX uq_address_default ON address (user_id) WHERE is_default",
    "CREATE INDEX ix_password_reset_user_id ON password_reset (user_id)",
    "CREATE INDEX ix_password_reset_expires_at ON password_reset (expires_at)",
)


def upgrade() -> None:
    """Create everything that identity owns."""
    for statement in (*TABLES, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    """Drop it; everything in it is lost."""
    op.execute("DROP TABLE signing_key, password_reset, address, refresh_token, sign_in, user_account")
