"""One index of words for all languages, and one of titles, instead of nine of each: planning a search asked them all.

What belongs to another language is left out by the row, as before; the release before this one searches by these too.
"""

from alembic import op

revision = "catalog_0004"
down_revision = "catalog_0003"
branch_labels = None
depends_on = None

SHOWN = "NOT deleted AND status IN ('active', 'out_of_stock')"
STEMMED = ("de", "en", "es", "fr", "it", "nl", "pt", "sv")
INDEXES = {"listing_words": "document", "listing_titles": "headline"}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, column in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON listing USING gin ({column}) WHERE {SHOWN}")
        for column in INDEXES.values():
            for ending in ("", *(f"_{code}" for code in STEMMED)):
                op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS listing_{column}{ending}")


def downgrade() -> None:
    for column in INDEXES.values():
        for code in STEMMED:
            op.execute(
                f"CREATE INDEX listing_{column}_{code} ON listing USING gin ({column}) "
                f"WHERE language = '{code}' AND {SHOWN}"
            )
        op.execute(
            f"CREATE INDEX listing_{column} ON listing USING gin ({column}) WHERE language NOT IN {STEMMED} AND {SHOWN}"
        )
    op.execute("DROP INDEX listing_words, listing_titles")
