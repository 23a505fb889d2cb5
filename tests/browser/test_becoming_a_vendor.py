"""From registration to the dashboard, step by step, with a rejection on the way; and what admins do besides."""

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
WINDOWS = [(DESKTOP, True), (PHONE, True), (PHONE, False)]


def begin(applicant: Person, name: str) -> str:
    """Register, and sign in as if on another day; the e-mail."""
    email = applicant.register("/register", name)
    applicant.sees("Your account is ready")
    applicant.page.get_by_role("button", name="Sign out").click()
    applicant.sign_in(email, NEW_PASSWORD)
    return email


def apply(applicant: Person, business: str) -> None:
    """Fill the form in and send it, first with half an address."""
    applicant.open("/profile")
    applicant.page.get_by_role("link", name="Convert to Business Account").click()
    applicant.fill(Business_name=business, What_do_you_sell=ABOUT, Website="https://bakery.example", Phone="+39 011 55")
    applicant.fill(Street_and_number="Via Roma 12")
    applicant.press("Send the application")
    applicant.sees("Enter a town or city as well")
    applicant.page.get_by_label("Town or city").fill("Turin")
    applicant.page.get_by_label("Country", exact=True).select_option("IT")
    applicant.press("Send the application")
    applicant.sees("Your application is in.")


def add_document(applicant: Person) -> None:
    """Try with something that is no document, then with one."""
    applicant.page.get_by_label("Choose documents").set_input_files([files.disguised()])
    applicant.press("Send")
    applicant.sees("passport.pdf: Send a PDF")
    applicant.page.get_by_label("Choose documents").set_input_files([files.document()])
    applicant.press("Send")
    applicant.sees("Your document is kept.")
    applicant.sees("Trade licence.pdf")
    applicant.page.get_by_role("link", name="Done").click()


def find(admin: Person, business: str) -> None:
    """Look an application up among those that wait, and open it."""
    admin.open(f"/admin/vendors/applications?q={business.replace(' ', '+')}")
    admin.page.get_by_role("link", name=business, exact=True).first.click()
    expect(admin.page.get_by_role("heading", name=business)).to_be_visible()


def reject(admin: Person, reason: str) -> None:
    """Reject the application that is open, at first without a reason."""
    admin.page.get_by_text("Reject, and say why").click()
    admin.page.get_by_label("Reason").fill(" ")
    admin.press("Reject")
    admin.sees("Enter a reason.")
    admin.page.get_by_label("Reason").fill(reason)
    admin.press("Reject")
    admin.sees("They will read your reason.")


def read_and_decline(admin: Person, applicant: Person, business: str, size: tuple[int, int]) -> None:
    """The admin reads what was sent, document too, and declines; the applicant reads why."""
    find(admin, business)
    if size == DESKTOP:
        picture(admin, "application", admin.page.url)
    with admin.page.expect_download() as opened:
        admin.page.get_by_role("link", name="Open Trade licence.pdf").click()
    assert opened.value.path().read_bytes() == files.PDF
    reject(admin, "The licence has run out. Send the new one, please.")
    applicant.open("/profile")
    applicant.sees("The licence has run out.")


def apply_again(applicant: Person, business: str, size: tuple[int, int]) -> None:
    """Send it once more; what was written is still there."""
    applicant.page.get_by_role("link", name="Apply again").click()
    if size == DESKTOP:
        picture(applicant, "apply", "/vendor/apply")
    expect(applicant.page.get_by_label("Business name")).to_have_value(business)
    applicant.press("Send the application")
    applicant.sees("Your application is in.")


def approve(admin: Person, business: str) -> None:
    """Approve, at a rate of its own."""
    find(admin, business)
    admin.sees("Their other applications")
    admin.fill(Commission="12.5")
    admin.press("Approve")
    admin.sees("They are a vendor from now on.")
    admin.assert_nothing_sticks_out()


def arrive(applicant: Person, business: str, size: tuple[int, int]) -> None:
    """Go to the dashboard, which knows the role as soon as identity does."""
    applicant.open("/profile")
    applicant.sees(f"Congratulations, {business} is open!")
    if size == PHONE:
        picture(applicant, "business-account", "/profile")
    applicant.page.get_by_role("link", name="Go to your dashboard").click()
    applicant.until(
        applicant.page.get_by_role("link", name="Share a link"), lambda: applicant.open("/vendor/dashboard")
    )
    expect(applicant.page.get_by_role("heading", name=business)).to_be_visible()
    applicant.assert_nothing_sticks_out()


@pytest.mark.parametrize(("size", "scripts"), WINDOWS, ids=["desktop", "phone", "phone-no-scripts"])
def test_a_customer_becomes_a_vendor(browser: Browser, market: Market, size: tuple[int, int], scripts: bool) -> None:
    business = f"Forno Rossi {uuid4().int % 10_000}"
    applicant = Person.at(browser, market, size, scripts=scripts)
    admin = Person.at(browser, market, size, scripts=scripts)
    admin.sign_in(ADMIN)
    begin(applicant, "Chiara Rossi")
    apply(applicant, business)
    add_document(applicant)
    applicant.sees("Waiting for review")
    applicant.assert_nothing_sticks_out()
    read_and_decline(admin, applicant, business, size)
    apply_again(applicant, business, size)
    approve(admin, business)
    arrive(applicant, business, size)
    applicant.page.get_by_role("link", name="Shop", exact=True).click()
    applicant.sees("Commission 12.5%")
    leave_with_refusals(applicant, admin)


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
