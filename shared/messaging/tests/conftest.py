"""A database with nothing but outbox and inbox, a broker namespace, and small events to send through them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from shared.messaging.topology import Broker
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.plugin import ServiceDatabase

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def _messaging_only(database: TestDatabase) -> None:
    engine = create_engine(database.owner_url)
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        for file in sorted(MIGRATIONS.glob("*.py")):
            scope: dict[str, Callable[[], None]] = {}
            exec(compile(file.read_text(), file, "exec"), scope)  # noqa: S102
            scope["upgrade"]()
        connection.execute(
            text("CREATE TABLE seen (event_id uuid, name text, at timestamptz DEFAULT clock_timestamp())")
        )
    engine.dispose()


@pytest.fixture(scope="module")
def engine(service_database: ServiceDatabase) -> Iterator[Engine]:
    engine = create_engine(service_database("messaging", prepare=_messaging_only).owner_url, pool_size=10)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions on emptied tables."""
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE outbox, inbox, dead_letter, seen RESTART IDENTITY"))
    return sessionmaker(engine)


@pytest.fixture
def broker(broker_url: str) -> Broker:
    """The run's broker, under a name that no other test uses."""
    return Broker(broker_url, namespace=f"test-{uuid4().hex[:12]}")
