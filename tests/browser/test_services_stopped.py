"""Each service really stopped in turn: what does not need it works, the rest says what is missing, all catches up."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from deploy.local import api, buying
from tests.browser.people import DESKTOP, NEW_PASSWORD, PASSWORD, PHONE, Market, Person
from tests.browser.test_buying import PLACE, put
from tests.browser.test_live import mails_to
from tests.eventually import eventually

pytestmark = pytest.mark.browser
WORKS, IN_PART = "works", "works in part"
MISSING = {
    "vendor": "shops, invitations and customer lists",
    "catalog": "products, categories and stock",
    "ordering": "carts and orders",
}
"""What a page says that is nothing without the service."""
PAGES: dict[str, dict[str, dict[str, str]]] = {
    "identity": {
        "visitor": {"/": WORKS, "PRODUCT": WORKS, "LINK": WORKS},
        "customer": {"/cart": WORKS, "/orders": WORKS, "/profile": IN_PART},
        "vendor": {"/vendor/dashboard": WORKS, "/vendor/customers": WORKS},
    },
    "vendor": {
        "visitor": {"/": WORKS, "PRODUCT": WORKS, "LINK": IN_PART},
        "customer": {"/cart": WORKS, "/orders": WORKS, "/vendor/apply": MISSING["vendor"]},
        "vendor": {"/vendor/products": WORKS, "/vendor/orders": WORKS, "/vendor/dashboard": IN_PART},
    },
    "catalog": {
        "visitor": {"/": IN_PART, "PRODUCT": MISSING["catalog"], "LINK": WORKS},
        "customer": {"/cart": WORKS, "/orders": WORKS},
        "vendor": {"/vendor/customers": WORKS, "/vendor/orders": WORKS, "/vendor/products": IN_PART},
    },
    "ordering": {
        "visitor": {"/": WORKS, "PRODUCT": WORKS, "/cart": IN_PART},
        "customer": {"/profile": WORKS, "/cart": IN_PART, "/orders": MISSING["ordering"]},
        "vendor": {"/vendor/customers": WORKS, "/vendor/products": WORKS, "/vendor/dashboard": IN_PART},
    },
    "notifications": {
        "visitor": {"/": WORKS},
        "customer": {"/orders": WORKS, "/notifications": IN_PART},
        "vendor": {"/vendor/dashboard": WORKS, "/vendor/customers": WORKS},
    },
}
NOT_FETCHED = ("Failed to load resource", "Response Status Error Code 50")
"""What the browser and what htmx say of it."""


@dataclass
class Street:
    """A shop with a link and a product, its owner and a customer at their windows, and the mails that are to come."""

    market: Market
    browser: Browser
    shop: dict[str, str]
    link: str
    product: dict[str, str]
    customer_email: str
    people: dict[str, Person]
    due: list[tuple[str, str]] = field(default_factory=list)

    def look_around(self, stopped: str) -> None:
        """Open the pages of everybody: none fails, and what cannot be shown is told."""
        places = {"PRODUCT": self.product["path"], "LINK": self.link}
        for who, pages in PAGES[stopped].items():
            for path, how in pages.items():
                page = self.people[who].page
                answer = page.goto(places.get(path, path))
                assert answer
                said = page.locator("main").inner_text()
                found = (
                    WORKS if answer.status == 200 else how if answer.status == 503 and how in said else answer.status
                )
                found = IN_PART if found == WORKS and "Right now we cannot show" in said else found
                assert found == how, f"without {stopped}, {path} of the {who}: {found}\n{said}"

    def register(self, name: str, said: str) -> Person:
        """Somebody comes through the link, and reads this."""
        guest = Person.at(self.browser, self.market, PHONE)
        guest.register(self.link, name)
        guest.sees(said)
        return guest

    def listed(self, name: str) -> None:
        """They are on the list, once, and the owner is to have a mail about it."""
        vendor = self.people["vendor"]
        row = vendor.page.get_by_role("row", name=name)
        vendor.until(row, lambda: vendor.open(f"/vendor/customers?q={name.replace(' ', '+')}"))
        expect(row).to_have_count(1)
        self.due.append((self.shop["email"], name))

    def order(self) -> str:
        """The customer orders on the pages; the order's number, of which mails are to come."""
        customer = self.people["customer"]
        with api.Person(self.market.address) as buyer:
            buyer.sign_in(self.customer_email, NEW_PASSWORD)
            eventually(
                lambda: buyer.put("/cart", {"items": [{"product_id": self.product["id"], "quantity": 1}]})["total"]
            )
        customer.open("/checkout")
        customer.fill(**PLACE)
        customer.page.get_by_label("Country", exact=True).select_option("GB")
        customer.press("Order for")
        number = customer.page.get_by_role("heading", level=1).inner_text()
        self.due += [(self.customer_email, f"{number} is confirmed"), (self.shop["email"], "New order")]
        return number

    def mailed(self) -> None:
        """Every mail that was due has come, and none more often than it was due."""
        for to, subject in self.due:
            eventually(lambda to=to, subject=subject: bool(mails_to(self.market, to, subject)))  # type: ignore[misc]
        assert {mail: len(mails_to(self.market, *mail)) for mail in self.due} == Counter(self.due)

    def leave(self) -> None:
        """Close the windows: their consoles complain of nothing but what was not fetched."""
        for person in self.people.values():
            person.complaints[:] = [it for it in person.complaints if not any(words in it for words in NOT_FETCHED)]
            person.leave()


