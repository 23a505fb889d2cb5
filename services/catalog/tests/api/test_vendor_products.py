"""A vendor's own products: made, changed by whoever has read the newest version, deleted and brought back."""

from typing import Any

import pytest

from services.catalog.tests.api.conftest import Client, Seller, faults, problem
from services.catalog.tests.building import PRICE
from shared.events.ids import new_id
from shared.kit.tests.shop import bearer

AT = "/vendor/products"
NOBODY = "019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21"


def made(client: Client, seller: Seller, **more: Any) -> dict[str, Any]:
    answer = client.post(AT, json={"title": "Cedar bowl", "price": PRICE, **more}, headers=seller[1])
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def test_a_product_is_made_as_a_draft_and_can_be_read_back(client: Client, seller: Seller) -> None:
    product = made(client, seller, description="*Fine*")
    assert (product["status"], product["visibility"], product["version"], product["stock"]) == ("draft", "public", 1, 0)
    assert (product["vendor_id"], product["vendor_name"]) == (str(seller[0].id), seller[0].name)
    read = client.get(f"{AT}/{product['id']}", headers=seller[1])
    assert (read.json, read.headers["ETag"]) == (product, '"1"')
    assert client.get(f"/products/{product['id']}", headers=seller[1]).status_code == 404
    assert [each["id"] for each in client.get(AT, headers=seller[1]).json["items"]] == [product["id"]]


