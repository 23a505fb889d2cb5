"""Somebody fills a cart, orders once from two shops, and watches each part; what moved meanwhile is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from gateway.web.tests.conftest import Breakable, Visitor
from gateway.web.tests.orders_kept import euros
from gateway.web.tests.stand_in import World

PLACE = {"name": "Ada Byron", "line1": "12 St James’s Square", "city": "London", "country": "GB"}


def offered(world: World, title: str, amount: int, vendor: str, **more: Any) -> dict[str, Any]:
    """A product that catalog shows and ordering sells."""
    it = world.orders.product(title, amount, vendor, **more)
    world.goods.product(title, id=it["product_id"], price=euros(amount))
    return it


@pytest.fixture
def bread(world: World) -> dict[str, Any]:
    return offered(world, "Rye bread", 450, "Luca’s Bakery")


@pytest.fixture
def book(world: World) -> dict[str, Any]:
    return offered(world, "Old book", 1999, "Mina’s Books", available=3)


def put(visitor: Visitor, it: dict[str, Any], quantity: str = "1") -> str:
    """Add something to the cart on its page, and look at the cart."""
    visitor.open(f"/products/{it['slug']}")
    visitor.send("/cart", product_id=it["product_id"], quantity=quantity)
    return visitor.follow()


def order(customer: Visitor, *its: dict[str, Any]) -> str:
    """Order these; the page of the order."""
    for it in its:
        put(customer, it)
    customer.open("/checkout")
    customer.send("/checkout", saved="new", **PLACE)
    return customer.follow()


def test_a_cart_shows_lines_and_what_each_shop_costs(visitor: Visitor, bread: Any, book: Any) -> None:
    assert "Nothing in it yet" in visitor.open("/cart")
    put(visitor, bread, "2")
    text = put(visitor, book)
    assert re.search(r"Goods €9.00 · shipping €4.99 · <b>together €13.99</b>", text)
    assert "together €24.98" in text
    assert '<dt>Total</dt><dd class="num">€38.97</dd>' in text
    assert "Only 3 left" in text
    assert "You sign in at checkout" in text
    assert re.search(r'class="count num">3<', visitor.open("/"))


def test_putting_in_adds_and_changing_sets(visitor: Visitor, bread: Any) -> None:
    put(visitor, bread, "2")
    assert 'value="5"' in put(visitor, bread, "3")
    visitor.send(f"/cart/items/{bread['product_id']}", quantity="1")
    assert 'value="1"' in visitor.follow()
    visitor.send(f"/cart/items/{bread['product_id']}", quantity="0")
    assert "Nothing in it yet" in visitor.follow()


@pytest.mark.parametrize("quantity", ["", "-1", "many", "1001", "٣"])
def test_a_quantity_that_is_none_is_refused(visitor: Visitor, bread: Any, quantity: str) -> None:
    put(visitor, bread)
    text = visitor.send(f"/cart/items/{bread['product_id']}", quantity=quantity)
    assert visitor.status == 422
    assert "as a number from 0 to 1,000" in text
    assert 'value="1"' in text


def test_a_product_that_is_not_there_is_told(visitor: Visitor, bread: Any) -> None:
    visitor.open(f"/products/{bread['slug']}")
    text = visitor.send("/cart", product_id="019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21", quantity="1")
    assert visitor.status == 422
    assert "There is no such product for you." in text
    visitor.open(f"/products/{bread['slug']}")
    visitor.send("/cart", product_id="x", quantity="1")
    assert visitor.status == 400


def test_a_price_that_moved_is_told_and_can_be_agreed_to(visitor: Visitor, bread: Any) -> None:
    put(visitor, bread)
    bread["amount"] = 500
    text = visitor.open("/cart")
    assert "1 price changed" in text
    assert "€4.50 is now €5.00" in text
    visitor.send("/cart/prices")
    assert "is now" not in visitor.follow()


def test_what_cannot_be_ordered_stops_the_sum(visitor: Visitor, bread: Any, book: Any) -> None:
    put(visitor, book)
    bread["problem"] = {"code": "not_for_sale", "sentence": "This product is not for sale at the moment."}
    text = put(visitor, bread)
    assert "This product is not for sale at the moment." in text
    assert "Take out what cannot be ordered" in text
    assert "/checkout" not in text


def test_a_discount_code_is_used_or_refused_in_words(visitor: Visitor, bread: Any) -> None:
    put(visitor, bread, "2")
    visitor.send("/cart/discount", code="TENTH")
    text = visitor.follow()
    assert "TENTH takes €0.90 off" in text
    assert '<dt>Discount</dt><dd class="num">−€0.90</dd>' in text
    visitor.send("/cart/discount", code="OLD")
    assert "This discount code has expired." in visitor.follow().split('id="code-wrong"')[1].split("</p>")[0]
    visitor.send("/cart/discount", code="")
    assert "Empty the field" not in visitor.follow()


def test_what_was_gathered_before_signing_in_comes_along(world: World, app: Flask, bread: Any, book: Any) -> None:
    world.user("Ada Byron", "ada@x.example")
    visitor = Visitor(app.test_client())
    put(visitor, bread, "2")
    visitor.sign_in("ada@x.example")
    put(visitor, book)
    assert visitor.text.count('class="amount"') == 2
    assert [it for it in world.asked if it[1] == "/cart/merge"]
    visitor.send("/logout")
    assert "Nothing in it yet" in visitor.open("/cart")


def test_a_cart_merges_later_if_ordering_is_down_at_sign_in(
    world: World, app: Flask, bread: Any, ways: dict[str, Breakable]
) -> None:
    world.user("Ada Byron", "ada@x.example")
    visitor = Visitor(app.test_client())
    put(visitor, bread, "2")
    ways["ordering"].down = True
    visitor.sign_in("ada@x.example")
    assert "cannot show your cart" in visitor.open("/cart")
    ways["ordering"].down = False
    assert 'value="2"' in visitor.open("/cart")


def test_a_cart_token_that_is_not_taken_is_forgotten(visitor: Visitor, bread: Any) -> None:
    with visitor.client.session_transaction() as session:
        session["cart"] = "forged"
    assert 'value="1"' in put(visitor, bread)


def test_one_order_of_two_shops_is_placed_once(world: World, customer: Visitor, bread: Any, book: Any) -> None:
    put(customer, bread)
    put(customer, book)
    page = customer.open("/checkout")
    assert "Order for €34.47" in page
    customer.send("/checkout", saved="new", **PLACE)
    first = customer.page.headers["Location"]
    placed = customer.client.post("/checkout", data={**_hidden(page), **PLACE, "saved": "new"})
    assert placed.headers["Location"] == first
    assert len(world.orders.placed) == 1
    text = customer.open(first)
    assert "Everything is put aside for you" in text
    assert text.count("This part") == 2
    assert "Nothing in it yet" in customer.open("/cart")


def _hidden(page: str) -> dict[str, str]:
    found = dict(re.findall(r'name="(\w+)" type="hidden" value="([^"]*)"', page))
    return {**found, **dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))}


def test_the_same_form_with_another_address_is_no_second_order(world: World, customer: Visitor, bread: Any) -> None:
    put(customer, bread)
    page = customer.open("/checkout")
    customer.send("/checkout", saved="new", **PLACE)
    answer = customer.client.post("/checkout", data={**_hidden(page), **PLACE, "city": "Bath", "saved": "new"})
    assert answer.headers["Location"] == "/orders"
    assert len(world.orders.placed) == 1


def test_a_saved_address_is_enough_and_a_new_one_is_kept(world: World, customer: Visitor, bread: Any) -> None:
    put(customer, bread)
    customer.open("/checkout")
    customer.send("/checkout", saved="new", keep="y", **PLACE)
    kept = world.users["ada@x.example"]["addresses"]
    assert [it["city"] for it in kept] == ["London"]
    put(customer, bread)
    text = customer.open("/checkout")
    assert re.search(r'checked[^>]*value="' + kept[0]["id"], text)
    customer.send("/checkout", saved=kept[0]["id"], name="", line1="", city="", country="")
    assert customer.status == 303
    assert world.orders.placed[0]["shipping_address"]["city"] == "London"


def test_an_address_that_is_wrong_says_where(world: World, customer: Visitor, bread: Any) -> None:
    put(customer, bread)
    customer.open("/checkout")
    text = customer.send("/checkout", saved="new", **{**PLACE, "line1": ""})
    assert customer.status == 422
    assert "Enter street and number." in text
    text = customer.send("/checkout", saved="new", **{**PLACE, "city": "Nowhere"})
    assert "There is no such town." in text.split('id="city-wrong"')[1].split("</p>")[0]
    assert not world.orders.placed


def test_a_price_that_moves_during_checkout_is_agreed_to_first(world: World, customer: Visitor, bread: Any) -> None:
    put(customer, bread)
    customer.open("/checkout")
    bread["amount"] = 900
    text = customer.send("/checkout", saved="new", **PLACE)
    assert customer.status == 409
    assert "Please look at the sum again" in text
    assert "Order for €13.99" in text
    assert not world.orders.placed
    customer.send("/checkout", saved="new", **PLACE)
    assert customer.status == 303
    assert world.orders.placed[0]["total"] == {"amount": 1399, "currency": "EUR"}


def test_an_order_keeps_itself_up_to_date_until_it_ends(world: World, customer: Visitor, bread: Any, book: Any) -> None:
    world.orders.slow = True
    text = order(customer, bread, book)
    assert "We are asking every shop’s shelf" in text
    url = re.findall(r'hx-get="([^"]+)" hx-trigger="live, every 1s"', text)[0]
    customer.open(url, HX_Request="true")
    assert customer.status == 204
    world.orders.slow = False
    text = customer.open(url, HX_Request="true")
    assert "<html" not in text
    assert "Luca’s Bakery" in text
    parts = world.orders.parts()
    world.orders.step(parts[0], "rejected", "vendor", reason="The oven is <broken>")
    for to, more in (("accepted", {}), ("packed", {}), ("shipped", {"carrier": "DHL", "tracking_number": "JD01"})):
        world.orders.step(parts[1], to, "vendor", **more)
    text = customer.open(f"/orders/{world.orders.placed[0]['id']}")
    assert "This part was declined: The oven is &lt;broken&gt;" in text
    assert "Sent with <b>DHL</b>, number" in text
    assert "look again" in text
    assert "Except what was called off." in text
    assert '<dt>What is left</dt><dd class="num">€24.98</dd>' in text
    world.orders.step(parts[1], "delivered", "vendor")
    text = customer.open(f"/orders/{world.orders.placed[0]['id']}")
    assert "hx-get" not in text
    assert "Delivered" in customer.open("/orders")


def test_a_part_is_cancelled_while_it_can_be(world: World, customer: Visitor, bread: Any, book: Any) -> None:
    text = order(customer, bread, book)
    first, second = world.orders.parts()
    path = f"/orders/{first['order_id']}"
    assert text.count("Cancel this part</button>") == 2
    customer.send(f"{path}/cancel", part=first["id"], reason="Too much bread")
    text = customer.follow()
    assert "This part was cancelled: Too much bread" in text
    for to in ("accepted", "packed"):
        world.orders.step(second, to, "vendor")
    text = customer.send(f"{path}/cancel", part=second["id"])
    assert customer.status == 409
    assert "It is too late" in text
    assert second["status"] == "packed"


def test_an_order_that_was_refused_names_what_is_lacking(world: World, customer: Visitor, bread: Any) -> None:
    world.orders.slow = True
    order(customer, bread)
    world.orders.placed[0].update(
        status="rejected", reason="Not enough stock.", refused={"Rye bread": "1 wanted, 0 there"}
    )
    text = customer.open(f"/orders/{world.orders.placed[0]['id']}")
    assert "Rye bread: 1 wanted, 0 there" in text
    assert "Could not be taken" in text


def test_nobody_reads_the_order_of_another(world: World, app: Flask, customer: Visitor, bread: Any) -> None:
    order(customer, bread)
    world.user("Eve", "eve@x.example")
    eve = Visitor(app.test_client()).sign_in("eve@x.example")
    eve.open(f"/orders/{world.orders.placed[0]['id']}")
    assert eve.status == 404
    assert "There is no such order" in eve.text
    stranger = Visitor(app.test_client())
    stranger.open("/checkout")
    assert stranger.page.headers["Location"] == "/login?next=%2Fcheckout"


def test_a_page_says_which_part_is_down(customer: Visitor, bread: Any, ways: dict[str, Breakable]) -> None:
    put(customer, bread)
    ways["ordering"].down = True
    assert "cannot show your cart" in customer.open("/cart")
    customer.open("/orders")
    assert customer.status == 503
    assert "carts and orders" in customer.text
