"""Nobody sees what is not for them: a thousand random settings, seven ways to look, and the rule said once more here.

`ISOLATION_WORLDS` worlds of ten products and five viewers each; every product is looked for by every viewer.
"""

import base64
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import orjson
import pytest

from services.catalog.domain import categories, judging, listings, products
from services.catalog.models import Category
from services.catalog.tests import building
from services.catalog.tests.api.conftest import Client, customer, inside
from services.catalog.tests.api.conftest import client as client
from services.catalog.tests.building import HOUR, NOON
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.kit.tests.shop import bearer

__all__ = ["client", "inside"]
WORLDS = int(os.environ.get("ISOLATION_WORLDS", "20"))
PRODUCTS, CUSTOMERS, VENDORS = 10, 4, 3
STATUSES = ("draft", "active", "active", "inactive", "out_of_stock")


@dataclass
class Setting:
    """A product as this test made it."""

    id: UUID
    slug: str
    vendor: UUID | None
    status: str
    visibility: str
    deleted: bool
    available: int


@dataclass
class World:
    """Some products, vendors and customers, and what is true of them by this test's own books."""

    category: Category
    word: str
    products: list[Setting] = field(default_factory=list)
    standing: dict[UUID, str] = field(default_factory=dict)
    slugs: dict[UUID, str] = field(default_factory=dict)
    customers: list[UUID] = field(default_factory=list)
    listed: set[tuple[UUID, UUID]] = field(default_factory=set)

    def sees(self, viewer: UUID | None, product: Setting) -> bool:
        """The rule, as DOMAIN says it, in other words than the service's."""
        if product.deleted or product.status in ("draft", "inactive"):
            return False
        if product.vendor is None:
            return True
        if self.standing[product.vendor] != "approved":
            return False
        return product.visibility != "linked" or (product.vendor, viewer) in self.listed

    def seen(self, viewer: UUID | None) -> dict[str, Setting]:
        """All that somebody sees, by id."""
        return {str(each.id): each for each in self.products if self.sees(viewer, each)}


def make_world(database: Database, random: Random) -> World:
    word = f"zyx{random.randrange(10**9)}"
    with database.transaction() as session:
        world = World(categories.create(session, {"name": word}, NOON), word)
        for _ in range(VENDORS):
            vendor, user = new_id(), new_id()
            history: list[Any] = random.choice(
                [
                    [building.approved(vendor, user)],
                    [building.approved(vendor, user), building.suspended(vendor, user, version=2)],
                    [building.approved(vendor, user), building.updated(vendor, user, "deleted", version=2)],
                    [
                        building.suspended(vendor, user, version=2),
                        building.reactivated(vendor, user, version=3),
                        building.approved(vendor, user),
                    ],
                ]
            )
            building.tell(session, *random.sample(history, len(history)))
            newest = max(history, key=lambda each: each.aggregate_version).event
            told = {"vendor.suspended": "suspended", "vendor.updated": "deleted"}
            world.standing[vendor] = told.get(newest.type, "approved")
            world.slugs[vendor] = f"vendor-{vendor.hex[-12:]}"
        for person in (new_id() for _ in range(CUSTOMERS)):
            world.customers.append(person)
            for vendor in world.standing:
                _relate(session, world, random, vendor, person)
        for _ in range(PRODUCTS):
            world.products.append(_product(session, world, random))
        listings.set_available(session, {each.id: each.available for each in world.products})
    return world


def _relate(session: Any, world: World, random: Random, vendor: UUID, person: UUID) -> None:
    pair, changes = new_id(), random.randrange(4)
    news = [
        (building.linked if version % 2 else building.unlinked)(
            vendor, person, version=version, pair=pair, at=NOON + version * HOUR
        )
        for version in range(1, changes + 1)
    ]
    building.tell(session, *random.sample(news, len(news)))
    if changes % 2:
        world.listed.add((vendor, person))


def _product(session: Any, world: World, random: Random) -> Setting:
    vendor = random.choice([None, *world.standing])
    visibility = random.choice(["public", "linked"]) if vendor else "public"
    made = building.product(
        session,
        vendor,
        title=f"{world.word} {random.randrange(1000)}",
        status=random.choice(STATUSES),
        visibility=visibility,
        category_id=world.category.id,
        price={"amount": random.randrange(10_000), "currency": random.choice(["EUR", "CHF"])},
        language=random.choice(["en", "de", "xx"]),
        now=NOON + timedelta(seconds=random.randrange(10**6)),
    )
    deleted = random.random() < 0.15
    if deleted:
        products.delete(session, vendor, made.id, NOON)
    return Setting(made.id, made.slug, vendor, made.status, visibility, deleted, random.choice([0, 5]))


@pytest.fixture(scope="module")
def worlds(database: Database) -> list[World]:
    random = Random(20261120)
    return [make_world(database, random) for _ in range(WORLDS)]


