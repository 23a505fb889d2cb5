"""A migrated database for each module of tests, and a session that leaves nothing behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from shared.kit.database import Database
from shared.kit.schema import MIGRATIONS as KIT
from shared.kit.schema import migrate
from shared.kit.settings import Secret, Settings
from shared.messaging import outbox as messaging
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.plugin import ServiceDatabase


def _prepare(at: TestDatabase) -> None:
    settings = Settings(
        service="vendor",
        environment="local",
        gateway_url="http://x",
        secret_key=Secret("x" * 32),
        database_url=Secret(at.url),
        migrate_database_url=Secret(at.owner_url),
        broker_url=Secret("amqp://x"),
        jwks_url="http://x",
    )
    migrate(settings, [KIT, Path(messaging.__file__).parent / "migrations", Path(__file__).parents[1] / "migrations"])


@pytest.fixture(scope="module")
def database(service_database: ServiceDatabase) -> Iterator[Database]:
    """The vendor service's database, as its own role sees it."""
    made = Database(service_database("vendor", _prepare).url, application_name="vendor-tests", lock_timeout=8)
    yield made
    made.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session whose work is undone at the end of the test."""
    with database.engine.connect() as connection:
        yield Session(connection)
        connection.rollback()