@pytest.fixture
def street(browser: Browser, market: Market) -> Street:
    shop, email = market.new_vendor("Open House"), f"ada-{uuid4().hex[:8]}@mail.example"
    with api.Person(market.address) as owner, api.Person(market.address) as buyer:
        owner.sign_in(shop["email"], PASSWORD)
        product = buying.offer(owner, (f"Sun hat {uuid4().hex[:6]}", 1999, 1), 0)
        slug = owner.get(f"/vendor/products/{product}")["slug"]
        link = owner.invite(label="Street")["url"]
        buyer.register(email, NEW_PASSWORD, "Ada Byron")
    people = {who: Person.at(browser, market, DESKTOP) for who in ("visitor", "customer", "vendor")}
    people["customer"].sign_in(email, NEW_PASSWORD)
    people["vendor"].sign_in(shop["email"])
    return Street(market, browser, shop, link, {"id": product, "path": f"/products/{slug}"}, email, people)


@contextmanager
def without(market: Market, service: str) -> Iterator[None]:
    """No process of this service runs meanwhile."""
    stopped = market.running.market("stop", service, "--json")
    assert stopped.returncode == 0, stopped.stderr
    assert {it["state"] for it in json.loads(stopped.stdout)["programs"]} == {"stopped"}
    try:
        yield
    finally:
        started = market.running.market("start", service)
    assert started.returncode == 0, started.stderr


def test_each_service_is_stopped_in_turn_and_all_catches_up(market: Market, street: Street) -> None:
    customer = street.people["customer"]
    with without(market, "identity"):
        street.look_around("identity")
        early = street.register("Ida Identity", "This cannot be saved right now. Nothing is lost")
    early.fill(Password=NEW_PASSWORD)
    early.press("Join")
    early.sees("’s list")
    street.listed("Ida Identity")

    with without(market, "vendor"):
        street.look_around("vendor")
        guest = street.register("Vera Vendor", "Your account is ready")
    guest.sees(f"You are on {street.shop['name']}’s list")
    street.listed("Vera Vendor")

    with without(market, "catalog"):
        street.look_around("catalog")
        street.order()
        customer.sees("We are asking every shop’s shelf")
    customer.sees("Everything is put aside for you")

    with without(market, "ordering"):
        street.look_around("ordering")
        customer.open(street.product["path"])
        customer.press("Add to cart")
        customer.sees(MISSING["ordering"])
    put(customer, street.product, "1")

    with without(market, "notifications"):
        street.look_around("notifications")
        late = street.register("Nora Notified", f"You are on {street.shop['name']}’s list")
        street.listed("Nora Notified")
        street.order()
        customer.sees("Everything is put aside for you")
    street.mailed()
    street.people |= {"early": early, "guest": guest, "late": late}
    street.leave()
