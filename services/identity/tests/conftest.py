"""A migrated database for each module, and what every test of identity begins with."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.identity.domain import emails, selling, users
from services.identity.domain.selling import Standing
from services.identity.domain.users import Registration
from services.identity.models import User
from services.identity.settings import Settings
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.kit.sealing import Seal
from shared.kit.settings import Secret
from tests.infrastructure.databases import TestDatabase

NUMBERS = itertools.count(1)
SECRET = "for tests only, and long enough for production too"


@pytest.fixture(scope="module")
def settings(service_database: Callable[..., TestDatabase]) -> Settings:
    """Settings as a process reads them, with a broker that nobody answers at."""
    where = service_database("identity")
    return Settings(
        service="identity",
        environment="local",
        gateway_url="http://localhost:8000",
        secret_key=Secret(SECRET),
        database_url=Secret(where.url),
        migrate_database_url=Secret(where.owner_url),
        broker_url=Secret("amqp://127.0.0.1:1//"),
        jwks_url="http://127.0.0.1:1/.well-known/jwks.json",
    )


@pytest.fixture(scope="module")
def database(settings: Settings) -> Iterator[Database]:
    """The service's own connections, in its app role."""
    database = Database(settings.database_url, application_name="identity-tests")
    yield database
    database.dispose()


Transaction = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def transaction(database: Database) -> Transaction:
    """Transactions that commit."""
    return database.transaction


@pytest.fixture
def seal(settings: Settings) -> Seal:
    """What opens the signing keys of this module's database."""
    return settings.seal


Registers = Callable[..., User]


@pytest.fixture
def registered(transaction: Transaction) -> Registers:
    """Registers somebody new in the domain, with a password hash that is none."""

    def register(**given: str) -> User:
        email = emails.parse(given.pop("email", f"somebody.{next(NUMBERS)}@example.org"))
        wanted = Registration(email=email, **{"name": "Some Body", "password_hash": "none", **given})
        with transaction() as session:
            return users.register(session, wanted)

    return register


def approve(session: Session, user_id: UUID) -> None:
    """Let identity hear that this user is an approved vendor."""
    selling.follow(session, Standing(new_id(), user_id, "approved", 1))
