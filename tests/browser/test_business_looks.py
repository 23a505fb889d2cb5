"""The pages of shops, applications and admins: nothing that axe-core finds, nothing that sticks out, none too heavy."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.people import ADMIN, DESKTOP, PHONE, Market, Person
from tests.browser.test_looks import inspect_everywhere, look, look_everywhere

pytestmark = pytest.mark.browser
OWNERS = {
    "shop.01": ("/profile", "/vendor/profile", "/vendor/documents", "/vendor/store/blue-lamp"),
    "shop.04": ("/profile", "/vendor/dashboard", "/vendor/profile"),
    "shop.05": ("/profile", "/vendor/apply"),
    "shop.06": ("/profile", "/vendor/documents"),
}
APPLICATIONS, VENDORS = "/admin/vendors/applications", "/admin/vendors"
MAPPINGS, EVENTS = "/admin/mappings", "/admin/events"


@pytest.fixture(scope="module")
def seeded(market: Market) -> Market:
    """A market with shops in every state: open, suspended, rejected, waiting."""
    done = market.running.market("seed", "--count", "6")
    assert done.returncode == 0, done.stderr
    return market


def test_pages_of_applicants_and_owners(browser: Browser, seeded: Market) -> None:
    for owner, paths in OWNERS.items():
        person = Person.at(browser, seeded, DESKTOP)
        person.sign_in(f"{owner}@market.example")
        for path in paths:
            inspect_everywhere(person, path)
        person.leave()


def test_pages_of_admins(browser: Browser, seeded: Market) -> None:
    admin = Person.at(browser, seeded, DESKTOP)
    admin.sign_in(ADMIN)
    for path in (APPLICATIONS, f"{APPLICATIONS}?status=all", f"{APPLICATIONS}?q=nobody", VENDORS):
        inspect_everywhere(admin, path)
    for path, name in ((f"{VENDORS}?q=paper", "Paper & Ink"), (f"{APPLICATIONS}?q=acme", "Acme")):
        admin.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        admin.open(path)
        admin.page.get_by_role("link", name=name, exact=True).first.click()
        admin.sees("What")
        for summary in admin.page.locator("summary").all():
            summary.click()
        look_everywhere(admin, path)
    admin.leave()


def test_pages_of_events_and_mappings(browser: Browser, seeded: Market) -> None:
    admin = Person.at(browser, seeded, DESKTOP)
    admin.sign_in(ADMIN)
    for path in (MAPPINGS, f"{MAPPINGS}?customer=shop.01@market.example", EVENTS, f"{EVENTS}?type=customer.created"):
        inspect_everywhere(admin, path)
    event = admin.page.locator("main a[href^='/admin/events/']").first.get_attribute("href")
    assert event
    inspect_everywhere(admin, event)
    admin.leave()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forms_that_were_refused(browser: Browser, seeded: Market, scheme: str) -> None:
    person = Person.at(browser, seeded, PHONE, scheme=scheme)
    person.sign_in("shop.05@market.example")
    person.open("/vendor/apply")
    person.fill(Website="nonsense", Phone="none")
    person.page.evaluate("document.querySelector('main form').noValidate = true")
    person.press("Send the application")
    person.sees("Must be a web address")
    look(person, "/vendor/apply?errors")
    person.complaints[:] = [it for it in person.complaints if "status of 422" not in it]
    person.leave()
