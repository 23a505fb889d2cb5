"""The admin's pages in a real Chromium: a mapping explained, a request drawn, a parked event tried again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import ADMIN, DESKTOP, PHONE, SIZES, Market, Person
from tests.browser.pictures import picture
from tests.browser.test_journey import make_link
from tests.browser.test_looks import look
from tests.eventually import eventually

pytestmark = pytest.mark.browser
FULL = """
    CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full'; END $$;
    CREATE TRIGGER is_full BEFORE INSERT ON vendor_customer FOR EACH ROW WHEN (NEW.vendor_id = '{vendor}')
    EXECUTE FUNCTION is_full();
"""
PARK = """
    UPDATE inbox SET attempts = 7, next_attempt_at = clock_timestamp()
    WHERE status = 'retry' AND error LIKE '%disk is full%'
"""
PARKED = "SELECT count(*) FROM inbox WHERE status = 'parked' AND error LIKE '%disk is full%'"


def sql(market: Market, statements: str) -> str:
    """Ask vendor's database as the owner of its tables."""
    done = market.running.market("psql", "vendor", "--owner", "-v", "ON_ERROR_STOP=1", "-Atc", statements)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def full_disk(market: Market, vendor: str) -> Iterator[None]:
    """No row of this vendor's list can be written meanwhile."""
    sql(market, FULL.format(vendor=vendor))
    try:
        yield
    finally:
        sql(market, "DROP FUNCTION is_full CASCADE")


def park(market: Market) -> None:
    """Let the last attempt come at once, instead of after hours."""

    def parked() -> None:
        sql(market, PARK)
        assert int(sql(market, PARKED)) == 1

    eventually(parked)


def now_listed(admin: Person, email: str) -> bool:
    """Ask again; say whether they are on the list by now."""
    admin.open(f"/admin/mappings?customer={email}")
    return admin.page.locator("main").get_by_text("On the list").count() > 0


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
    expect(admin.page.locator(".hops li")).to_have_count(12)
    look(admin, "/admin/mappings?customer")
    if size == DESKTOP:
        picture(admin, "explained")
    admin.page.get_by_role("link", name="Everything that this registration caused").click()
    expect(admin.page).to_have_url(re.compile("/admin/events/"))
    assert admin.page.locator(".lanes rect").count() >= 4
    look(admin, "/admin/events/one")
    admin.open("/admin/events?type=customer.created")
    look(admin, "/admin/events")
    admin.leave()


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_an_admin_has_a_parked_event_tried_again(
    browser: Browser, market: Market, size: tuple[int, int], scheme: str
) -> None:
    made = market.new_vendor("Park Side")
    vendor, guest = Person.at(browser, market, size), Person.at(browser, market, size)
    vendor.sign_in(made["email"])
    link = make_link(vendor, "Spring")
    with full_disk(market, made["id"]):
        email = guest.register(link, "Petra Parked")
        park(market)
    admin = Person.at(browser, market, size, scheme=scheme)
    admin.sign_in(ADMIN)
    admin.open(f"/admin/mappings?customer={email}")
    admin.sees("is parked")
    admin.open("/admin/events")
    admin.sees("the disk is full")
    look(admin, "/admin/events?parked")
    if size == DESKTOP:
        picture(admin, "parked")
    admin.page.get_by_label("Why, for").fill("There is room again")
    admin.press("Try again")
    admin.sees("1 parked event is due again.")
    eventually(lambda: now_listed(admin, email))
    vendor.open("/vendor/customers")
    vendor.sees("Petra Parked")
    for person in (vendor, guest, admin):
        person.leave()
