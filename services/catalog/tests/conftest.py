"""A migrated database for each module of tests, and a session that leaves nothing behind."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from services.catalog.settings import MIGRATIONS, Settings
from services.catalog.tests.shop import Shop, empty
from shared.kit.database import Database
from shared.kit.schema import MIGRATIONS as KIT_MIGRATIONS
from shared.kit.schema import migrate
from shared.kit.settings import Secret
from shared.runtime.service import MESSAGING_MIGRATIONS
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.plugin import ServiceDatabase

FILES = Path(tempfile.gettempdir()) / f"market-tests-{os.getpid()}"


def settings_for(at: TestDatabase) -> Settings:
    """Settings as a process reads them, with a broker and an identity that nobody answers at."""
    return Settings(
        service="catalog",
        environment="local",
        gateway_url="http://localhost:8000",
        secret_key=Secret("for tests only, and long enough for production too"),
        database_url=Secret(at.url),
        migrate_database_url=Secret(at.owner_url),
        broker_url=Secret("amqp://127.0.0.1:1//"),
        jwks_url="http://127.0.0.1:1/.well-known/jwks.json",
        storage_folder=FILES / at.name,
        rate_limits=False,
    )


def migrated(at: TestDatabase) -> None:
    """Bring a database to the heads of all that the service stands on."""
    migrate(settings_for(at), [KIT_MIGRATIONS, MESSAGING_MIGRATIONS, MIGRATIONS])


@pytest.fixture(scope="module")
def settings(service_database: ServiceDatabase) -> Iterator[Settings]:
    """The settings of a catalog service with a database of this module's own."""
    made = settings_for(service_database("catalog", migrated))
    yield made
    shutil.rmtree(made.storage_folder, ignore_errors=True)


@pytest.fixture(scope="module")
def database(settings: Settings) -> Iterator[Database]:
    """The catalog service's database, as its own role sees it."""
    made = Database(settings.database_url, application_name="catalog-tests", lock_timeout=8)
    yield made
    made.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session whose work is undone at the end of the test."""
    with database.engine.connect() as connection:
        yield Session(connection)
        connection.rollback()


@pytest.fixture
def shop(database: Database, settings: Settings) -> Shop:
    """A consumer over tables that were emptied before."""
    empty(settings)
    return Shop(database, settings)
