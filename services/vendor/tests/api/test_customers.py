"""The doors of a vendor's customer list."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from services.vendor.consumers import on_customers_created
from services.vendor.tests.api.conftest import Client, Seller
from services.vendor.tests.building import HOUR, NOON, created, invite
from shared.events.ids import new_id
from shared.kit.database import Database

LIST = "/vendors/me/customers"


@pytest.fixture
def people(seller: Seller, database: Database) -> dict[str, UUID]:
    """Who registered through the vendor's link, in this order."""
    ids = {name: new_id() for name in ("Ada", "Grace", "Joan")}
    with database.transaction() as session:
        token = invite(session, seller[0], label="Fair").token
        on_customers_created(
            session,
            [created(token, customer=i, name=name, at=NOON + n * HOUR) for n, (name, i) in enumerate(ids.items())],
        )
    return ids


def names(client: Client, seller: Seller, query: str = "") -> list[Any]:
    return [item["name"] for item in client.get(f"{LIST}{query}", headers=seller[1]).json["items"]]


def test_the_list_has_names_and_where_they_came_from(client: Client, seller: Seller, people: dict[str, UUID]) -> None:
    newest = client.get(LIST, headers=seller[1]).json["items"][0]
    assert newest.pop("invite_token_id")
    assert newest == {
        "customer_id": str(people["Joan"]),
        "name": "Joan",
        "email": "joan@x.example",
        "invite_label": "Fair",
        "source": "registration",
        "linked_at": "2026-03-01T14:00:00Z",
    }


def test_search_and_pages(client: Client, seller: Seller, people: dict[str, UUID]) -> None:
    assert names(client, seller, "?q=X") == ["Joan", "Grace", "Ada"]
    assert names(client, seller, "?q=grac") == ["Grace"]
    first = client.get(f"{LIST}?limit=2&q=x.example", headers=seller[1])
    rest = client.get(f"{LIST}{first.headers['Link'].split('>')[0][1:]}", headers=seller[1])
    assert [item["name"] for item in first.json["items"] + rest.json["items"]] == ["Joan", "Grace", "Ada"]


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "cursor=WzFd", "q=%00", "page=2", "q=" + "x" * 101])
def test_a_wrong_question_is_named(client: Client, seller: Seller, query: str) -> None:
    answer = client.get(f"{LIST}?{query}", headers=seller[1])
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, query.split("=")[0])


def test_a_vendor_takes_somebody_off_their_own_list_only(
    client: Client, seller: Seller, sellers: Callable[..., Seller], people: dict[str, UUID]
) -> None:
    stranger = sellers(name="Vendor B")
    at = f"{LIST}/{people['Ada']}"
    assert client.delete(at, headers=stranger[1]).json["type"] == "/problems/not-on-your-list"
    assert len(names(client, seller)) == 3
    assert client.delete(at, headers=seller[1]).status_code == 204
    assert names(client, seller) == ["Joan", "Grace"]
    assert client.delete(at, headers=seller[1]).status_code == 404
    assert client.delete(f"{LIST}/nonsense", headers=seller[1]).status_code == 404
