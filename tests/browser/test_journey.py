"""A vendor makes a link, somebody registers through it, reads that they are on the list, and the vendor sees them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import DESKTOP, PHONE, SIZES, Market, Person

pytestmark = pytest.mark.browser
GUESTS = ("Ada Byron", "Ben Okafor", "Chiara Rossi", "Dmitri Volkov", "Emi Tanaka", "Hugo Lind")


def make_link(vendor: Person, label: str, **limits: str) -> str:
    """Make a link on the page, and read its address off the page."""
    vendor.open("/vendor/invites")
    vendor.fill(Label=label, **limits)
    vendor.press("Make a link")
    vendor.sees("Your link is ready to be shared.")
    return vendor.page.get_by_label(f"Address of {label}").input_value()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_whoever_registers_through_the_link_is_on_the_list(
    browser: Browser, market: Market, vendor_a: dict[str, str], size: tuple[int, int], scripts: bool
) -> None:
    vendor = Person.at(browser, market, size, scripts=scripts)
    vendor.sign_in(vendor_a["email"])
    name = f"Grace {'With' if scripts else 'Without'} {'Desktop' if size == DESKTOP else 'Phone'}"
    link = make_link(vendor, f"For {name}")
    guest = Person.at(browser, market, size, scripts=scripts)
    guest.open(link)
    guest.sees(vendor_a["name"])
    guest.assert_nothing_sticks_out()
    guest.register(link, name)
    listed = guest.page.get_by_role("heading", name=f"You are on {vendor_a['name']}’s list")
    if not scripts:
        guest.until(listed, guest.page.get_by_role("link", name="Look again").click)
    expect(listed).to_be_visible()
    guest.open("/profile")
    guest.sees("On the list")
    vendor.open("/vendor/dashboard")
    vendor.sees(name)
    vendor.open(f"/vendor/customers?q={name.replace(' ', '+')}")
    vendor.sees(name)
    vendor.sees(f"For {name}")
    vendor.assert_nothing_sticks_out()
    guest.leave()
    vendor.leave()


def test_the_dashboard_shows_somebody_as_they_register(
    browser: Browser, market: Market, vendor_a: dict[str, str]
) -> None:
    vendor, guest = Person.at(browser, market, DESKTOP), Person.at(browser, market, PHONE)
    vendor.sign_in(vendor_a["email"])
    link = make_link(vendor, "Watched")
    vendor.open("/vendor/dashboard")
    guest.register(link, "Vera Visible")
    vendor.sees("Vera Visible")
    guest.leave()
    vendor.leave()


def test_a_link_is_copied_renamed_and_withdrawn_and_then_says_so(
    browser: Browser, market: Market, vendor_a: dict[str, str]
) -> None:
    vendor, guest = Person.at(browser, market, DESKTOP), Person.at(browser, market, PHONE)
    vendor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    vendor.sign_in(vendor_a["email"])
    link = make_link(vendor, "Short-lived")
    card = vendor.page.get_by_role("article", name="Short-lived")
    card.get_by_role("button", name="Copy").click()
    expect(card.get_by_role("button", name="Copied")).to_be_visible()
    assert vendor.page.evaluate("navigator.clipboard.readText()") == link
    card.get_by_role("button", name="Rename").click()
    vendor.page.get_by_role("dialog").get_by_label("Label").fill("Renamed link")
    vendor.page.get_by_role("dialog").get_by_role("button", name="Save").click()
    card = vendor.page.get_by_role("article", name="Renamed link")
    card.get_by_role("button", name="Withdraw").click()
    vendor.page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(card.get_by_text("Withdrawn", exact=True)).to_be_visible()
    guest.open(link)
    guest.sees("has withdrawn this invitation.")
    guest.register(link, "Late Larry")
    guest.sees("Your account is ready")
    guest.sees("had withdrawn the invitation")
    vendor.open("/vendor/invites")
    vendor.sees("Late Larry")
    vendor.sees("after you had withdrawn the invitation")
    guest.leave()
    vendor.leave()


def test_somebody_is_taken_off_the_list_and_accepts_anew(
    browser: Browser, market: Market, vendor_a: dict[str, str]
) -> None:
    vendor, guest = Person.at(browser, market, PHONE), Person.at(browser, market, DESKTOP)
    vendor.sign_in(vendor_a["email"])
    link = make_link(vendor, "There and back")
    guest.register(link, "Rita Return")
    guest.sees("’s list")
    vendor.open("/vendor/customers")
    vendor.page.get_by_label("Name or e-mail").type("rita ret")
    expect(vendor.page.get_by_role("row")).to_have_count(2)
    vendor.press("Remove Rita Return")
    vendor.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    vendor.sees("They are off your list.")
    guest.open("/profile")
    guest.sees("No longer on the list")
    guest.open(link)
    guest.press("Accept the invitation")
    guest.open("/profile")
    guest.sees("On the list")
    guest.leave()
    vendor.leave()


def test_a_dashboard_tells_who_came_lately_and_why_others_did_not(browser: Browser, market: Market) -> None:
    vendor = Person.at(browser, market, DESKTOP)
    vendor.sign_in(market.new_vendor("Luca’s Bakery")["email"])
    links = [make_link(vendor, "Saturday market"), make_link(vendor, "Opening night", Most_people="2")]
    for number, name in enumerate(GUESTS):
        guest = Person.at(browser, market, PHONE)
        guest.register(links[number % 2], name)
        guest.page.wait_for_selector(".outcome .disc")
        guest.leave()
    vendor.open("/vendor/dashboard")
    vendor.sees(GUESTS[-1])
    vendor.leave()
