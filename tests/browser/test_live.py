"""An open page hears of what happens: the dashboard, the order, lists, the bell; and all works without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from deploy.local.api import Person as Client
from deploy.local.buying import ADDRESS, GOODS, offer
from tests.browser.people import ADMIN, DESKTOP, PASSWORD, PHONE, Market, Person
from tests.browser.test_journey import make_link
from tests.browser.test_looks import inspect, inspect_everywhere, look_everywhere
from tests.eventually import eventually

pytestmark = pytest.mark.browser
SECONDS = 20_000
"""How long a page may take, on a busy machine, to show what happened elsewhere; asking alone would take thirty."""
STREAM = "**/api/notifications/stream"


@pytest.fixture(scope="module")
def vendor_live(market: Market) -> dict[str, str]:
    """A vendor of this module's own, so that nobody else's customers ring their bell."""
    return market.new_vendor("Live Vendor")


@pytest.fixture
def vendor(browser: Browser, market: Market, vendor_live: dict[str, str]) -> Iterator[Person]:
    person = Person.at(browser, market, DESKTOP)
    person.sign_in(vendor_live["email"])
    yield person
    person.leave()


def is_told(page: Page) -> None:
    """Wait until the page's stream is open."""
    expect(page.locator("html[data-live]")).to_be_attached()


def registered(market: Market, link: str, name: str) -> str:
    """Register through a link by the API; the e-mail that was used."""
    email = f"{name.split()[0].lower()}-{link[-8:].lower()}@mail.example".replace("_", "x").replace("-@", "@")
    with Client(market.address) as client:
        client.register(email, PASSWORD, name, link.partition("token=")[2])
    return email


def ordered(buyer: Client, product: str, amount: int | None = None) -> dict[str, Any]:
    """Order one of a product, by the API, once the cart is of this amount; the order once it is decided."""

    def filled() -> dict[str, Any]:
        cart = buyer.put("/cart", {"items": [{"product_id": product, "quantity": 1}]})
        assert cart["total"]
        assert amount in {None, cart["total"]["amount"]}
        return cart

    def decided() -> dict[str, Any]:
        order = buyer.get(f"/orders/{placed['id']}")
        assert order["status"] == "confirmed"
        return order

    cart = eventually(filled)
    body = {"shipping_address": ADDRESS, "total": cart["total"], "cart_version": cart["version"]}
    placed = buyer.post("/orders", body, key=uuid4().hex)
    return eventually(decided)


def unread(page: Page) -> int:
    text = page.locator("#unread > span").first.text_content() or "0"
    return int(text)


def test_the_dashboard_shows_a_new_customer_at_once_with_a_toast_and_rings_the_bell(
    market: Market, vendor: Person
) -> None:
    link = make_link(vendor, "Live dashboard")
    vendor.open("/vendor/dashboard")
    is_told(vendor.page)
    before = unread(vendor.page)
    registered(market, link, "Lina Live")
    expect(vendor.page.locator("main").get_by_text("Lina Live")).to_be_visible(timeout=SECONDS)
    toast = vendor.page.get_by_role("status").get_by_role("link", name="Lina Live")
    expect(toast).to_be_visible(timeout=SECONDS)
    expect(vendor.page.locator("#unread > span").first).to_have_text(str(before + 1))
    toast.focus()  # it stays as long as somebody is at it
    look_everywhere(vendor, "/vendor/dashboard?toast")
    toast.click()
    expect(vendor.page).to_have_url(re.compile("/vendor/customers$"))
    assert unread(vendor.page) == before


def test_the_customer_list_and_the_notifications_grow_while_they_are_open(
    browser: Browser, market: Market, vendor: Person, vendor_live: dict[str, str]
) -> None:
    link = make_link(vendor, "Live lists")
    vendor.open("/vendor/customers")
    other = Person(market, vendor.page.context.new_page())
    other.open("/notifications")
    for page in (vendor.page, other.page):
        is_told(page)
    registered(market, link, "Lars Listed")
    expect(vendor.page.locator("#list").get_by_role("row", name="Lars Listed")).to_be_visible(timeout=SECONDS)
    expect(other.page.locator("#notices").get_by_role("link", name="Lars Listed")).to_be_visible(timeout=SECONDS)
    other.page.get_by_role("button", name=re.compile("Mark as read.*Lars Listed")).first.click()
    expect(other.page.locator("li.unread", has_text="Lars Listed")).to_have_count(0)


def test_a_list_that_is_searched_or_used_is_not_pulled_away(market: Market, vendor: Person) -> None:
    link = make_link(vendor, "Live search")
    registered(market, link, "Sara Searched")
    remove = vendor.page.get_by_role("button", name="Remove Sara Searched")
    vendor.until(remove, lambda: vendor.open("/vendor/customers?q=sara"))
    remove.first.click()
    dialog = vendor.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    is_told(vendor.page)
    registered(market, link, "Tim Toocurious")
    expect(vendor.page.get_by_role("status").get_by_role("link", name="Tim Toocurious")).to_be_visible(timeout=SECONDS)
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Keep").click()
    expect(vendor.page.locator("#list").get_by_role("row", name="Sara Searched")).to_be_visible()
    expect(vendor.page.locator("#list").get_by_role("row", name="Tim Toocurious")).to_have_count(0)


