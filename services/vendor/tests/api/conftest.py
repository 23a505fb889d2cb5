"""The app over the module's database, and people who call it."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from services.vendor.app import create_app
from services.vendor.models import Vendor
from services.vendor.settings import Settings
from services.vendor.tests import building
from shared.events.ids import new_id
from shared.kit.auth import TokenVerifier
from shared.kit.database import Database
from shared.kit.keys import GivenKeys
from shared.kit.tests.shop import KEY, bearer

Headers = dict[str, str]
Client = Any
"""A Flask test client; what it is answered may be anything."""
Seller = tuple[Vendor, Headers]


@pytest.fixture(scope="module")
def client(settings: Settings, database: Database) -> Iterator[Client]:
    """A caller of the service."""
    app = create_app(settings, database, TokenVerifier(GivenKeys(lambda: [KEY])))
    with app.test_client() as made:
        yield made


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


def customer(user_id: UUID) -> Headers:
    """The headers of a customer."""
    return bearer("customer", sub=str(user_id))


Applicants = Callable[..., tuple[Headers, dict[str, Any]]]


@pytest.fixture
def admin() -> Headers:
    """The headers of an admin."""
    return bearer("admin")


@pytest.fixture
def applied(client: Client) -> Applicants:
    """Makes people who have applied: their headers, and what they were answered."""

    def make(name: str = "Acme", **more: Any) -> tuple[Headers, dict[str, Any]]:
        headers = customer(new_id())
        answer = client.post("/vendor/apply", json={"business_name": name, **more}, headers=headers)
        assert answer.status_code == 201, answer.json
        return headers, answer.json

    return make
