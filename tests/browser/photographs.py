"""Pictures of a stocked market, for the documentation: `MARKET_PICTURES=1 pytest tests/browser/photographs.py`.

It runs by name only. Stocking eight shops takes long, and all that is looked at here is tested elsewhere.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import DESKTOP, PHONE, Market, Person
from tests.browser.pictures import picture
from tests.browser.test_products import PATH, sheet

pytestmark = pytest.mark.browser


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
