"""A market with something on every page, and the addresses of all of its pages for each kind of visitor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask

from gateway.web.tests import test_admin
from gateway.web.tests.conftest import Breakable, Visitor
from gateway.web.tests.stand_in import SENTENCES, World
from gateway.web.tests.test_ordering import PLACE, offered

OWNER, CUSTOMER, ADMIN = "luca@x.example", "ada@x.example", "grace@x.example"


@dataclass(frozen=True)
class FullMarket:
    """The visitors, and the pages that are meant for each."""

    visitors: dict[str, Visitor]
    pages: dict[str, tuple[str, ...]]


def fill(app: Flask, world: World, ways: dict[str, Breakable], language: str = "en") -> FullMarket:
    """Put something of everything into the stand-ins, and sign in everybody, who read that language."""
    owner = world.user("Luca Moretti", OWNER, "vendor")
    shop = world.shops.open(owner, **world.vendor)
    customer = world.user("Ada Byron", CUSTOMER)
    customer["addresses"].append({**PLACE, "id": "0190a000-0000-7000-8000-000000000001", "is_default": True})
    world.user("Grace Hopper", ADMIN, "admin")
    ids = {**_shops(world, shop), **_goods(world, owner), **_orders(world, customer), "shop": shop["id"]}
    _links(world, customer)
    test_admin._answer(ways["vendor"].inner.app, world)  # type: ignore[arg-type]
    for user in world.users.values():
        user["locale"] = language
    people = {"vendor": OWNER, "customer": CUSTOMER, "admin": ADMIN}
    visitors = {role: Visitor(app.test_client()).sign_in(email) for role, email in people.items()}
    return FullMarket({"anyone": Visitor(app.test_client()), **visitors}, _pages(ids))


def _shops(world: World, shop: dict[str, Any]) -> dict[str, str]:
    applicant = world.user("Mina Harker", "mina@x.example")
    application = world.shops.apply(applicant, business_name="Mina’s Books", description="Libri e carta")
    world.shops.act(applicant, "application.submitted")
    world.shops.act(
        applicant, "commission.changed", shop["id"], before={"commission_bps": 1000}, after={"commission_bps": 825}
    )
    return {"application": application["id"]}


def _goods(world: World, owner: dict[str, Any]) -> dict[str, str]:
    bakery = world.goods.category("Pane")
    bread = offered(world, "Ciabatta", 450, "Luca’s Bakery", available=3)
    seller = {"id": "0190a000-0000-7000-8000-00000000000a", "name": "Luca’s Bakery", "slug": "lucas-bakery"}
    world.goods.products[0] |= {"category_id": bakery["id"], "vendor_id": seller["id"], "vendor": seller}
    world.goods.move(world.goods.products[0], "receipt", 3, "Lieferung")
    job = world.goods.job("ready", checked=3, create=1, update=1, faulty=1)
    return {"product": bread["product_id"], "slug": bread["slug"], "category": bakery["id"], "job": job["id"]}


def _orders(world: World, customer: dict[str, Any]) -> dict[str, str]:
    book = offered(world, "Vecchio libro", 1999, "Mina’s Books")
    for it in (*world.orders.products.values(),):
        world.orders.put(customer["id"], {it["product_id"]: 2})
    order = world.orders.place(customer, {**PLACE, "phone": "+44 20 7946 0000"})
    world.orders.confirm(order)
    mine = next(it for it in order["vendor_orders"] if it["vendor_name"] == "Luca’s Bakery")
    world.orders.step(mine, "accepted", "vendor")
    world.orders.put(customer["id"], {book["product_id"]: 1})
    return {"order": order["id"], "part": mine["id"]}


def _links(world: World, customer: dict[str, Any]) -> None:
    link = world.link("a-good-one", label="Mercato", max_uses=20)
    world.link("an-old-one", reason="expired", revoked_at="2026-11-01T08:00:00Z")
    world.judge(link["token"], customer)
    world.judge("nobody-made-this", customer)
    refusal = {"customer_name": "Otto", "at": link["created_at"], "reason": "exhausted", "invite_label": "Mercato"}
    world.refusals.append({**refusal, "sentence": SENTENCES["exhausted"]})


PAGES = {
    "anyone": """
        / /login /register /register?token=a-good-one /register?token=an-old-one /search /search?q=xyz /cart
        /password/forgot /password/reset?code=x /products/{slug} /categories/pane /vendor/store/lucas-bakery /nothing
    """,
    "customer": """
        / /profile /profile/addresses /welcome /vendor/apply /vendor/documents /cart /checkout /orders /orders/{order}
        /register?token=a-good-one /admin/vendors
    """,
    "vendor": """
        /vendor/dashboard /vendor/profile /vendor/orders /vendor/orders/{part} /vendor/orders/{part}/slip /vendor/ledger
        /vendor/customers /vendor/invites /vendor/products /vendor/products/create /vendor/products/{product}/edit
        /vendor/products/{product}/stock /vendor/products/import /vendor/products/import/{job} /vendor/documents
        /profile
    """,
    "admin": """
        /admin/vendors /admin/vendors/{shop} /admin/vendors/applications?status=all
        /admin/vendors/applications/{application} /admin/orders /admin/orders/{order} /admin/statistics /admin/payouts
        /admin/discounts /admin/products /admin/categories /admin/categories/{category} /admin/mappings
        /admin/mappings?customer=ada /admin/events /admin/events/{event}
        /admin/deliveries /admin/deliveries/templates /admin/deliveries/templates/part_shipped
    """,
}


def _pages(ids: dict[str, str]) -> dict[str, tuple[str, ...]]:
    event = test_admin.EVENT
    return {who: tuple(pages.format(**ids, event=event).split()) for who, pages in PAGES.items()}
