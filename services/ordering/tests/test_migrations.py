"""The migrations make the tables that the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.ordering.models import Base, Payout
from shared.kit.database import Database

STATED_IN_SQL_ALONE = {"index", "unique_constraint", "foreign_key_constraint"}


def described(name: str | None, kind: str, _: object) -> bool:
    """Whether the models speak of it; indexes and constraints stand in the migration."""
    return kind not in STATED_IN_SQL_ALONE and (kind != "table" or name in Base.metadata.tables)


def test_models_and_migrations_agree(database: Database) -> None:
    assert Payout.__tablename__ in Base.metadata.tables
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": described})
        found = compare_metadata(context, Base.metadata)
    assert [change for change in found if change[0] != "add_fk"] == []
