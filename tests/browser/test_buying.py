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


def step(vendor: Person, name: str, said: str) -> None:
    """Press the next step of the order that is open."""
    vendor.press(name)
    vendor.sees(said)


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


def ship(vendor: Person, shop: dict[str, str]) -> None:
    """Take the part step by step until it is on its way."""
    vendor.sign_in(shop["email"])
    inspect(vendor, "/vendor/orders")
    vendor.page.get_by_role("checkbox", name="Tick VND").first.check()
    step(vendor, "Accept the ticked", "is accepted.")
    vendor.page.locator("main").get_by_role("link", name="VND").first.click()
    look(vendor, "/vendor/orders/accepted")
    step(vendor, "It is packed", "can no longer cancel it.")
    vendor.fill(Carrier="DHL", Tracking_number="JD0146")
    look(vendor, "/vendor/orders/packed")
    if shown(vendor):
        picture(vendor, "vendor-order")
    step(vendor, "It is on its way", "knows how to follow it.")
    vendor.page.get_by_role("link", name="Packing slip").click()
    vendor.sees("2 things in this parcel")
    look(vendor, "/vendor/orders/slip")


def decline(vendor: Person, shop: dict[str, str]) -> None:
    """Decline the part, for a reason."""
    vendor.sign_in(shop["email"])
    vendor.open("/vendor/orders?status=pending")
    vendor.page.locator("main").get_by_role("link", name="VND").first.click()
    vendor.page.get_by_text("Decline it", exact=True).click()
    vendor.fill(Why="The glass is broken")
    look(vendor, "/vendor/orders/declining")
    step(vendor, "Decline this order", "It is declined.")


def earn(vendor: Person) -> None:
    """Say that it has arrived, and look at what it brought."""
    vendor.open("/vendor/orders?status=shipped")
    vendor.page.locator("main").get_by_role("link", name="VND").first.click()
    step(vendor, "It has arrived", "and earned.")
    for page in ("/vendor/dashboard", "/vendor/ledger", "/vendor/ledger?month=all"):
        inspect(vendor, page)
    if shown(vendor):
        picture(vendor, "ledger")


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

    first, second = (Person.at(browser, market, size, scheme=scheme) for _ in range(2))
    ship(first, shops[0])
    decline(second, shops[1])

    _until(customer, "The glass is broken", scripts=scripts)
    customer.sees("Sent with")
    customer.sees("JD0146")
    if not shown(customer):
        picture(customer, "order")
    customer.assert_nothing_sticks_out()
    inspect(watched, path)
    watched.open("/orders")
    earn(first)

    admin = Person.at(browser, market, size, scheme=scheme)
    watch_over(admin, number)
    for person in (customer, watched, first, second, admin):
        person.leave()


def _until(person: Person, text: str, *, scripts: bool) -> None:
    """Wait until the order says so: by itself, or by looking again."""
    said = person.page.locator("main").get_by_text(text)
    if not scripts:
        person.until(said, person.page.get_by_role("link", name="look again").click)
    expect(said.first).to_be_visible()
