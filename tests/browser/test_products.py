"""Products in the browser: seen by those they are for, narrowed while one chooses; and how the pages look."""

from __future__ import annotations

from uuid import uuid4

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from tests.browser.people import ADMIN, DESKTOP, NEW_PASSWORD, PHONE, SIZES, Market, Person
from tests.browser.test_journey import make_link
from tests.browser.test_looks import inspect, look

pytestmark = pytest.mark.browser
PATH = "/vendor/products"


@pytest.fixture(scope="module")
def potter(market: Market) -> dict[str, str]:
    """A vendor of this module."""
    return market.new_vendor("Potter")


@pytest.fixture(scope="module")
def shelf(browser: Browser, market: Market, potter: dict[str, str]) -> str:
    """A category with products of every kind, made once; its slug."""
    admin, name = Person.at(browser, market, DESKTOP), f"Clay {uuid4().hex[:6]}"
    admin.sign_in(ADMIN)
    admin.open("/admin/categories")
    admin.fill(Name=name)
    admin.press("Make it")
    admin.sees(f"{name} is made.")
    admin.leave()
    slug = name.lower().replace(" ", "-")
    vendor = sign_in(browser, market, potter, DESKTOP)
    rows = [f"{slug}-{n},Bowl {n},A *bowl*.,{slug},{20 + n}.50,EUR,{n * 3},active,public" for n in range(8)]
    rows += [f"{slug}-x,Bowl for friends,,{slug},12,EUR,4,active,linked", f"{slug}-y,Cup,,{slug},9,EUR,2,draft,public"]
    bring(vendor, sheet(*rows), len(rows))
    vendor.leave()
    return slug


def sheet(*rows: str) -> FilePayload:
    """A file of products."""
    head = "sku,title,description,category,price,currency,stock,status,visibility"
    return {"name": "clay.csv", "mimeType": "text/csv", "buffer": "\r\n".join([head, *rows]).encode()}


def sign_in(browser: Browser, market: Market, who: dict[str, str], size: tuple[int, int], **more: object) -> Person:
    """A vendor at their products, once catalog has heard of them."""
    vendor = Person.at(browser, market, size, **more)  # type: ignore[arg-type]
    vendor.sign_in(who["email"])
    vendor.open(PATH)
    vendor.until(vendor.page.get_by_role("heading", name="Products", exact=True), lambda: vendor.open(PATH))
    vendor.complaints.clear()
    return vendor


def bring(vendor: Person, file: FilePayload, count: int) -> None:
    """Send a file, read what would come of it, and apply it."""
    vendor.open(f"{PATH}/import")
    vendor.page.get_by_label("Choose a file").set_input_files([file])
    vendor.press("Send and check")
    expect(vendor.page.get_by_role("heading", name="This is what would change")).to_be_visible()
    vendor.press(f"Apply {count} row")
    expect(vendor.page.get_by_role("heading", name="Your file is applied")).to_be_visible()


def test_a_visitor_and_a_customer_on_the_list_see_different_lists(
    browser: Browser, market: Market, potter: dict[str, str], shelf: str
) -> None:
    vendor = sign_in(browser, market, potter, DESKTOP)
    link = make_link(vendor, "Friends")
    visitor, friend = Person.at(browser, market, DESKTOP), Person.at(browser, market, PHONE)
    visitor.open(f"/categories/{shelf}")
    visitor.sees("Bowl 7")
    assert visitor.page.get_by_text("Bowl for friends").count() == 0
    assert visitor.page.get_by_text("Cup").count() == 0
    email = friend.register(link, "Fay Friend")
    friend.page.wait_for_selector(".outcome .disc")
    friend.open("/profile")
    friend.page.get_by_role("button", name="Sign out").click()
    friend.sign_in(email, NEW_PASSWORD)
    bowl = friend.page.get_by_role("link", name="Bowl for friends")
    friend.until(bowl, lambda: friend.open(f"/categories/{shelf}"))
    bowl.click()
    friend.sees(f"For the customers of {potter['name']} alone")
    visitor.open(friend.page.url)
    visitor.sees("There is no such product")
    visitor.complaints[:] = [it for it in visitor.complaints if "status of 404" not in it]
    for person in (vendor, visitor, friend):
        person.leave()


def test_choices_narrow_the_shelf_while_one_chooses(browser: Browser, market: Market, shelf: str) -> None:
    visitor = Person.at(browser, market, DESKTOP)
    visitor.open(f"/categories/{shelf}")
    visitor.page.get_by_label("Only what is in stock").check()
    expect(visitor.page.get_by_role("link", name="Bowl 0")).to_have_count(0)
    visitor.page.get_by_label("To", exact=True).fill("22")
    expect(visitor.page.locator(".ware")).to_have_count(1)
    visitor.page.get_by_label("To", exact=True).fill("x")
    visitor.sees("Enter an amount, like 12.50.")
    visitor.page.reload()
    visitor.sees("Enter an amount, like 12.50.")
    visitor.complaints[:] = [it for it in visitor.complaints if "status of 422" not in it]
    visitor.leave()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_how_the_pages_look(
    browser: Browser, market: Market, potter: dict[str, str], shelf: str, size: tuple[int, int], scheme: str
) -> None:
    visitor = Person.at(browser, market, size, scheme=scheme)
    for path in ("/", "/search?q=bowl", "/search?q=nobody-has-this", f"/categories/{shelf}"):
        inspect(visitor, path)
    visitor.page.get_by_role("link", name="Bowl 7").first.click()
    look(visitor, "/products/bowl")
    visitor.leave()
    vendor = sign_in(browser, market, potter, size, scheme=scheme)
    for path in (PATH, f"{PATH}?status=draft", f"{PATH}?q=nobody", f"{PATH}/create", f"{PATH}/import"):
        inspect(vendor, path)
    vendor.page.get_by_role("link", name="clay.csv").first.click()
    look(vendor, f"{PATH}/import/job")
    vendor.open(f"{PATH}?q=Bowl+7")
    vendor.page.get_by_role("link", name="Bowl 7", exact=True).click()
    look(vendor, f"{PATH}/edit")
    vendor.page.get_by_role("link", name="Stock:").click()
    look(vendor, f"{PATH}/stock")
    vendor.leave()
    admin = Person.at(browser, market, size, scheme=scheme)
    admin.sign_in(ADMIN)
    for path in ("/admin/products", "/admin/products/create", "/admin/categories"):
        inspect(admin, path)
    admin.page.get_by_role("link", name="Clay").first.click()
    look(admin, "/admin/categories/one")
    admin.leave()
