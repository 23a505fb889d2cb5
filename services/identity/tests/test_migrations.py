"""The migrations make the tables that the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.identity.models import Base
from shared.kit.database import Database


def test_models_and_migrations_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        options = {"include_name": lambda name, kind, _: kind != "table" or name in Base.metadata.tables}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)
    assert found == []
