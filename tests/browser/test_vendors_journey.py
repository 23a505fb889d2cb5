"""The vendor's journey in one walk: apply, be declined, be approved, stock the shop, send an order, be paid."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from deploy.local.api import Person as Client
from tests.browser import files
from tests.browser.people import ADMIN, DESKTOP, NEW_PASSWORD, PASSWORD, PHONE, Market, Person
from tests.browser.pictures import picture
from tests.browser.test_becoming_a_vendor import ABOUT, begin, find, leave_with_refusals
from tests.browser.test_live import ordered
from tests.browser.test_looks import inspect
from tests.browser.test_products import PATH, bring, sheet

pytestmark = pytest.mark.browser
WINDOWS = {"desktop": (DESKTOP, "light", True), "phone-no-scripts": (PHONE, "dark", False)}


def apply(vendor: Person, business: str) -> None:
    """Fill the form in and send it, first with half an address."""
    vendor.open("/profile")
    vendor.page.get_by_role("link", name="Convert to Business Account").click()
    vendor.fill(Business_name=business, What_do_you_sell=ABOUT, Website="https://bakery.example", Phone="+39 011 55")
    vendor.fill(Street_and_number="Via Roma 12")
    vendor.press("Send the application")
    vendor.sees("Enter a town or city as well")
    vendor.page.get_by_label("Town or city").fill("Turin")
    vendor.page.get_by_label("Country", exact=True).select_option("IT")
    vendor.press("Send the application")
    vendor.sees("Your application is in.")


def add_document(vendor: Person) -> None:
    """Try with something that is no document, then with one."""
    vendor.page.get_by_label("Choose documents").set_input_files([files.disguised()])
    vendor.press("Send")
    vendor.sees("passport.pdf: Send a PDF")
    vendor.page.get_by_label("Choose documents").set_input_files([files.document()])
    vendor.press("Send")
    vendor.sees("Your document is kept.")
    vendor.sees("Trade licence.pdf")
    vendor.page.get_by_role("link", name="Done").click()
    vendor.sees("Waiting for review")
    vendor.assert_nothing_sticks_out()


def reject(admin: Person, reason: str) -> None:
    """Reject the application that is open, at first without a reason."""
    admin.page.get_by_text("Reject, and say why").click()
    admin.page.get_by_label("Reason").fill(" ")
    admin.press("Reject")
    admin.sees("Enter a reason.")
    admin.page.get_by_label("Reason").fill(reason)
    admin.press("Reject")
    admin.sees("They will read your reason.")


def read_and_decline(admin: Person, vendor: Person, business: str, size: tuple[int, int]) -> None:
    """The admin reads what was sent, document too, and declines; the applicant reads why."""
    find(admin, business)
    if size == DESKTOP:
        picture(admin, "application", admin.page.url)
    with admin.page.expect_download() as opened:
        admin.page.get_by_role("link", name="Open Trade licence.pdf").click()
    assert opened.value.path().read_bytes() == files.PDF
    reject(admin, "The licence has run out. Send the new one, please.")
    vendor.open("/profile")
    vendor.sees("The licence has run out.")


def apply_again(vendor: Person, business: str, size: tuple[int, int]) -> None:
    """Send it once more; what was written is still there."""
    vendor.page.get_by_role("link", name="Apply again").click()
    if size == DESKTOP:
        picture(vendor, "apply", "/vendor/apply")
    expect(vendor.page.get_by_label("Business name")).to_have_value(business)
    vendor.press("Send the application")
    vendor.sees("Your application is in.")


def approve(admin: Person, business: str) -> None:
    """Approve, at a rate of its own."""
    find(admin, business)
    admin.sees("Their other applications")
    admin.fill(Commission="12.5")
    admin.press("Approve")
    admin.sees("They are a vendor from now on.")
    admin.assert_nothing_sticks_out()


def arrive(vendor: Person, business: str, size: tuple[int, int]) -> None:
    """Go to the dashboard, which knows the role as soon as identity does."""
    vendor.open("/profile")
    vendor.sees(f"Congratulations, {business} is open!")
    if size == PHONE:
        picture(vendor, "business-account", "/profile")
    vendor.page.get_by_role("link", name="Go to your dashboard").click()
    vendor.until(vendor.page.get_by_role("link", name="Share a link"), lambda: vendor.open("/vendor/dashboard"))
    expect(vendor.page.get_by_role("heading", name=business)).to_be_visible()
    vendor.assert_nothing_sticks_out()
    vendor.page.get_by_role("link", name="Shop", exact=True).click()
    vendor.sees("Commission 12.5%")


def make(vendor: Person, title: str) -> str:
    """Make a product with a price, stock and a picture, and take a few of it away; its id."""
    vendor.open(PATH)
    vendor.until(vendor.page.get_by_role("link", name="Add a product").first, lambda: vendor.open(PATH))
    vendor.page.get_by_role("link", name="Add a product").first.click()
    vendor.fill(Title=title, Description="Turned from *one* piece.", Price="dear", In_stock="12")
    vendor.page.get_by_label("Your number").fill(title.replace(" ", "-"))
    vendor.page.get_by_label("On sale").check()
    vendor.press("Keep it")
    vendor.sees("Enter an amount, like 12.50.")
    vendor.fill(Price="24,90")
    vendor.press("Keep it")
    vendor.sees("The product is kept.")
    product = vendor.page.url.partition(f"{PATH}/")[2].partition("/")[0]
    vendor.page.get_by_label("Add pictures", exact=True).set_input_files([files.logo()])
    vendor.page.get_by_label("What is to be seen", exact=True).fill("A loaf before the sun")
    vendor.page.get_by_role("button", name="Add", exact=True).click()
    vendor.sees("Your picture is shown.")
    vendor.page.get_by_role("link", name="Stock: 12").click()
    vendor.page.get_by_label("There are fewer").check()
    vendor.fill(How_many="3", Why="Mice")
    vendor.press("Change the stock")
    vendor.sees("Mice")
    vendor.assert_nothing_sticks_out()
    return product


def import_file(vendor: Person, title: str) -> None:
    """Bring a file that changes the product, adds one, and has a row that is wrong."""
    sku = title.replace(" ", "-")
    rows = f"{sku},,,,19.50,EUR,,,", f"{sku}-2,{title} two,,,7,EUR,3,active,public", "bad,,,,dear,EUR,,,"
    bring(vendor, sheet(*rows), 2)
    vendor.sees("Column E (price)")
    vendor.assert_nothing_sticks_out()


def looked_for(visitor: Person, title: str) -> None:
    """Somebody who is nobody finds it, with its new price and its picture."""
    visitor.open(f"/search?q={title.replace(' ', '+')}")
    expect(visitor.page.locator(".wares").get_by_text("€19.50")).to_be_visible()
    visitor.page.get_by_role("link", name=title, exact=True).click()
    expect(visitor.page.get_by_role("img", name="A loaf before the sun")).to_be_visible()
    visitor.sees("In stock")
    expect(visitor.page.get_by_role("button", name="Add to cart")).to_be_visible()
    visitor.assert_nothing_sticks_out()


def step(vendor: Person, name: str, said: str) -> None:
    """Press the next step of the order that is open."""
    vendor.press(name)
    vendor.sees(said)


def look(vendor: Person, eyes: Person) -> None:
    """Let axe-core look at the page that is open, in a window of the same vendor that has scripts."""
    inspect(eyes, vendor.page.url.removeprefix(vendor.market.address))


def ship(vendor: Person, eyes: Person, size: tuple[int, int]) -> None:
    """Take the one order step by step until it is on its way."""
    vendor.open("/vendor/orders")
    look(vendor, eyes)
    vendor.page.get_by_role("checkbox", name="Tick VND").first.check()
    step(vendor, "Accept the ticked", "is accepted.")
    vendor.page.locator("main").get_by_role("link", name="VND").first.click()
    look(vendor, eyes)
    step(vendor, "It is packed", "can no longer cancel it.")
    look(vendor, eyes)
    vendor.fill(Carrier="DHL", Tracking_number="JD0146")
    if size == DESKTOP:
        picture(vendor, "vendor-order")
    step(vendor, "It is on its way", "knows how to follow it.")
    part = vendor.page.url
    vendor.page.get_by_role("link", name="Packing slip").click()
    vendor.sees("1 thing in this parcel")
    look(vendor, eyes)
    vendor.open(part)


def earn(vendor: Person, eyes: Person, earned: str, size: tuple[int, int]) -> None:
    """Say that it has arrived, and find what it brought on the dashboard and in the statement."""
    step(vendor, "It has arrived", "and earned.")
    vendor.open("/vendor/dashboard")
    vendor.sees("€19.50")
    look(vendor, eyes)
    for path in ("/vendor/ledger", "/vendor/ledger?month=all"):
        vendor.open(path)
        vendor.sees(earned)
        look(vendor, eyes)
    if size == DESKTOP:
        picture(vendor, "ledger", "/vendor/ledger")


def order(buyer: Client, product: str) -> dict[str, Any]:
    """Somebody orders one by the API, at its new price; the order once it is confirmed."""
    email = f"buyer-{uuid4().hex[:8]}@mail.example"
    buyer.register(email, PASSWORD, "Grace Hopper")
    buyer.sign_in(email, PASSWORD)
    return ordered(buyer, product, 1950)


@pytest.mark.parametrize(("size", "scheme", "scripts"), WINDOWS.values(), ids=WINDOWS)
def test_a_customer_becomes_a_vendor_and_is_paid_for_an_order(
    browser: Browser, market: Market, size: tuple[int, int], scheme: str, scripts: bool
) -> None:
    run = uuid4().hex[:6]
    business, title = f"Forno Rossi {run}", f"Cedar bowl {run}"
    vendor, admin, visitor = (Person.at(browser, market, size, scheme=scheme, scripts=scripts) for _ in range(3))
    eyes = Person.at(browser, market, size, scheme=scheme)
    admin.sign_in(ADMIN)
    email = begin(vendor, "Chiara Rossi")
    apply(vendor, business)
    add_document(vendor)
    read_and_decline(admin, vendor, business, size)
    apply_again(vendor, business, size)
    approve(admin, business)
    arrive(vendor, business, size)

    product = make(vendor, title)
    import_file(vendor, title)
    looked_for(visitor, title)

    eyes.sign_in(email, NEW_PASSWORD)
    with Client(market.address) as buyer:
        placed = order(buyer, product)
        ship(vendor, eyes, size)
        sent = buyer.get(f"/orders/{placed['id']}")["vendor_orders"][0]
        assert (sent["status"], sent["tracking_number"]) == ("shipped", "JD0146")
    earn(vendor, eyes, "€17.06", size)
    leave_with_refusals(vendor, admin, visitor, eyes)
