"""A shop is made one's own, suspended, opened again; and two admins decide at once."""

from __future__ import annotations

from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import files
from tests.browser.people import ADMIN, DESKTOP, NEW_PASSWORD, PHONE, Market, Person
from tests.browser.pictures import picture

pytestmark = pytest.mark.browser
ABOUT = (
    "Bread from one oven, baked at night and sold in the morning.\n\n"
    "Our sourdough rests for two days. Whatever is left in the evening goes to the neighbours."
)


def begin(applicant: Person, name: str) -> str:
    """Register, and sign in as if on another day; the e-mail."""
    email = applicant.register("/register", name)
    applicant.sees("Your account is ready")
    applicant.page.get_by_role("button", name="Sign out").click()
    applicant.sign_in(email, NEW_PASSWORD)
    return email


def find(admin: Person, business: str) -> None:
    """Look an application up among those that wait, and open it."""
    admin.open(f"/admin/vendors/applications?q={business.replace(' ', '+')}")
    admin.page.get_by_role("link", name=business, exact=True).first.click()
    expect(admin.page.get_by_role("heading", name=business)).to_be_visible()


def test_a_shop_is_made_ones_own(browser: Browser, market: Market) -> None:
    made = market.new_vendor("Luca’s Bakery")
    vendor, visitor = Person.at(browser, market, DESKTOP), Person.at(browser, market, PHONE)
    vendor.sign_in(made["email"])
    vendor.open("/vendor/profile")
    vendor.page.get_by_label("Your banner").set_input_files([files.banner()])
    expect(vendor.page.get_by_role("img", name="A preview of the picture")).to_be_visible()
    vendor.press("Use this banner")
    vendor.sees("Your new banner is shown.")
    vendor.page.get_by_label("Your logo").set_input_files([files.too_large()])
    vendor.sees("huge.png is larger than 10 MB.")
    vendor.page.get_by_label("Your logo").set_input_files([files.logo()])
    vendor.press("Use this logo")
    vendor.sees("Your new logo is shown.")
    vendor.fill(About_your_shop=ABOUT, Website="https://lucas-bakery.example")
    vendor.fill(Street_and_number="Via Roma 12", Town_or_city="Turin")
    vendor.page.get_by_label("Country", exact=True).select_option("IT")
    vendor.press("Save")
    vendor.sees("Your shop’s page is changed.")
    vendor.fill(Account_holder="Luca Moretti", IBAN="IT60 X054 2811 1010 0000 0123 456")
    vendor.page.locator("form[action$='/bank']").get_by_role("button", name="Save").click()
    vendor.sees("IT•• •••• 3456")
    visitor.open(f"/vendor/store/{made['slug']}")
    visitor.sees("Bread from one oven")
    visitor.sees("Turin, Italy")
    loaded = "[...document.querySelectorAll('main img')].map((it) => it.complete && it.naturalWidth > 0)"
    assert visitor.page.evaluate(loaded) == [True, True]
    visitor.assert_nothing_sticks_out()
    picture(vendor, "storefront", f"/vendor/store/{made['slug']}")
    visitor.leave()
    vendor.leave()


def test_a_suspended_vendor_reads_why_until_the_shop_is_open_again(browser: Browser, market: Market) -> None:
    made = market.new_vendor("Slow Shop")
    vendor, admin = Person.at(browser, market, PHONE), Person.at(browser, market, DESKTOP)
    vendor.sign_in(made["email"])
    admin.sign_in(ADMIN)
    admin.open(f"/admin/vendors?q={made['slug']}")
    admin.page.get_by_role("link", name=made["name"], exact=True).first.click()
    admin.page.get_by_text("Suspend, and say why").click()
    admin.page.locator("#suspend-reason").fill("Orders were not answered for a month.")
    admin.press("Suspend")
    admin.sees("The shop is suspended, and its owner reads why.")
    for path in ("/vendor/dashboard", "/vendor/invites", "/vendor/customers", "/vendor/profile"):
        vendor.open(path)
        vendor.sees("Orders were not answered for a month.")
    vendor.assert_nothing_sticks_out()
    admin.press("Reactivate")
    admin.sees("The shop is open again.")
    admin.page.get_by_text("Change the rate").click()
    admin.page.get_by_label("New rate").fill("8.5")
    admin.press("Save the rate")
    admin.sees("8.5%")
    vendor.open("/vendor/dashboard")
    expect(vendor.page.get_by_text("Orders were not answered")).to_have_count(0)
    leave_with_refusals(vendor, admin)


def test_the_second_admin_is_told_who_was_first(browser: Browser, market: Market) -> None:
    business = f"Twice {uuid4().hex[:6]}"
    applicant = Person.at(browser, market, DESKTOP)
    begin(applicant, "Tina Twice")
    applicant.open("/vendor/apply")
    applicant.fill(Business_name=business)
    applicant.press("Send the application")
    first, second = Person.at(browser, market, DESKTOP), Person.at(browser, market, PHONE)
    for admin in (first, second):
        admin.sign_in(ADMIN)
        find(admin, business)
    first.press("Approve")
    first.sees("They are a vendor from now on.")
    second.press("Approve")
    second.sees("You were not the first: Admin approved it")
    for person in (applicant, first, second):
        person.leave()


def leave_with_refusals(*people: Person) -> None:
    """Leave; the console may note the forms that were refused with a 4xx, and nothing else."""
    for person in people:
        person.complaints[:] = [it for it in person.complaints if "status of 422" not in it]
        person.leave()
