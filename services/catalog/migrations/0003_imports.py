"""Imports of products: the jobs, and what becomes of every row of their files."""

from alembic import op

revision = "catalog_0003"
down_revision = "catalog_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE import_job (
            id uuid PRIMARY KEY,
            vendor_id uuid NOT NULL,
            actor_id uuid NOT NULL,
            name text NOT NULL,
            format text NOT NULL CONSTRAINT import_job_format_known CHECK (format IN ('csv', 'xlsx')),
            size bigint NOT NULL,
            sha256 text NOT NULL,
            state text NOT NULL CONSTRAINT import_job_state_known
                CHECK (state IN ('checking', 'ready', 'applying', 'done', 'failed')),
            problem text,
            heading jsonb,
            read_through bigint NOT NULL DEFAULT 0,
            text_size bigint NOT NULL DEFAULT 0,
            uploaded_at timestamptz NOT NULL,
            worked_at timestamptz NOT NULL,
            checked_at timestamptz,
            applied_at timestamptz,
            CONSTRAINT import_job_failed_has_problem CHECK (state <> 'failed' OR problem IS NOT NULL)
        )
    """)
    op.execute("CREATE INDEX import_job_vendor ON import_job (vendor_id, id DESC)")
    op.execute("CREATE INDEX import_job_open ON import_job (worked_at) WHERE state IN ('checking', 'applying')")
    op.execute("""
        CREATE TABLE import_row (
            job_id uuid NOT NULL REFERENCES import_job (id) ON DELETE CASCADE,
            row bigint NOT NULL,
            state text NOT NULL CONSTRAINT import_row_state_known
                CHECK (state IN ('create', 'update', 'unchanged', 'faulty', 'created', 'updated', 'refused')),
            sku text,
            product_id uuid,
            cells jsonb NOT NULL,
            change jsonb NOT NULL,
            faults jsonb NOT NULL,
            CONSTRAINT import_row_pkey PRIMARY KEY (job_id, row),
            CONSTRAINT import_row_refused_says_why
                CHECK ((state IN ('faulty', 'refused')) = (faults <> '[]'::jsonb))
        )
    """)
    op.execute("CREATE INDEX import_row_state ON import_row (job_id, state, row)")
    op.execute("CREATE INDEX import_row_sku ON import_row (job_id, sku) WHERE sku IS NOT NULL")


def downgrade() -> None:
    op.execute("DROP TABLE import_row")
    op.execute("DROP TABLE import_job")
