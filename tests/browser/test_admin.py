"""The admin's pages in a real Chromium: a mapping explained, a request drawn, nothing that axe-core finds."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import SIZES, Market, Person
from tests.browser.test_journey import make_link
from tests.browser.test_looks import look

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def explained(browser: Browser, market: Market, vendor_a: dict[str, str]) -> str:
    """The e-mail of somebody who joined through a link."""
    vendor, guest = Person.at(browser, market, SIZES["desktop"]), Person.at(browser, market, SIZES["desktop"])
    vendor.sign_in(vendor_a["email"])
    email = guest.register(make_link(vendor, "Explained"), "Edda Explained")
    guest.page.wait_for_selector(".outcome .disc")
    guest.leave()
    vendor.leave()
    return email


@pytest.mark.parametrize(("size", "scheme"), [(SIZES["desktop"], "light"), (SIZES["phone"], "dark")])
def test_an_admin_finds_why_somebody_is_on_a_list(
    browser: Browser, market: Market, explained: str, size: tuple[int, int], scheme: str
) -> None:
    admin = Person.at(browser, market, size, scheme=scheme)
    admin.sign_in("admin@market.example")
    admin.open("/admin/mappings")
    look(admin, "/admin/mappings")
    admin.fill(Customer=explained)
    admin.press("Explain")
    admin.sees("On the list")
    expect(admin.page.locator(".hops li")).to_have_count(11)
    look(admin, "/admin/mappings?customer")
    admin.page.get_by_role("link", name="Everything that this registration caused").click()
    expect(admin.page).to_have_url(re.compile("/admin/events/"))
    assert admin.page.locator(".lanes rect").count() >= 4
    look(admin, "/admin/events/one")
    admin.open("/admin/events?type=customer.created")
    look(admin, "/admin/events")
    admin.leave()
