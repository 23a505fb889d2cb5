"""The app over the module's database, and people who call it; what they do is committed, so each test has its own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from services.notifications.app import create_app
from services.notifications.settings import Settings
from services.notifications.tests.world import World
from shared.events.ids import new_id
from shared.kit.auth import TokenVerifier
from shared.kit.database import Database
from shared.kit.keys import GivenKeys
from shared.kit.tests.shop import KEY, bearer

Headers = dict[str, str]
Client = Any
"""A Flask test client; what it is answered may be anything."""
Committed = Callable[[], AbstractContextManager[World]]


@pytest.fixture(scope="module")
def app(settings: Settings, database: Database) -> Flask:
    """The service's app."""
    return create_app(settings, database, TokenVerifier(GivenKeys(lambda: [KEY])))


@pytest.fixture
def client(app: Flask) -> Client:
    """A caller of the service."""
    return app.test_client()


@pytest.fixture
def committed(database: Database) -> Committed:
    """A world whose news are committed before the next call."""

    @contextmanager
    def world() -> Iterator[World]:
        with database.transaction() as session:
            yield World(session)

    return world


def as_person(person: UUID | None = None, role: str = "customer") -> Headers:
    """The headers of somebody."""
    return bearer(role, sub=str(person or new_id()))


ADMIN = bearer("admin")


def problem(answer: Any) -> tuple[int, str, list[str]]:
    """The status, the type and the fields of a refusal."""
    assert answer.content_type == "application/problem+json", answer.text
    fields = [error["field"] for error in answer.json.get("errors", [])]
    return answer.status_code, answer.json["type"].removeprefix("/problems/"), fields
