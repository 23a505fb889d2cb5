"""A migrated database for each module, and what every test of identity begins with."""

from __future__ import annotations

import itertools
from collections.abc import Callable
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
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.settings import settings_of

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def settings(service_database: Callable[..., TestDatabase]) -> Settings:
    """Settings as a process reads them, with a broker that nobody answers at, and with limits."""
    return settings_of(Settings, service_database("identity"), rate_limits=True)


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
