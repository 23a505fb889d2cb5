"""Somebody comes through a link and orders from four vendors; one ships, one declines; with scripts and without."""

from __future__ import annotations

from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from deploy.local import api, buying
from tests.browser.people import ADMIN, DESKTOP, NEW_PASSWORD, PASSWORD, PHONE, Market, Person
from tests.browser.pictures import picture
from tests.browser.test_looks import inspect, look

pytestmark = pytest.mark.browser
WINDOWS = {"desktop-light": (DESKTOP, "light", True), "phone-dark": (PHONE, "dark", False)}
PLACE = {"Recipient": "Ada Byron", "Street_and_number": "12 St James’s Square", "Town_or_city": "London"}


@pytest.fixture(scope="module")
def shops(market: Market) -> list[dict[str, str]]:
    """Four vendors with something to sell each; the first sells it to those on their list alone, and has a link."""
    made = [market.new_vendor(name) for name in ("Rye & Salt", "Night Lamps", "Paper Moon", "Clay & Co")]
    for shop, goods, shipping in zip(made, buying.GOODS, buying.SHIPPING, strict=True):
        title, visibility = f"{goods[0]} {uuid4().hex[:6]}", "linked" if shop is made[0] else "public"
        with api.Person(market.address) as owner:
            owner.sign_in(shop["email"], PASSWORD)
            product = buying.offer(owner, (title, *goods[1:]), shipping, visibility)
            shop |= {"title": title, "path": f"/products/{owner.get(f'/vendor/products/{product}')['slug']}"}
            shop["link"] = owner.post("/vendors/me/invite", {"label": "Regulars"})["url"]
    return made


def put(customer: Person, shop: dict[str, str], quantity: str = "2") -> None:
    """Put what a shop sells into the cart, on its page."""
    customer.open(shop["path"])
    customer.fill(Quantity=quantity)
    customer.press("Add to cart")
    customer.sees("It is in your cart.")


def shown(person: Person) -> bool:
    """Only one window's pictures are kept."""
    return person.page.viewport_size == {"width": DESKTOP[0], "height": DESKTOP[1]}


def join(customer: Person, shop: dict[str, str]) -> str:
    """Come through the link of a shop, and see from then on what is for its customers alone; the e-mail."""
    customer.open(shop["path"])
    customer.sees("There is no such product")
    customer.complaints[:] = [it for it in customer.complaints if "status of 404" not in it]
    email = customer.register(shop["link"], "Ada Byron")
    customer.sees(shop["name"])
    customer.until(customer.page.get_by_role("heading", name=shop["title"]), lambda: customer.open(shop["path"]))
    customer.complaints[:] = [it for it in customer.complaints if "status of 404" not in it]
    return email


def buy(customer: Person, watched: Person, shops: list[dict[str, str]]) -> str:
    """Fill the cart as somebody who is nobody yet, join through a link, and order; the order's number."""
    linked, *others = shops
    for shop in others:
        put(customer, shop)
    email = join(customer, linked)
    put(customer, linked)
    watched.sign_in(email, NEW_PASSWORD)
    for path in ("/cart", "/checkout", "/orders"):
        inspect(watched, path)
    customer.open("/cart")
    customer.page.get_by_role("link", name="To checkout").click()
    for shop in shops:
        customer.sees(shop["name"])
    customer.fill(**PLACE)
    customer.page.get_by_label("Country", exact=True).select_option("GB")
    customer.press("Order for")
    return customer.page.get_by_role("heading", level=1).inner_text()


def take(market: Market, shop: dict[str, str], *steps: str) -> None:
    """Take a shop's part these steps further, by the API: how it is done on the pages is walked elsewhere."""
    sent = {"carrier": "DHL", "tracking_number": "JD0146"}
    with api.Person(market.address) as owner:
        owner.sign_in(shop["email"], PASSWORD)
        part = owner.get("/vendor/orders?limit=1")["items"][0]
        for step in steps:
            owner.post(f"/vendor/orders/{part['id']}/{step}", sent if step == "ship" else None)


def decline(vendor: Person, shop: dict[str, str]) -> None:
    """Decline the part, for a reason."""
    vendor.sign_in(shop["email"])
    vendor.open("/vendor/orders?status=pending")
    vendor.page.locator("main").get_by_role("link", name="VND").first.click()
    vendor.page.get_by_text("Decline it", exact=True).click()
    vendor.fill(Why="The glass is broken")
    look(vendor, "/vendor/orders/declining")
    vendor.press("Decline this order")
    vendor.sees("It is declined.")


def watch_over(admin: Person, number: str) -> None:
    """See the order and how it came to be so, and all that an admin sees of orders."""
    admin.sign_in(ADMIN)
    for page in ("/admin/statistics", "/admin/payouts", "/admin/discounts", f"/admin/orders?q={number}"):
        inspect(admin, page)
    admin.page.get_by_role("link", name=number).click()
    admin.sees("How it came to be so")
    look(admin, "/admin/orders/one")
    if shown(admin):
        picture(admin, "statistics", "/admin/statistics")


@pytest.mark.parametrize(("size", "scheme", "scripts"), WINDOWS.values(), ids=WINDOWS)
def test_one_order_of_four_vendors(
    browser: Browser, market: Market, shops: list[dict[str, str]], size: tuple[int, int], scheme: str, scripts: bool
) -> None:
    customer = Person.at(browser, market, size, scheme=scheme, scripts=scripts)
    watched = Person.at(browser, market, size, scheme=scheme)
    number = buy(customer, watched, shops)
    path = customer.page.url.removeprefix(market.address)
    _until(customer, "Everything is put aside for you", scripts=scripts)
    inspect(watched, path)
    watched.open("/orders")

    take(market, shops[0], "accept", "pack", "ship")
    second = Person.at(browser, market, size, scheme=scheme)
    decline(second, shops[1])

    _until(customer, "The glass is broken", scripts=scripts)
    customer.sees("Sent with")
    customer.sees("JD0146")
    if not shown(customer):
        picture(customer, "order")
    customer.assert_nothing_sticks_out()
    inspect(watched, path)
    watched.open("/orders")
    take(market, shops[0], "deliver")

    admin = Person.at(browser, market, size, scheme=scheme)
    watch_over(admin, number)
    for person in (customer, watched, second, admin):
        person.leave()


def _until(person: Person, text: str, *, scripts: bool) -> None:
    """Wait until the order says so: by itself, or by looking again."""
    said = person.page.locator("main").get_by_text(text)
    if not scripts:
        person.until(said, person.page.get_by_role("link", name="look again").click)
    expect(said.first).to_be_visible()
