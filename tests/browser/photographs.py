"""Pictures of a stocked market, for the documentation: `MARKET_PICTURES=1 pytest tests/browser/photographs.py`.

It runs by name only. Stocking eight shops takes long, and all that is looked at here is tested elsewhere.
"""

from __future__ import annotations

from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from deploy.local import api
from deploy.local.buying import offer
from tests.browser.people import DESKTOP, PASSWORD, PHONE, Market, Person
from tests.browser.pictures import picture
from tests.browser.test_journey import GUESTS
from tests.browser.test_live import ordered
from tests.browser.test_products import PATH, sheet

pytestmark = pytest.mark.browser
LOAVES = (("Rye loaf", 640, 1), ("Walnut bread", 720, 1), ("Plum cake", 2850, 1))


def test_take_the_pictures_of_a_stocked_market(browser: Browser, market: Market) -> None:
    assert market.running.market("seed").returncode == 0
    visitor, vendor = Person.at(browser, market, PHONE), Person.at(browser, market, DESKTOP)
    picture(vendor, "market", "/search?category=home")
    picture(visitor, "product", "/products/sea-vase")
    vendor.sign_in("vendor.a@market.example")
    picture(vendor, "products", PATH)
    changed = "CLAY-001,,,,26.50,EUR,,,", "CLAY-099,Sea mug,,tableware,18,EUR,6,draft,public", "CLAY-098,,,,dear,EUR,,,"
    vendor.open(f"{PATH}/import")
    vendor.page.get_by_label("Choose a file").set_input_files([sheet(*changed)])
    vendor.press("Send and check")
    expect(vendor.page.get_by_role("heading", name="This is what would change")).to_be_visible()
    picture(vendor, "import")
    for person in (vendor, visitor):
        person.leave()


def test_take_the_picture_of_a_shop_that_sells(browser: Browser, market: Market) -> None:
    baker = market.new_vendor("Luca’s Bakery")["email"]
    with api.Person(market.address) as owner:
        owner.sign_in(baker, PASSWORD)
        goods = [offer(owner, loaf, 450) for loaf in LOAVES]
        links = [owner.invite(label="Saturday market"), owner.invite(label="Opening night", max_uses=2)]
        for number, name in enumerate(GUESTS):
            with api.Person(market.address) as guest:
                email = f"{name.split()[0].lower()}-{uuid4().hex[:8]}@mail.example"
                guest.register(email, PASSWORD, name, links[number % 2]["token"])
                guest.sign_in(email, PASSWORD)
                ordered(guest, goods[number % 3])
        waiting = owner.get("/vendor/orders?status=pending")["items"]
        for part in waiting[2:]:
            owner.post(f"/vendor/orders/{part['id']}/accept", None)
    vendor = Person.at(browser, market, DESKTOP)
    vendor.sign_in(baker)
    vendor.open("/vendor/dashboard")
    vendor.sees(GUESTS[-1])
    picture(vendor, "dashboard")
    vendor.leave()
