"""Products, as everybody sees them who may: lists, searches, filters, counts, one by one, and why."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.catalog.domain import categories, listings, products
from services.catalog.tests import building
from services.catalog.tests.api.conftest import Client, Headers, Seller, customer, faults, problem
from services.catalog.tests.building import HOUR, LONG_AGO, NOON
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.kit.tests.shop import bearer


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json["items"]]


@pytest.fixture(scope="module")
def shelf(database: Database) -> dict[str, Any]:
    """A storefront with a bowl, a plate, a lamp and a German chair, in two categories."""
    with database.transaction() as session:
        vendor = building.vendor(session, name="Shelf")
        home = categories.create(session, {"name": "Home"}, NOON)
        kitchen = categories.create(session, {"name": "Kitchen", "parent_id": home.id}, NOON)
        wanted: list[dict[str, Any]] = [
            {"title": "Cedar bowl", "category_id": kitchen.id, "price": {"amount": 1999, "currency": "EUR"}},
            {"title": "Plates of oak", "category_id": kitchen.id, "price": {"amount": 999, "currency": "EUR"}},
            {"title": "Lamp", "category_id": home.id, "price": {"amount": 500, "currency": "CHF"}, "sku": "LAMP-7"},
            {"title": "Stühle aus Eiche", "language": "de", "description": "Ein bequemer *Stuhl*, kein Bowling."},
        ]
        made = [building.product(session, vendor.id, now=NOON + n * HOUR, **each) for n, each in enumerate(wanted)]
        listings.set_available(session, {made[0].id: 3, made[2].id: 1})
    return {"vendor": vendor, "home": home, "kitchen": kitchen, "ids": [each.id for each in made], "at": vendor.slug}


def test_a_storefront_shows_the_newest_first_page_by_page(client: Client, shelf: dict[str, Any]) -> None:
    first = client.get(f"/products?vendor={shelf['at']}&limit=3")
    assert titles(first) == ["Stühle aus Eiche", "Lamp", "Plates of oak"]
    assert first.headers["Link"].endswith('; rel="next"')
    second = client.get(f"/products?vendor={shelf['at']}&limit=3&cursor={first.json['next_cursor']}")
    assert (titles(second), second.json["next_cursor"], "Link" in second.headers) == (["Cedar bowl"], None, False)
    assert second.json["items"][0] | {"images": []} == {
        "id": str(shelf["ids"][0]),
        "slug": "cedar-bowl",
        "title": "Cedar bowl",
        "vendor_id": str(shelf["vendor"].id),
        "vendor": {"id": str(shelf["vendor"].id), "name": shelf["vendor"].name, "slug": shelf["vendor"].slug},
        "category_id": str(shelf["kitchen"].id),
        "price": {"amount": 1999, "currency": "EUR"},
        "visibility": "public",
        "stock": 3,
        "status": "active",
        "images": [],
    }
    assert {item["title"]: item["status"] for item in first.json["items"]}["Plates of oak"] == "out_of_stock"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=plate", ["Plates of oak"]),
        ("q=stuhl", ["Stühle aus Eiche"]),
        ("q=bowls", ["Cedar bowl"]),
        ("q=bowl+-cedar", []),
        ("q=oak+or+lamp&sort=newest", ["Lamp", "Plates of oak"]),
        ("q=LAMP-7", ["Lamp"]),
        ("q=%22of+oak%22", ["Plates of oak"]),
        ("q=%26+%7C+%21+:*+(", []),
        ("sort=price", ["Lamp", "Plates of oak", "Cedar bowl", "Stühle aus Eiche"]),
        ("sort=-price&currency=EUR&price_max=1999", ["Stühle aus Eiche", "Cedar bowl", "Plates of oak"]),
        ("currency=EUR&price_min=1000", ["Stühle aus Eiche", "Cedar bowl"]),
        ("currency=EUR&price_min=999&price_max=999", ["Plates of oak"]),
        ("in_stock=true", ["Lamp", "Cedar bowl"]),
        ("category=kitchen", ["Plates of oak", "Cedar bowl"]),
        ("category=home", ["Lamp", "Plates of oak", "Cedar bowl"]),
        ("category=nowhere", []),
    ],
)
def test_filters_and_words_find_what_they_say(
    client: Client, shelf: dict[str, Any], query: str, found: list[str]
) -> None:
    got = titles(client.get(f"/products?vendor={shelf['at']}&{query}"))
    if query == "sort=-price&currency=EUR&price_max=1999":
        assert sorted(got) == sorted(found)
    elif query == "sort=price":
        assert (got[0], set(got)) == ("Lamp", set(found))
    else:
        assert got == found


def test_counts_beside_a_page_leave_their_own_choice_out(client: Client, shelf: dict[str, Any]) -> None:
    answer = client.get(f"/products?vendor={shelf['at']}&category=kitchen&facets=true").json
    facets = answer["facets"]
    assert [(each["slug"], each["count"]) for each in facets["categories"]] == [("home", 3), ("kitchen", 2)]
    assert [(each["slug"], each["count"]) for each in facets["vendors"]] == [(shelf["at"], 2)]
    assert facets["prices"] == [{"currency": "EUR", "least": 999, "most": 1999, "count": 2}]
    assert facets["in_stock"] == 1
    assert "facets" not in client.get("/products?limit=1").json


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("price_min=5", "currency"),
        ("currency=EUR&price_min=5&price_max=4", "price_max"),
        ("currency=EURO", "currency"),
        ("currency=EUR&price_min=-1", "price_min"),
        ("currency=EUR&price_min=1.5", "price_min"),
        ("sort=cheap", "sort"),
        ("sort=relevance", "sort"),
        ("cursor=abc", "cursor"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("ids=abc", "ids"),
        ("in_stock=perhaps", "in_stock"),
        ("colour=red", "colour"),
        ("q=", "q"),
        ("category=", "category"),
    ],
)
def test_bad_questions_are_refused_by_name(client: Client, query: str, field: str) -> None:
    answer = client.get(f"/products?{query}")
    assert (answer.status_code, faults(answer)) == (422, {field})


def test_a_cursor_of_another_order_is_refused(client: Client, shelf: dict[str, Any]) -> None:
    cursor = client.get(f"/products?vendor={shelf['at']}&limit=1").json["next_cursor"]
    assert faults(client.get(f"/products?sort=price&cursor={cursor}")) == {"cursor"}


def test_a_cart_asks_for_many_and_gets_what_is_seen_in_order(client: Client, shelf: dict[str, Any]) -> None:
    lamp, bowl = shelf["ids"][2], shelf["ids"][0]
    answer = client.get(f"/products?ids={lamp},{new_id()},{bowl}")
    assert titles(answer) == ["Lamp", "Cedar bowl"]
    assert titles(client.get("/products?ids=")) == []


def test_one_product_is_shown_with_all_there_is(client: Client, shelf: dict[str, Any]) -> None:
    by_slug = client.get("/products/cedar-bowl")
    assert by_slug.json == client.get(f"/products/{shelf['ids'][0]}").json
    assert [each["slug"] for each in by_slug.json["categories"]] == ["home", "kitchen"]
    assert by_slug.json["created_at"].endswith("Z")
    assert (by_slug.json["stock"], by_slug.json["vendor"]["slug"]) == (3, shelf["at"])
    chair = client.get(f"/products/{shelf['ids'][3]}").json
    assert chair["description_html"] == "<p>Ein bequemer <em>Stuhl</em>, kein Bowling.</p>\n"
    assert problem(client.get("/products/no-such")) == (404, "unknown-product")


def test_who_is_linked_sees_at_once_and_who_is_unlinked_no_longer(
    client: Client, sellers: Callable[..., Seller], database: Database, admin: Headers
) -> None:
    seller, person, pair = sellers()[0], new_id(), new_id()
    with database.transaction() as session:
        made = building.product(session, seller.id, visibility="linked", now=LONG_AGO)
    at = f"/products/{made.id}"
    assert client.get(at, headers=customer(person)).status_code == 404
    for event, status in (
        (building.linked(seller.id, person, pair=pair, at=NOON), 200),
        (building.unlinked(seller.id, person, pair=pair, at=NOON + 2 * HOUR), 404),
    ):
        with database.transaction() as session:
            building.tell(session, event)
        assert client.get(at, headers=customer(person)).status_code == status
        told = client.get(f"{at}/visibility?customer={person}", headers=admin).json
        assert (told["visible"], told["event_id"]) == (status == 200, str(event.id))
    moments = {"before": NOON - HOUR, "linked": NOON + HOUR, "after": NOON + 3 * HOUR, "never": LONG_AGO - HOUR}
    then = {
        name: client.get(
            f"{at}/visibility", query_string={"customer": person, "at": moment.isoformat()}, headers=admin
        ).json["rule"]
        for name, moment in moments.items()
    }
    assert then == {"before": "not_linked", "linked": "linked", "after": "not_linked", "never": "no_product"}


def test_a_verdict_names_the_rule_and_the_event(
    client: Client, seller: Seller, database: Database, admin: Headers
) -> None:
    vendor, headers = seller
    with database.transaction() as session:
        made = building.product(session, vendor.id, status="draft", now=NOON)
        said = building.newest(session, made.id)
    draft = client.get(f"/products/{made.id}/visibility", headers=headers).json
    assert (draft["rule"], draft["visible"], said["version"]) == ("not_published", False, 1)
    with database.transaction() as session:
        products.change(session, vendor.id, made.id, {"status": "active"}, NOON + HOUR)
        halt = building.suspended(vendor.id, vendor.user_id, version=2, at=NOON + 2 * HOUR)
        building.tell(session, halt)
    told = client.get(f"/products/{made.id}/visibility", headers=admin).json
    assert (told["rule"], told["event_id"]) == ("vendor_not_approved", str(halt.id))
    assert told["sentence"] == "The vendor is suspended: their products are hidden."
    moment = (NOON + HOUR + timedelta(minutes=1)).isoformat()
    then = client.get(f"/products/{made.id}/visibility", query_string={"at": moment}, headers=admin).json
    assert (then["rule"], then["visible"]) == ("public", True)


def test_a_verdict_is_for_vendors_about_their_own_and_for_admins(
    client: Client, seller: Seller, admin: Headers, shelf: dict[str, Any]
) -> None:
    at = f"/products/{shelf['ids'][0]}/visibility"
    assert problem(client.get(at, headers=seller[1])) == (404, "unknown-product")
    assert client.get(at, headers=bearer("vendor", sub=str(shelf["vendor"].user_id))).status_code == 200
    assert client.get(at, headers=customer(new_id())).status_code == 403
    assert problem(client.get(f"/products/{new_id()}/visibility", headers=admin)) == (404, "unknown-product")


@pytest.mark.parametrize("name", ["x", "..%2f..%2fetc%2fpasswd", f"{'0' * 32}-{'0' * 32}-600.webp"])
def test_nothing_else_is_served_as_a_picture(client: Client, name: str) -> None:
    assert client.get(f"/products/media/{name}").status_code == 404
