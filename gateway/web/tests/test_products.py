"""Products as their owners keep them: made, changed, overtaken, pictured, counted, and many at once."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from gateway.web.tests.conftest import Breakable, Visitor
from gateway.web.tests.stand_in import World
from gateway.web.tests.stand_in_catalog import picture

PNG = b"\x89PNG and so on"
FIELDS = {"title": "Rye bread", "description": "Dark.", "amount": "4,20", "currency": "EUR", "status": "active"}
FIELDS |= {"visibility": "linked", "language": "en", "category_id": "", "sku": "RYE"}
SIDES = ("vendor", "admin")


@pytest.fixture
def keepers(vendor: Visitor, admin: Visitor) -> dict[str, Visitor]:
    """Somebody for each side that keeps products."""
    return {"vendor": vendor, "admin": admin}


def chosen(*names: str, content: bytes = PNG) -> list[tuple[io.BytesIO, str, str]]:
    return [(io.BytesIO(content), name, "image/png") for name in names]


@pytest.mark.parametrize("side", SIDES)
def test_a_product_is_made_with_what_there_is_of_it(world: World, keepers: dict[str, Visitor], side: str) -> None:
    keeper, path = keepers[side], f"/{side}/products"
    assert "Nothing to sell yet" in keeper.open(path)
    keeper.open(f"{path}/create")
    keeper.send(f"{path}/create", **FIELDS, stock="12")
    assert "A picture says more" in keeper.follow()
    made = world.goods.products[0]
    assert made["price"] == {"amount": 420, "currency": "EUR"}
    assert (made["visibility"], made["category_id"]) == ("linked", None)
    assert [row["on_hand"] for row in world.goods.movements[made["id"]]] == [12]
    listed = keeper.open(path)
    assert "Rye bread" in listed
    assert "€4.20" in listed
    keys = [headers.get("idempotency-key", "") for method, _, headers in world.asked if method == "POST"]
    assert len([key for key in keys if len(key) >= 36]) == 2


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "", "Enter a title."),
        ("amount", "1.005", "EUR has 2 decimals."),
        ("amount", "dear", "Enter an amount"),
        ("sku", "taken", "Another product has this SKU."),
        ("stock", "-1", "Number must be between"),
    ],
)
def test_a_product_that_cannot_be_made_says_which_field(
    world: World, vendor: Visitor, field: str, value: str, said: str
) -> None:
    world.goods.product("Taken")
    vendor.open("/vendor/products/create")
    text = vendor.send("/vendor/products/create", **{**FIELDS, field: value})
    assert vendor.status in {409, 422}
    assert said in text.split(f'id="{field}-wrong"')[1].split("</p>")[0]
    assert "Dark." in text
    assert len(world.goods.products) == 1


def test_somebody_who_was_overtaken_sees_both_and_can_keep_theirs(world: World, vendor: Visitor) -> None:
    it = world.goods.product("Rye bread", description="Old.")
    path = f"/vendor/products/{it['id']}/edit"
    vendor.open(path)
    it.update(description="Of the other window.", version=2)
    text = vendor.send(path, **FIELDS)
    assert vendor.status == 412
    assert "It was changed while you wrote" in text
    assert "Kept now: Of the other window." in text
    assert "Yours: Dark." in text
    assert "Dark.</textarea>" in text
    assert it["description"] == "Of the other window."
    vendor.send(path, **FIELDS)
    assert "The product is changed." in vendor.follow()
    assert (it["description"], it["version"]) == ("Dark.", 3)


@pytest.mark.parametrize("side", SIDES)
def test_a_product_is_deleted_and_brought_back(world: World, keepers: dict[str, Visitor], side: str) -> None:
    keeper, it = keepers[side], world.goods.product("Rye bread")
    keeper.open(f"/{side}/products/{it['id']}/edit")
    keeper.send(f"/{side}/products/{it['id']}/delete")
    assert "Rye bread</a>" not in keeper.follow()
    assert "Rye bread</a>" in keeper.open(f"/{side}/products?status=deleted")
    assert "This product is deleted" in keeper.open(f"/{side}/products/{it['id']}/edit")
    keeper.send(f"/{side}/products/{it['id']}/restore")
    assert "The product is back" in keeper.follow()


def test_many_get_one_status(world: World, vendor: Visitor) -> None:
    first, second, third = (world.goods.product(name, status="draft") for name in "ABC")
    second["status"] = "active"
    vendor.open("/vendor/products?status=draft")
    vendor.send("/vendor/products/status", ids=[first["id"], second["id"]], status="active", next="/vendor/products?q=")
    assert vendor.page.headers["Location"] == "/vendor/products?q="
    assert "1 product is now: On sale. 1 had been so before." in vendor.follow()
    assert (first["status"], third["status"]) == ("active", "draft")
    vendor.send("/vendor/products/status", status="active", next="https://elsewhere.example")
    assert vendor.page.headers["Location"] == "/vendor/products"
    assert "Tick the products first" in vendor.follow()


def test_a_list_is_narrowed_by_its_address(world: World, vendor: Visitor) -> None:
    for number in range(25):
        world.goods.product(f"Bread {number}", status="draft")
    text = vendor.open("/vendor/products?status=draft&visibility=linked&category=food&q=bread", HX_Request="true")
    asked = {"limit": "20", "status": "draft", "visibility": "linked", "category": "food", "q": "bread"}
    assert world.goods.sought[-1] == asked
    assert "<html" not in text
    assert "category=food" in re.findall(r'href="([^"]*cursor=20[^"]*)"', text)[0]
    assert "None here" in vendor.open("/vendor/products?q=nothing")


def test_pictures_are_sent_put_in_order_described_and_removed(world: World, vendor: Visitor) -> None:
    it = world.goods.product("Rye bread", images=[picture("First"), picture("Second")])
    first, second = (each["id"] for each in it["images"])
    path = f"/vendor/products/{it['id']}"
    vendor.open(f"{path}/edit")
    vendor.send(f"{path}/images/order", **{f"alt-{first}": "A loaf", f"alt-{second}": "", "move": f"{second}:up"})
    assert [(each["id"], each["alt"]) for each in it["images"]] == [(second, "Second"), (first, "A loaf")]
    vendor.follow()
    vendor.send(f"{path}/images", files=chosen("crumb.png", "slice.png"), alt="Crumb")
    assert "Your 2 pictures are shown." in vendor.follow()
    assert [each["alt"] for each in it["images"]][2:] == ["Crumb", "Crumb"]
    text = vendor.send(f"{path}/images", files=chosen("virus.png", content=b"MZ"))
    assert vendor.status == 422
    assert "virus.png: Send JPEG or PNG or WEBP." in text
    assert "Choose a picture first." in vendor.send(f"{path}/images")
    vendor.send(f"{path}/images/{first}/remove")
    assert first not in [each["id"] for each in it["images"]]


@pytest.mark.parametrize("side", SIDES)
def test_stock_is_changed_with_a_reason_and_what_moved_is_told(
    world: World, keepers: dict[str, Visitor], side: str
) -> None:
    keeper, it = keepers[side], world.goods.product("Rye bread", stock=4)
    path = f"/{side}/products/{it['id']}/stock"
    assert "Nothing yet." in keeper.open(path)
    keeper.send(path, what="receipt", quantity="10")
    keeper.follow()
    keeper.send(path, what="fewer", quantity="3", reason="Mice")
    text = keeper.follow()
    assert it["stock"] == 11
    assert "Mice" in text
    assert "−3</b>" in text
    assert "+10</b>" in text
    assert "Say why." in keeper.send(path, what="more", quantity="1").split('id="reason-wrong"')[1]
    assert "There are not so many." in keeper.send(path, what="fewer", quantity="99", reason="Fire")
    assert "Enter how many." in keeper.send(path, what="receipt", quantity="")
    keeper.send(f"{path}/threshold", threshold="20")
    assert "Few are left" in keeper.follow()


def test_whoever_is_suspended_reads_and_does_not_write(world: World, vendor: Visitor) -> None:
    world.shops.shops[0].update(status="suspended", status_reason="Parcels")
    it = world.goods.product("Rye bread")
    for path in ("/vendor/products", f"/vendor/products/{it['id']}/edit", f"/vendor/products/{it['id']}/stock"):
        text = vendor.open(path)
        assert "Your shop is suspended" in text
        assert not re.search(r">(Save|Delete|Change the stock|Apply|Add a product)<", text), path


def test_nobody_else_gets_in(visitor: Visitor, customer: Visitor) -> None:
    for path in ("/vendor/products", "/vendor/products/import", "/admin/products", "/admin/categories"):
        visitor.open(path)
        assert visitor.status == 303
        customer.open(path)
        assert customer.status == 403


def test_a_list_goes_on_without_catalog(ways: dict[str, Breakable], vendor: Visitor) -> None:
    ways["catalog"].down = True
    assert "Right now we cannot show" in vendor.open("/vendor/products")
    vendor.open("/vendor/products/create")
    text = vendor.send("/vendor/products/create", **FIELDS)
    assert vendor.status == 503
    assert "Nothing is lost" in text
    assert 'value="Rye bread"' in text


def test_admins_see_everybodys_and_keep_the_marketplaces_own(world: World, admin: Visitor) -> None:
    theirs: dict[str, Any] = world.goods.product("Bread", vendor_id="v", vendor_name="Luca’s Bakery")
    ours = world.goods.product("Bag")
    text = admin.open("/admin/products?vendor=lucas")
    assert world.goods.sought[-1]["vendor"] == "lucas"
    assert "Luca’s Bakery" in text
    assert f"/admin/products/{ours['id']}/edit" in text
    assert f"/admin/products/{theirs['id']}/edit" not in text
    assert 'name="ids"' not in text