def test_twice_under_one_key_is_once(client: Client, seller: Seller) -> None:
    headers = {**seller[1], "Idempotency-Key": str(new_id())}
    answers = [client.post(AT, json={"title": "Bowl", "price": PRICE}, headers=headers) for _ in "12"]
    assert answers[0].json == answers[1].json
    assert len(client.get(AT, headers=seller[1]).json["items"]) == 1


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"price": {"amount": -1, "currency": "EUR"}}, {"price.amount"}),
        ({"price": {"amount": 19.99, "currency": "EUR"}}, {"price.amount"}),
        ({"price": {"amount": 1999, "currency": "EURO"}}, {"price.currency"}),
        ({"price": None}, {"price"}),
        ({"price": 1999}, {"price"}),
        ({"title": "   "}, {"title"}),
        ({"title": "x" * 201}, {"title"}),
        ({"description": "x" * 20_001}, {"description"}),
        ({"language": "english"}, {"language"}),
        ({"category_id": NOBODY}, {"category_id"}),
        ({"category_id": "kitchen"}, {"category_id"}),
        ({"status": "sold"}, {"status"}),
        ({"visibility": "secret"}, {"visibility"}),
        ({"sku": "x" * 65}, {"sku"}),
        ({"sku": "\u0000"}, {"sku"}),
        ({"vendor_id": NOBODY}, {"vendor_id"}),
        ({"slug": "mine"}, {"slug"}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_input_is_refused_by_name_and_nothing_is_made(
    client: Client, seller: Seller, change: dict[str, Any], fields: set[str]
) -> None:
    answer = client.post(AT, json={"title": "Bowl", "price": PRICE, **change}, headers=seller[1])
    assert (answer.status_code, faults(answer)) == (422, fields)
    assert client.get(AT, headers=seller[1]).json["items"] == []


def test_a_sku_is_unique_among_ones_own(client: Client, seller: Seller) -> None:
    made(client, seller, sku="BOWL-1")
    answer = client.post(AT, json={"title": "Other", "price": PRICE, "sku": "BOWL-1"}, headers=seller[1])
    assert (problem(answer), faults(answer)) == ((409, "sku-taken"), {"sku"})
    other = made(client, seller, sku="BOWL-2")
    answer = client.patch(f"{AT}/{other['id']}", json={"sku": "BOWL-1", "title": "Changed"}, headers=seller[1])
    assert problem(answer) == (409, "sku-taken")
    assert client.get(f"{AT}/{other['id']}", headers=seller[1]).json == other


def test_who_has_read_an_older_version_is_given_the_newer_one(client: Client, seller: Seller) -> None:
    product = made(client, seller)
    at = f"{AT}/{product['id']}"
    first = client.patch(at, json={"title": "Oak bowl"}, headers={**seller[1], "If-Match": '"1"'})
    assert (first.status_code, first.headers["ETag"], first.json["slug"]) == (200, '"2"', product["slug"])
    for method, more in (("PATCH", {"json": {"title": "Ash bowl"}}), ("DELETE", {})):
        late = client.open(at, method=method, headers={**seller[1], "If-Match": '"1"'}, **more)
        assert (problem(late), late.headers["ETag"], late.json["version"]) == ((412, "stale"), '"2"', "2")
        assert late.json["current"] == first.json
    assert client.patch(at, json={"title": "Elm"}, headers={**seller[1], "If-Match": '"2"'}).status_code == 200
    assert client.patch(at, json={"title": "Yew"}, headers=seller[1]).json["version"] == 4
    bad = client.patch(at, json={"title": "Yew"}, headers={**seller[1], "If-Match": "newest"})
    assert (bad.status_code, faults(bad)) == (422, {"If-Match"})


def test_what_is_deleted_can_be_brought_back(client: Client, seller: Seller) -> None:
    product = made(client, seller, status="active")
    at = f"{AT}/{product['id']}"
    for _ in "12":
        assert client.delete(at, headers=seller[1]).status_code == 204
    assert client.get(f"/products/{product['id']}").status_code == 404
    assert client.get(AT, headers=seller[1]).json["items"] == []
    assert len(client.get(f"{AT}?deleted=true", headers=seller[1]).json["items"]) == 1
    assert problem(client.patch(at, json={"title": "x"}, headers=seller[1])) == (409, "product-is-deleted")
    back = client.post(f"{at}/restore", headers=seller[1]).json
    assert (back["deleted_at"], back["version"], back["sku"]) == (None, 3, product["sku"])
    assert client.get(f"/products/{product['id']}").status_code == 200


def test_many_get_one_status_or_none_does(client: Client, seller: Seller, sellers: Any) -> None:
    mine = [made(client, seller)["id"] for _ in range(3)]
    theirs = made(client, sellers())["id"]
    answer = client.post(f"{AT}/status", json={"ids": [*mine, theirs], "status": "active"}, headers=seller[1])
    assert (problem(answer), faults(answer)) == ((403, "not-your-product"), {"ids"})
    done = client.post(f"{AT}/status", json={"ids": [*mine, mine[0]], "status": "active"}, headers=seller[1])
    assert done.json == {"changed": mine, "unchanged": []}
    again = client.post(f"{AT}/status", json={"ids": mine, "status": "active"}, headers=seller[1])
    assert again.json == {"changed": [], "unchanged": mine}
    for body in ({"ids": [], "status": "active"}, {"ids": mine, "status": "sold"}, {"ids": ["x"], "status": "draft"}):
        assert client.post(f"{AT}/status", json=body, headers=seller[1]).status_code == 422
    unknown = client.post(f"{AT}/status", json={"ids": [str(new_id())], "status": "draft"}, headers=seller[1])
    assert problem(unknown) == (404, "unknown-product")


def test_a_list_can_be_filtered(client: Client, seller: Seller) -> None:
    made(client, seller, title="Oak bowl", status="active", sku="A-1")
    made(client, seller, title="Elm bowl", visibility="linked")
    found = {
        query: [each["title"] for each in client.get(f"{AT}?{query}", headers=seller[1]).json["items"]]
        for query in ("q=bowl", "q=oak", "q=a-1", "status=draft", "visibility=linked", "q=%25", "limit=1")
    }
    assert found == {
        "q=bowl": ["Elm bowl", "Oak bowl"],
        "q=oak": ["Oak bowl"],
        "q=a-1": ["Oak bowl"],
        "status=draft": ["Elm bowl"],
        "visibility=linked": ["Elm bowl"],
        "q=%25": [],
        "limit=1": ["Elm bowl"],
    }


def test_a_suspended_vendor_reads_and_changes_nothing(client: Client, sellers: Any) -> None:
    suspended = sellers(status="suspended")
    assert client.get(AT, headers=suspended[1]).status_code == 200
    answer = client.post(AT, json={"title": "Bowl", "price": PRICE}, headers=suspended[1])
    assert problem(answer) == (409, "vendor-suspended")
    assert problem(client.get(AT, headers=bearer("vendor"))) == (404, "no-vendor")
    assert client.get(AT, headers=bearer("customer")).status_code == 403
