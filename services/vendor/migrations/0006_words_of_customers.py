"""Customers are found by the words of their names and e-mail addresses: an index of words, without any extension."""

from alembic import op

revision = "vendor_0006"
down_revision = "vendor_0005"
branch_labels = None
depends_on = None

BETWEEN = "@._+-,;:()/\"''"
"""What stands between words, doubled where SQL wants it; spaces do so too."""


def upgrade() -> None:
    op.execute(f"""
        CREATE OR REPLACE FUNCTION words_of(name text, email text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
            SELECT array_to_tsvector(array_remove(string_to_array(translate(
                lower(left(coalesce(name, ''), 200) || ' ' || left(coalesce(email, ''), 254)),
                '{BETWEEN}', repeat(' ', {len(BETWEEN)})), ' '), ''))
        $$
    """)
    # Uses of a link are counted from its index alone, as long as a vacuum has lately seen the pages behind it.
    op.execute("ALTER TABLE invite_outcome SET (autovacuum_vacuum_insert_scale_factor = 0.02)")
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS customer_words")
        op.execute("""
            CREATE INDEX CONCURRENTLY IF NOT EXISTS customer_words ON customer USING gin (words_of(name, email))
        """)


def downgrade() -> None:
    op.execute("ALTER TABLE invite_outcome RESET (autovacuum_vacuum_insert_scale_factor)")
    op.execute("DROP INDEX customer_words")
    op.execute("DROP FUNCTION words_of(text, text)")
