"""The tree of categories, as admins shape it."""

from typing import Any

import pytest

from services.catalog.tests import building
from services.catalog.tests.api.conftest import Client, Headers, faults, problem
from shared.kit.database import Database
from shared.kit.tests.shop import bearer

AT = "/admin/categories"
NOBODY = "019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21"


def made(client: Client, admin: Headers, name: str, parent: str | None = None) -> str:
    answer = client.post(AT, json={"name": name, "parent_id": parent}, headers=admin)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def test_a_category_moves_with_all_that_is_below(client: Client, admin: Headers) -> None:
    home, garden = made(client, admin, "Home"), made(client, admin, "Garden")
    kitchen = made(client, admin, "Kitchen", home)
    pots = made(client, admin, "Pots", kitchen)
    moved = client.patch(f"{AT}/{kitchen}", json={"parent_id": garden, "name": "Outdoor kitchen"}, headers=admin)
    assert (moved.json["path"], moved.json["name"], moved.json["slug"]) == (
        [garden, kitchen],
        "Outdoor kitchen",
        "kitchen",
    )
    paths = {each["id"]: each["path"] for each in client.get("/categories").json["items"]}
    assert paths[pots] == [garden, kitchen, pots]
    assert client.patch(f"{AT}/{kitchen}", json={"parent_id": None}, headers=admin).json["path"] == [kitchen]


def test_nothing_goes_in_a_circle(client: Client, admin: Headers) -> None:
    top = made(client, admin, "Top")
    below = made(client, admin, "Below", top)
    lowest = made(client, admin, "Lowest", below)
    for parent in (top, below, lowest):
        answer = client.patch(f"{AT}/{top}", json={"parent_id": parent}, headers=admin)
        assert (problem(answer), faults(answer)) == ((422, "category-loop"), {"parent_id"})
    for into in (top, lowest):
        answer = client.post(f"{AT}/{top}/merge", json={"into": into}, headers=admin)
        assert (problem(answer), faults(answer)) == ((422, "category-loop"), {"into"})


def test_a_merged_category_brings_its_products_and_those_below(
    client: Client, admin: Headers, database: Database
) -> None:
    old, new = made(client, admin, "Seats"), made(client, admin, "Chairs")
    below = made(client, admin, "Stools", old)
    with database.transaction() as session:
        product = building.product(session, category_id=old)
    answer = client.post(f"{AT}/{old}/merge", json={"into": new}, headers=admin)
    assert answer.json["id"] == new
    paths = {each["id"]: each["path"] for each in client.get("/categories").json["items"]}
    assert (old in paths, paths[below]) == (False, [new, below])
    with database.transaction() as session:
        said = building.newest(session, product.id)
    assert (said["type"], said["data"]["category_id"]) == ("product.updated", new)
    assert [each["id"] for each in client.get("/products?category=chairs").json["items"]] == [str(product.id)]


def test_only_an_empty_category_is_deleted(client: Client, admin: Headers, database: Database) -> None:
    top = made(client, admin, "Full")
    below = made(client, admin, "Inside", top)
    assert problem(client.delete(f"{AT}/{top}", headers=admin)) == (409, "category-in-use")
    with database.transaction() as session:
        building.product(session, category_id=below)
    assert problem(client.delete(f"{AT}/{below}", headers=admin)) == (409, "category-in-use")
    empty = made(client, admin, "Empty")
    assert client.delete(f"{AT}/{empty}", headers=admin).status_code == 204
    assert problem(client.delete(f"{AT}/{empty}", headers=admin)) == (404, "unknown-category")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "A", "parent_id": NOBODY}, "parent_id"),
        ({"name": "A", "parent_id": "top"}, "parent_id"),
        ({"name": "A", "position": 0}, "position"),
        ({"name": "A", "position": 1.5}, "position"),
        ({"name": "A", "slug": "a"}, "slug"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_input_is_refused_by_name(client: Client, admin: Headers, body: dict[str, Any], field: str) -> None:
    answer = client.post(AT, json=body, headers=admin)
    assert (answer.status_code, faults(answer)) == (422, {field})


def test_the_tree_is_not_too_deep(client: Client, admin: Headers) -> None:
    parent = None
    for level in range(8):
        parent = made(client, admin, f"Level {level}", parent)
    answer = client.post(AT, json={"name": "Too deep", "parent_id": parent}, headers=admin)
    assert (answer.status_code, faults(answer)) == (422, {"parent_id"})


def test_only_admins_shape_it(client: Client) -> None:
    for role in ("customer", "vendor"):
        assert client.post(AT, json={"name": "Mine"}, headers=bearer(role)).status_code == 403