def viewers(world: World) -> Iterator[tuple[UUID | None, dict[str, str]]]:
    yield None, {}
    yield from ((person, customer(person)) for person in world.customers)


def pages(client: Client, headers: dict[str, str], query: str) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    items, cursor = [], ""
    while True:
        answer = client.get(f"/products?limit=3&{query}{cursor}", headers=headers)
        assert answer.status_code == 200, answer.text
        items += answer.json["items"]
        if answer.json["next_cursor"] is None:
            return items
        cursor = f"&cursor={answer.json['next_cursor']}"


def ids(items: list[dict[str, Any]]) -> list[str]:
    return sorted(item["id"] for item in items)


def test_every_list_shows_what_the_rule_says_and_nothing_else(client: Client, worlds: list[World]) -> None:
    for world in worlds:
        everything = ",".join(str(each.id) for each in world.products)
        for viewer, headers in viewers(world):
            seen = sorted(world.seen(viewer))
            for query in (
                f"category={world.category.slug}",
                f"category={world.category.id}&sort=price",
                f"q={world.word}",
            ):
                assert ids(pages(client, headers, query)) == seen, query
            assert ids(client.get(f"/products?ids={everything}", headers=headers).json["items"]) == seen
            for vendor, slug in world.slugs.items():
                own = [each for each in seen if world.seen(viewer)[each].vendor == vendor]
                assert ids(pages(client, headers, f"vendor={slug}")) == own


def test_every_product_alone_is_as_the_rule_says(
    client: Client, inside: Callable[[str], Any], database: Database, worlds: list[World]
) -> None:
    count = 0
    for world in worlds:
        everything = ",".join(str(each.id) for each in world.products)
        for viewer, headers in viewers(world):
            of = f"&customer={viewer}" if viewer else ""
            told = {
                item["product_id"]: item
                for item in inside(f"/internal/availability?ids={everything}{of}").json["items"]
            }
            for product in world.products:
                count += 1
                sees = world.sees(viewer, product)
                reference = product.slug if count % 2 else product.id
                assert client.get(f"/products/{reference}", headers=headers).status_code == (200 if sees else 404)
                buyable = product.available if sees and product.status == "active" else 0
                assert (told[str(product.id)]["visible"], told[str(product.id)]["available"]) == (sees, buyable)
                with database.transaction() as session:
                    assert judging.judge(session, product.id, viewer).verdict.visible is sees
    assert count == WORLDS * PRODUCTS * (CUSTOMERS + 1)


def test_counts_tell_nothing_more_than_lists(client: Client, worlds: list[World]) -> None:
    for world in worlds:
        for viewer, headers in viewers(world):
            seen = world.seen(viewer).values()
            answer = client.get(f"/products?category={world.category.slug}&facets=true&limit=1", headers=headers)
            facets = answer.json["facets"]
            assert {each["slug"]: each["count"] for each in facets["categories"]}.get(world.word, 0) == len(seen)
            vendors = {each.vendor for each in seen if each.vendor}
            assert {each["id"]: each["count"] for each in facets["vendors"]} == {
                str(vendor): sum(each.vendor == vendor for each in seen) for vendor in vendors
            }
            assert sum(each["count"] for each in facets["prices"]) == len(seen)
            assert facets["in_stock"] == sum(each.status == "active" and each.available > 0 for each in seen)


def test_no_forged_cursor_leads_a_visitor_to_a_linked_product(client: Client, worlds: list[World]) -> None:
    for world in worlds[:5]:
        for product in world.products:
            moment = (NOON + timedelta(days=400)).isoformat()
            forged = base64.urlsafe_b64encode(orjson.dumps([moment, str(product.id)])).rstrip(b"=").decode()
            found = client.get(f"/products?category={world.word}&limit=100&cursor={forged}").json["items"]
            assert ids(found) == sorted(world.seen(None))


def test_another_vendor_reads_and_writes_nothing_of_it(client: Client, worlds: list[World], database: Database) -> None:
    with database.transaction() as session:
        other = building.vendor(session)
    headers = bearer("vendor", sub=str(other.user_id))
    for world in worlds[:5]:
        for product in world.products:
            at = f"/vendor/products/{product.id}"
            assert client.get(at, headers=headers).status_code == 404
            assert client.get(f"/products/{product.id}/visibility", headers=headers).status_code == 404
            assert client.patch(at, json={"title": "Mine"}, headers=headers).status_code == 403
            assert client.delete(at, headers=headers).status_code == 403
            assert client.post(f"{at}/restore", headers=headers).status_code == 403
            assert client.put(f"{at}/images", json={"images": []}, headers=headers).status_code == 403
    assert client.get("/vendor/products", headers=headers).json["items"] == []