def test_the_order_page_moves_as_the_vendor_ships_and_the_vendors_list_as_orders_come(
    browser: Browser, market: Market, vendor: Person, vendor_live: dict[str, str]
) -> None:
    link = make_link(vendor, "Live orders")
    email = registered(market, link, "Olga Orders")
    with Client(market.address) as seller, Client(market.address) as buyer:
        seller.sign_in(vendor_live["email"], PASSWORD)
        buyer.sign_in(email, PASSWORD)
        product = offer(seller, GOODS[0], 0)
        vendor.open("/vendor/orders")
        is_told(vendor.page)
        customer = Person.at(browser, market, PHONE)
        customer.sign_in(email)
        order = ordered(buyer, product)
        expect(vendor.page.locator("#list").get_by_role("link", name="VND-").first).to_be_visible(timeout=SECONDS)
        with customer.page.expect_request(f"**/orders/{order['id']}/live?*", timeout=SECONDS):
            customer.open(f"/orders/{order['id']}")
        is_told(customer.page)
        part = f"/vendor/orders/{order['vendor_orders'][0]['id']}"
        for step, body in (("accept", None), ("pack", None), ("ship", {"carrier": "DHL", "tracking_number": "JD0146"})):
            seller.post(f"{part}/{step}", body)
        expect(customer.page.locator("main").get_by_text("JD0146").first).to_be_visible(timeout=SECONDS)
        customer.leave()


def test_without_a_stream_pages_go_on_asking(market: Market, vendor: Person) -> None:
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503, headers={"Retry-After": "15"})

    vendor.page.route(STREAM, refuse)
    link = make_link(vendor, "Polled")
    vendor.open("/vendor/dashboard")
    expect(vendor.page.locator("html[data-live]")).to_have_count(0)
    registered(market, link, "Paula Polled")
    expect(vendor.page.locator("main").get_by_text("Paula Polled")).to_be_visible(timeout=SECONDS)
    expect(vendor.page.locator("#unread")).to_be_visible()
    assert asked
    assert all("503" in complaint for complaint in vendor.complaints), vendor.complaints
    vendor.complaints.clear()


def test_notifications_work_without_scripts(
    browser: Browser, market: Market, vendor: Person, vendor_live: dict[str, str]
) -> None:
    link = make_link(vendor, "Plain")
    registered(market, link, "Pia Plain")
    plain = Person.at(browser, market, PHONE, scripts=False)
    plain.sign_in(vendor_live["email"])

    def told() -> None:
        plain.open("/notifications")
        assert plain.page.get_by_text("Pia Plain").count()

    eventually(told)
    plain.page.get_by_role("button", name="Mark all as read").click()
    plain.sees("Everything is marked as read.")
    expect(plain.page.locator("li.unread")).to_have_count(0)
    plain.open("/notifications/preferences")
    box = plain.page.get_by_role("group", name="A customer joins your list").get_by_label("By e-mail")
    box.uncheck()
    plain.press("Save")
    plain.sees("Your choice is saved.")
    expect(box).not_to_be_checked()
    box.check()
    plain.press("Save")
    plain.leave()


def test_every_page_of_notifications_looks_well(
    browser: Browser, market: Market, vendor: Person, vendor_live: dict[str, str]
) -> None:
    for path in ("/notifications", "/notifications/preferences"):
        inspect_everywhere(vendor, path)
    admin = Person.at(browser, market, DESKTOP)
    admin.sign_in(ADMIN)
    inspect(admin, "/admin/deliveries")
    inspect_everywhere(admin, "/admin/deliveries?state=sent")
    inspect(admin, "/admin/deliveries/templates")
    inspect_everywhere(admin, "/admin/deliveries/templates/part_shipped")
    mail = admin.page.frame_locator("iframe").get_by_role("link", name="Follow")
    expect(mail).to_have_css("display", "inline-block")
    admin.leave()


def test_the_link_in_a_mail_switches_it_off_without_signing_in(
    browser: Browser, market: Market, vendor: Person, vendor_live: dict[str, str]
) -> None:
    registered(market, make_link(vendor, "Mailed"), "Milo Mailed")
    mail = eventually(lambda: mails_to(market, vendor_live["email"], "Milo Mailed")[0])
    where = re.search(r"http\S+/notifications/unsubscribe\?token=\S+", mail["text"])
    assert where, mail["text"]
    reader = Person.at(browser, market, PHONE, scripts=False)
    reader.open(where[0])
    reader.sees("A customer joins your list")
    reader.press("No more of these")
    reader.sees("It is switched off")
    reader.leave()
    looker = Person.at(browser, market, PHONE)
    inspect_everywhere(looker, where[0].removeprefix(market.address))
    looker.leave()
    vendor.open("/notifications/preferences")
    box = vendor.page.get_by_role("group", name="A customer joins your list").get_by_label("By e-mail")
    expect(box).not_to_be_checked()
    box.check()
    vendor.press("Save")


def mails_to(market: Market, to: str, subject: str) -> list[dict[str, Any]]:
    """The mails to somebody that have this in their subjects, whole."""
    with httpx.Client(base_url=f"{market.running.state()['mailbox']}/api", trust_env=False) as mailbox:
        found = mailbox.get("/mails", params={"to": to, "limit": 100}).json()["items"]
        return [mailbox.get(f"/mails/{it['id']}").json() for it in found if subject in it["subject"]]


def test_a_page_that_nobody_sees_listens_to_nothing_and_catches_up(market: Market, vendor: Person) -> None:
    link = make_link(vendor, "Hidden")
    vendor.open("/vendor/dashboard")
    is_told(vendor.page)
    turn(vendor.page, hidden=True)
    expect(vendor.page.locator("html[data-live]")).to_have_count(0)
    registered(market, link, "Hanna Hidden")
    expect(vendor.page.locator("main").get_by_text("Hanna Hidden")).to_have_count(0)
    turn(vendor.page, hidden=False)
    is_told(vendor.page)
    expect(vendor.page.locator("main").get_by_text("Hanna Hidden")).to_be_visible(timeout=SECONDS)


def turn(page: Page, *, hidden: bool) -> None:
    """Put the page's tab behind another, or before it."""
    page.evaluate(
        "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        hidden,
    )
