"""Every page, at both sizes, in light and in dark: nothing that axe-core finds, nothing that sticks out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.people import SIZES, Market, Person
from tests.browser.test_journey import make_link

pytestmark = pytest.mark.browser
ANYONE = ["/", "/login", "/register", "/register?token=nobody-made-this", "/password/forgot", "/password/reset?code=x"]
SIGNED_IN = ["/", "/welcome", "/profile", "/profile/addresses"]
VENDORS = ["/vendor/dashboard", "/vendor/invites", "/vendor/customers", "/vendor/customers?q=nobody"]
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
LARGEST_PAGE = 200_000


def inspect(person: Person, path: str) -> None:
    """Open a page and look at it as strictly as machines can."""
    person.open(path)
    look(person, path)


def look(person: Person, path: str) -> None:
    """Look at the page that is open."""
    person.assert_nothing_sticks_out()
    person.page.evaluate("scrollTo(0, 0)")  # what the bar at the top covers for now is no fault of the page
    found = Axe().run(person.page, options=RULES)
    assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
    weight = person.page.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".filter((entry) => entry.initiatorType !== 'img').reduce((sum, entry) => sum + entry.decodedBodySize, 0)"
    )
    assert weight <= LARGEST_PAGE, f"{path} weighs {weight} bytes"
    if folder := os.environ.get("MARKET_LOOKS"):
        scheme = person.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
        width = person.page.evaluate("innerWidth")
        name = path.strip("/").replace("/", "-").partition("?")[0] or "home"
        person.page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)


def inspect_everywhere(person: Person, path: str) -> None:
    """Open a page once, and look at it at both sizes, in light and in dark."""
    person.open(path)
    look_everywhere(person, path)


def look_everywhere(person: Person, path: str) -> None:
    """Look at the page that is open at both sizes, in light and in dark."""
    for width, height in SIZES.values():
        person.page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            person.page.emulate_media(color_scheme=scheme)
            look(person, f"{path} at {width} in {scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_pages_for_anyone(browser: Browser, market: Market, size: tuple[int, int], scheme: str) -> None:
    person = Person.at(browser, market, size, scheme=scheme)
    for path in ANYONE:
        inspect(person, path)
    person.leave()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_pages_for_those_who_are_signed_in(
    browser: Browser, market: Market, vendor_a: dict[str, str], size: tuple[int, int], scheme: str
) -> None:
    vendor = Person.at(browser, market, size, scheme=scheme)
    vendor.sign_in(vendor_a["email"])
    link = make_link(vendor, "Looks", Most_people="1")
    for name in ("Nina Newcomer", "Otto Overflow"):
        guest = Person.at(browser, market, size, scheme=scheme)
        guest.register(link, name)
        guest.page.wait_for_selector(".outcome .disc")
        look(guest, f"/welcome?{name}")
        for path in (*SIGNED_IN, link.removeprefix(market.address)):
            inspect(guest, path)
        guest.leave()
    for path in VENDORS:
        inspect(vendor, path)
    vendor.open("/vendor/customers")
    vendor.press("Remove Nina Newcomer")
    look(vendor, "/vendor/customers?dialog")
    vendor.leave()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_that_refuse(browser: Browser, market: Market, scheme: str) -> None:
    person = Person.at(browser, market, SIZES["phone"], scheme=scheme)
    for path in ("/nothing", "/logout"):
        inspect(person, path)
    person.open("/register")
    person.page.evaluate("document.querySelector('main form').noValidate = true")
    person.page.locator("main form button.wide").click()
    person.sees("Enter your name.")
    look(person, "/register?errors")
    person.open("/login")
    person.fill(Email="nobody@mail.example", Password="not the right one")
    person.press("Sign in")
    person.sees("wrong")
    look(person, "/login?errors")
    assert all("status of 4" in complaint for complaint in person.complaints), person.complaints
    person.complaints.clear()
    person.leave()


@pytest.mark.parametrize("key", ["Tab"])
def test_the_keyboard_reaches_the_content_first(browser: Browser, market: Market, key: str) -> None:
    person = Person.at(browser, market, SIZES["desktop"])
    person.open("/login")
    person.page.keyboard.press(key)
    assert person.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    person.page.keyboard.press("Enter")
    assert person.page.evaluate("document.activeElement.id") == "content"
    person.leave()
