"""A migrated database of the kit alone, and settings that point to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, text

from shared.kit import logging, schema
from shared.kit.database import Database
from shared.kit.settings import Secret, Settings
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.plugin import ServiceDatabase


def settings_for(database: TestDatabase | None = None, **changes: Any) -> Settings:
    """Make the settings of a service called kit."""
    values: dict[str, Any] = {
        "service": "kit",
        "environment": "local",
        "gateway_url": "http://localhost:8000",
        "secret_key": Secret("tests-only-" + "0" * 40),
        "database_url": Secret(database.url if database else "postgresql+psycopg2://nobody@127.0.0.1:1/none"),
        "migrate_database_url": Secret(database.owner_url) if database else None,
        "broker_url": Secret("amqp://127.0.0.1:1//"),
        "jwks_url": "http://127.0.0.1:1/.well-known/jwks.json",
    }
    return Settings(**{**values, **changes})


SHOP_TABLES = """
    CREATE TABLE effect (id int GENERATED ALWAYS AS IDENTITY, item text);
    CREATE TABLE letter (id uuid PRIMARY KEY, sent_at timestamptz NOT NULL, title text NOT NULL, rank int NOT NULL)
"""


def migrated(database: TestDatabase) -> None:
    """Bring a database to the kit's heads, as `migrate` does for a service, and give it the shop's tables."""
    schema.migrate(settings_for(database), [schema.MIGRATIONS])
    owner = create_engine(database.owner_url, poolclass=NullPool)
    with owner.begin() as connection:
        connection.execute(text(SHOP_TABLES))


@pytest.fixture(autouse=True, scope="module")
def logs(logging_of_its_own: None) -> None:
    """Log as services do: to standard output, which pytest captures."""
    logging.configure(service="kit", process="tests", level="debug")


@pytest.fixture(scope="module")
def kit_database(service_database: ServiceDatabase) -> TestDatabase:
    """A database with the kit's tables."""
    return service_database("kit", prepare=migrated)


@pytest.fixture(scope="module")
def settings(kit_database: TestDatabase) -> Settings:
    """Settings of a local service that uses the kit's database."""
    return settings_for(kit_database)


@pytest.fixture(scope="module")
def database(settings: Settings) -> Iterator[Database]:
    """The app role's connections."""
    made = Database(settings.database_url, application_name="kit-tests", lock_timeout=8)
    yield made
    made.dispose()
