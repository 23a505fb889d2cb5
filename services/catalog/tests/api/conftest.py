"""The app over the module's database, and people who call it."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from services.catalog.__main__ import SERVICE
from services.catalog.app import create_app
from services.catalog.models import Vendor
from services.catalog.settings import Settings
from services.catalog.tests import building
from shared.kit.auth import TokenVerifier
from shared.kit.database import Database
from shared.kit.keys import GivenKeys
from shared.kit.settings import Secret
from shared.kit.tests.shop import KEY, bearer
from shared.runtime.inspection.app import create_internal_app

Headers = dict[str, str]
Client = Any
"""A Flask test client; what it is answered may be anything."""
Seller = tuple[Vendor, Headers]
TOKEN = "a-token-of-the-tests-for-services"


@pytest.fixture(scope="module")
def client(settings: Settings, database: Database) -> Iterator[Client]:
    """A caller of the service."""
    app = create_app(settings, database, TokenVerifier(GivenKeys(lambda: [KEY])))
    with app.test_client() as made:
        yield made


@pytest.fixture(scope="module")
def inside(settings: Settings, database: Database) -> Callable[[str], Any]:
    """Asks the internal port as another service does."""
    trusting = dataclasses.replace(settings, service_token=Secret(TOKEN))
    port = create_internal_app(SERVICE, trusting, database).test_client()
    return lambda path: port.get(path, headers={"Authorization": f"Bearer {TOKEN}"})


@pytest.fixture
def sellers(database: Database) -> Callable[..., Seller]:
    """Makes vendors, each with the headers of its user."""

    def make(**given: Any) -> Seller:
        with database.transaction() as session:
            made = building.vendor(session, **given)
        return made, bearer("vendor", sub=str(made.user_id))

    return make


@pytest.fixture
def seller(sellers: Callable[..., Seller]) -> Seller:
    """A vendor and the headers of its user."""
    return sellers()


@pytest.fixture
def admin() -> Headers:
    """The headers of an admin."""
    return bearer("admin")


def customer(user_id: UUID) -> Headers:
    """The headers of a customer."""
    return bearer("customer", sub=str(user_id))


def problem(answer: Any) -> tuple[int, str]:
    """The status and the type of a problem document."""
    return answer.status_code, answer.json["type"].removeprefix("/problems/")


def faults(answer: Any) -> set[str]:
    """The fields that a refusal names."""
    return {error["field"] for error in answer.json["errors"]}
