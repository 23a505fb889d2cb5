"""Every page in German and within its budget: nothing sticks out, nothing that axe-core finds, none too heavy."""

from __future__ import annotations

import os
from dataclasses import dataclass
from statistics import median
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from deploy.local import api, buying
from tests.browser.people import ADMIN, DESKTOP, NEW_PASSWORD, PASSWORD, PHONE, SIZES, Market, Person
from tests.browser.test_looks import LARGEST_PAGE, look
from tests.eventually import eventually

pytestmark = pytest.mark.browser
EVERYWHERE = bool(os.environ.get("MARKET_EVERY_LOOK"))
"""Whether axe-core looks at every page at both sizes in both schemes, instead of at every third in one of the four."""
LOOKS = [(PHONE, "dark"), (DESKTOP, "light"), (PHONE, "light"), (DESKTOP, "dark")]
WEIGHT = """
    [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
        .filter((it) => ["navigation", "link", "script", "css"].includes(it.initiatorType))
        .reduce((sum, it) => sum + it.encodedBodySize, 0)
"""
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


@dataclass(frozen=True)
class Filled:
    """A market in which something was sold: who did what, and what the pages about it are."""

    vendor: str
    customer: str
    slug: str
    product: str
    order: str
    part: str


@pytest.fixture(scope="module")
def filled(market: Market) -> Filled:
    """A vendor with a product, a link and an order that a customer of theirs placed."""
    vendor, email = market.new_vendor("Sommerfrische"), f"grete-{uuid4().hex[:8]}@mail.example"
    with api.Person(market.address) as owner, api.Person(market.address) as buyer:
        owner.sign_in(vendor["email"], PASSWORD)
        product = buying.offer(owner, (f"Holunderblütensirup {uuid4().hex[:6]}", 1099, 1), 499)
        link = owner.invite(label="Wochenmarkt", max_uses=20)
        buyer.register(email, NEW_PASSWORD, "Grete Hermann", link["token"])
        buyer.sign_in(email, NEW_PASSWORD)
        cart = eventually(lambda: cart_of(buyer, product))
        body = {"shipping_address": buying.ADDRESS, "total": cart["total"], "cart_version": cart["version"]}
        placed = buyer.post("/orders", body, key=str(uuid4()))
        part = eventually(lambda: buyer.get(f"/orders/{placed['id']}")["vendor_orders"][0])
        buyer.put(f"/cart/items/{product}", {"quantity": 1})
        slug = owner.get(f"/vendor/products/{product}")["slug"]
    return Filled(vendor["email"], email, slug, product, placed["id"], part["id"])


def cart_of(buyer: api.Person, product: str) -> dict[str, Any]:
    """The cart with two of it, once ordering knows the product."""
    cart = buyer.put(f"/cart/items/{product}", {"quantity": 2})
    assert cart["total"]
    return cart


def pages(it: Filled) -> dict[str, tuple[str, list[str]]]:
    """The pages for each kind of visitor, with whom to sign in as."""
    mine = f"/vendor/products/{it.product}"
    return {
        "anyone": ("", ["/", "/login", "/register", "/register?token=x", "/search", "/search?q=sirup", "/cart",
                        "/password/forgot", "/password/reset?code=x", f"/products/{it.slug}", "/nothing"]),
        "customer": (it.customer, ["/", "/profile", "/profile/addresses", "/vendor/apply", "/vendor/documents", "/cart",
                                   "/checkout", "/orders", f"/orders/{it.order}", "/admin/vendors",
                                   "/notifications", "/notifications/preferences"]),
        "vendor": (it.vendor, ["/vendor/dashboard", "/vendor/profile", "/vendor/orders", f"/vendor/orders/{it.part}",
                               f"/vendor/orders/{it.part}/slip", "/vendor/ledger", "/vendor/invites",
                               "/vendor/customers", "/vendor/products", "/vendor/products/create",
                               f"{mine}/edit", f"{mine}/stock",
                               "/vendor/products/import"]),
        "admin": (ADMIN, ["/admin/vendors", "/admin/vendors/applications?status=all", "/admin/orders",
                          f"/admin/orders/{it.order}", "/admin/statistics", "/admin/payouts", "/admin/discounts",
                          "/admin/products", "/admin/categories", "/admin/mappings",
                          f"/admin/mappings?customer={it.customer}", "/admin/events", "/admin/deliveries",
                          "/admin/deliveries/templates", "/admin/deliveries/templates/part_shipped"]),
    }  # fmt: skip


def in_german(browser: Browser, market: Market, email: str) -> Person:
    """Somebody who reads German on this device; nobody's account is changed, since other tests use them too."""
    person = Person.at(browser, market, DESKTOP)
    if email:
        person.sign_in(email, NEW_PASSWORD if email.startswith("grete-") else PASSWORD)
        person.page.context.add_cookies([{"name": "language", "value": "de", "url": market.address}])
        person.open("/profile")
    else:
        person.open("/login")
        person.page.get_by_role("button", name="Deutsch").click()
    person.page.wait_for_selector("html[lang=de]")
    return person


@pytest.mark.parametrize("role", ["anyone", "customer", "vendor", "admin"])
def test_every_page_in_german_fits_and_is_light(
    browser: Browser, market: Market, filled: Filled, role: str, capsys: pytest.CaptureFixture[str]
) -> None:
    email, paths = pages(filled)[role]
    person, painted = in_german(browser, market, email), dict[str, float]()
    for place, path in enumerate(paths):
        person.open(path)
        person.complaints[:] = [it for it in person.complaints if "status of 40" not in it]
        assert person.page.evaluate("document.documentElement.lang") == "de"
        assert person.page.evaluate(WEIGHT) <= LARGEST_PAGE, path
        painted[path] = person.page.evaluate(FIRST_PAINT)
        for width, height in (*SIZES.values(), (320, 640)):
            person.page.set_viewport_size({"width": width, "height": height})
            person.assert_nothing_sticks_out()
        for size, scheme in LOOKS if EVERYWHERE else LOOKS[place // 3 % 4 : place // 3 % 4 + (place % 3 == 0)]:
            person.page.set_viewport_size({"width": size[0], "height": size[1]})
            person.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            look(person, f"de/{path}")
    person.leave()
    with capsys.disabled():
        usual, slowest = median(painted.values()), max(painted, key=lambda path: painted[path])
        print(f"\n{role}: first paint {usual:.0f} ms, at most {painted[slowest]:.0f} ms ({slowest})")  # noqa: T201
