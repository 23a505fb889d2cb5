"""The app over the module's database, and people who call it; what they do is committed, so each test has its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from services.ordering.app import create_app
from services.ordering.settings import Settings
from services.ordering.tests.market import ADDRESS, Market, Seller
from shared.events.ids import new_id
from shared.kit.auth import TokenVerifier
from shared.kit.database import Database
from shared.kit.keys import GivenKeys
from shared.kit.tests.shop import KEY, bearer

Headers = dict[str, str]
Client = Any
"""A Flask test client; what it is answered may be anything."""
Told = Callable[[], Any]


@pytest.fixture(scope="module")
def app(settings: Settings, database: Database) -> Flask:
    """The service's app."""
    return create_app(settings, database, TokenVerifier(GivenKeys(lambda: [KEY])))


@pytest.fixture
def client(app: Flask) -> Client:
    """A caller of the service."""
    return app.test_client()


class Place:
    """A market whose news are committed before the next call."""

    def __init__(self, database: Database, client: Client) -> None:
        self.database, self.client = database, client

    @contextmanager
    def market(self) -> Iterator[Market]:
        """Tell something, and commit it."""
        with self.database.transaction() as session:
            yield Market(session)

    def shop(self, *prices: int, **given: Any) -> tuple[Seller, list[UUID]]:
        """A vendor with products at these prices."""
        with self.market() as market:
            seller = market.seller(**given)
            return seller, [market.product(seller, price) for price in prices]

    def fill(self, headers: Headers, wanted: dict[UUID, int]) -> Any:
        """Put products in a cart."""
        lines = [{"product_id": str(key), "quantity": number} for key, number in wanted.items()]
        answer = self.client.put("/cart", json={"items": lines}, headers=headers)
        assert answer.status_code == 200, answer.json
        return answer.json

    def order(self, headers: Headers, wanted: dict[UUID, int]) -> Any:
        """Fill a cart and order it."""
        self.fill(headers, wanted)
        answer = self.client.post("/orders", json={"shipping_address": ADDRESS}, headers=headers)
        assert answer.status_code == 202, answer.json
        return answer.json

    def stands(self, headers: Headers, wanted: dict[UUID, int]) -> Any:
        """An order that stands, as its customer sees it."""
        order = self.order(headers, wanted)
        self.reserve(order["id"])
        return self.client.get(f"/orders/{order['id']}", headers=headers).json

    def reserve(self, order_id: str) -> None:
        """Have catalog say that an order's stock is reserved."""
        with self.market() as market:
            market.reserve(UUID(order_id))


@pytest.fixture
def place(database: Database, client: Client) -> Place:
    """Somewhere to buy and sell."""
    return Place(database, client)


def customer(user_id: UUID | None = None) -> Headers:
    """The headers of a customer."""
    return bearer("customer", sub=str(user_id or new_id()))


def vendor(seller: Seller) -> Headers:
    """The headers of a vendor."""
    return bearer("vendor", sub=str(seller.user_id))


ADMIN = bearer("admin")


def problem(answer: Any) -> tuple[int, str, list[str]]:
    """The status, the type and the fields of a refusal."""
    assert answer.content_type == "application/problem+json", answer.text
    fields = [error["field"] for error in answer.json.get("errors", [])]
    return answer.status_code, answer.json["type"].removeprefix("/problems/"), fields
