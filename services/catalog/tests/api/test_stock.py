"""The stock of products, as their vendor and the admins handle it."""

from collections.abc import Callable
from uuid import UUID

import pytest

from services.catalog.tests import building
from services.catalog.tests.api.conftest import Client, Headers, Seller, faults, problem
from shared.events.ids import new_id
from shared.kit.database import Database

RECEIPT = {"kind": "receipt", "quantity": 7}


@pytest.fixture
def bowl(database: Database, seller: Seller) -> str:
    """Where the stock of a product of the seller's is."""
    return f"/vendor/products/{made(database, seller[0].id)}/stock"


def made(database: Database, owner: UUID | None) -> UUID:
    with database.transaction() as session:
        return building.product(session, owner).id


def test_a_vendor_takes_goods_in_corrects_the_count_and_reads_what_moved(
    client: Client, seller: Seller, bowl: str
) -> None:
    headers = seller[1]
    first = client.post(bowl, json=RECEIPT, headers=headers)
    assert (first.status_code, first.json["on_hand"], first.json["low"]) == (201, 7, False)
    client.post(bowl, json={"kind": "adjustment", "quantity": -2, "reason": "Broken"}, headers=headers)
    shown = client.get(f"{bowl}?limit=1", headers=headers).json
    assert (shown["on_hand"], shown["reserved"], shown["available"], shown["low"]) == (5, 0, 5, True)
    assert [(each["kind"], each["reason"], each["on_hand_after"]) for each in shown["items"]] == [
        ("adjustment", "Broken", 5)
    ]
    rest = client.get(f"{bowl}?limit=5&cursor={shown['next_cursor']}", headers=headers).json
    assert ([each["kind"] for each in rest["items"]], rest["next_cursor"]) == (["receipt"], None)


def test_the_same_key_counts_once(client: Client, seller: Seller, bowl: str) -> None:
    headers = {**seller[1], "Idempotency-Key": "receipt-1"}
    answers = [client.post(bowl, json=RECEIPT, headers=headers).json for _ in "12"]
    assert [answer["on_hand"] for answer in answers] == [7, 7]
    assert client.get(bowl, headers=seller[1]).json["on_hand"] == 7


def test_a_vendor_says_at_how_many_a_product_is_few(client: Client, seller: Seller, bowl: str) -> None:
    client.post(bowl, json=RECEIPT, headers=seller[1])
    answer = client.patch(bowl, json={"threshold": 8}, headers=seller[1]).json
    assert (answer["threshold"], answer["low"]) == (8, True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "receipt", "quantity": 0}, "quantity"),
        ({"kind": "receipt", "quantity": 1.5}, "quantity"),
        ({"kind": "receipt", "quantity": 10**12}, "quantity"),
        ({"kind": "adjustment", "quantity": 1}, "reason"),
        ({"kind": "sale", "quantity": 1}, "kind"),
    ],
)
def test_bad_changes_are_named(client: Client, seller: Seller, bowl: str, body: object, field: str) -> None:
    answer = client.post(bowl, json=body, headers=seller[1])
    assert (answer.status_code, faults(answer)) == (422, {field})


def test_nobody_takes_out_what_is_not_there(client: Client, seller: Seller, bowl: str) -> None:
    body = {"kind": "adjustment", "quantity": -1, "reason": "Broken"}
    assert problem(client.post(bowl, json=body, headers=seller[1])) == (409, "too-few")


def test_everybody_handles_their_own_only(
    client: Client, sellers: Callable[..., Seller], admin: Headers, database: Database, bowl: str
) -> None:
    other = sellers()[1]
    for send in (client.get, lambda path, headers: client.post(path, json=RECEIPT, headers=headers)):
        assert problem(send(bowl, headers=other)) == (403, "not-your-product")
        assert problem(send(bowl.replace("vendor", "admin"), headers=admin)) == (403, "not-your-product")
        assert problem(send(f"/vendor/products/{new_id()}/stock", headers=other)) == (404, "unknown-product")
    own = f"/admin/products/{made(database, None)}/stock"
    assert client.post(own, json=RECEIPT, headers=admin).json["on_hand"] == 7
    assert client.patch(own, json={"threshold": 9}, headers=admin).json["low"]
    assert client.get(own, headers=admin).json["available"] == 7


def test_a_suspended_vendor_reads_and_changes_nothing(
    client: Client, sellers: Callable[..., Seller], database: Database
) -> None:
    shut, headers = sellers(status="suspended")
    path = f"/vendor/products/{made(database, shut.id)}/stock"
    assert client.get(path, headers=headers).status_code == 200
    assert problem(client.post(path, json=RECEIPT, headers=headers)) == (409, "vendor-suspended")
    assert problem(client.patch(path, json={"threshold": 1}, headers=headers)) == (409, "vendor-suspended")
