"""The doors of the cart."""

from typing import Any
from uuid import UUID

from services.ordering.tests.api.conftest import ADMIN, Client, Place, customer, problem
from shared.events.ids import new_id


def test_a_cart_tells_prices_shares_and_sums_of_now(client: Client, place: Place) -> None:
    me = customer()
    (one, (bowl, cup)), (_, (lamp,)) = place.shop(1999, 500, shipping={"EUR": 499}), place.shop(333)
    cart = place.fill(me, {bowl: 2, cup: 1, lamp: 3})
    assert [(item["product_id"], item["quantity"], item["subtotal"]["amount"]) for item in cart["items"]] == [
        (str(bowl), 2, 3998),
        (str(cup), 1, 500),
        (str(lamp), 3, 999),
    ]
    sums = {name: cart[name]["amount"] for name in ("subtotal", "shipping", "discount", "total")}
    assert sums == {"subtotal": 5497, "shipping": 499, "discount": 0, "total": 5996}
    assert {part["vendor_id"]: part["total"]["amount"] for part in cart["parts"]}[str(one.id)] == 4997
    assert {item["available"] for item in cart["items"]} == {None}
    assert cart["token"] is None
    assert client.get("/cart", headers=me).json == cart


def test_an_empty_cart_is_shown_to_everybody(client: Client) -> None:
    for headers in (customer(), {}):
        cart = client.get("/cart", headers=headers).json
        assert (cart["items"], cart["total"], cart["version"]) == ([], None, 0)


def test_a_quantity_is_set_and_nought_takes_out(client: Client, place: Place) -> None:
    me, (_, (bowl, cup)) = customer(), place.shop(100, 200)
    place.fill(me, {bowl: 1})
    assert put(client, me, cup, 4)["subtotal"]["amount"] == 900
    assert [item["product_id"] for item in put(client, me, bowl, 0)["items"]] == [str(cup)]
    assert put(client, me, cup, 0)["items"] == []


def test_a_price_that_moved_is_told_with_what_it_was(client: Client, place: Place) -> None:
    me = customer()
    with place.market() as market:
        bowl = market.product(market.seller(), 1999)
        known = market.products
    place.fill(me, {bowl: 1})
    with place.market() as market:
        market.products, market.versions = known, {bowl: 1}
        market.change(bowl, price_amount=2199)
    (item,) = client.get("/cart", headers=me).json["items"]
    assert (item["unit_price"]["amount"], item["price_before"]["amount"]) == (2199, 1999)
    assert put(client, me, bowl, 1)["items"][0]["price_before"] is None


def test_what_nobody_or_nobody_like_you_can_buy_is_not_there(client: Client, place: Place) -> None:
    me = customer()
    with place.market() as market:
        seller, shut = market.seller(), market.seller()
        hidden, draft = market.product(seller, visibility="linked"), market.product(seller, status="draft")
        closed = market.product(shut)
        shut.suspend()
    for product in (hidden, draft, closed, new_id()):
        answer = client.put(f"/cart/items/{product}", json={"quantity": 1}, headers=me)
        assert problem(answer) == (422, "invalid", [f"items.{product}"])
    assert client.get("/cart", headers=me).json["items"] == []


def test_bad_carts_are_refused_by_name(client: Client, place: Place) -> None:
    me, (_, (bowl,)) = customer(), place.shop(100)
    line = {"product_id": str(bowl), "quantity": 1}
    for items, field in (
        ([{**line, "quantity": 0}], "items.0.quantity"),
        ([{**line, "quantity": 1001}], "items.0.quantity"),
        ([{**line, "quantity": "2"}], "items.0.quantity"),
        ([{**line, "product_id": "x"}], "items.0.product_id"),
        ([line, line], "items.1"),
    ):
        assert problem(client.put("/cart", json={"items": items}, headers=me)) == (422, "invalid", [field])


def test_an_anonymous_cart_has_a_token_and_is_merged_at_sign_in_once(client: Client, place: Place) -> None:
    me, (_, (bowl, cup)) = customer(), place.shop(100, 200)
    place.fill(me, {bowl: 1})
    token = place.fill({}, {bowl: 2})["token"]
    held = {"Cart-Token": token}
    assert put(client, held, cup, 1)["token"] == token
    assert len(client.get("/cart", headers=held).json["items"]) == 2
    for _ in "12":
        merged = client.post("/cart/merge", json={"token": token}, headers=me).json
        assert {item["product_id"]: item["quantity"] for item in merged["items"]} == {str(bowl): 3, str(cup): 1}
    assert client.get("/cart", headers=held).json["items"] == []


def test_a_token_that_we_did_not_give_opens_nothing(client: Client, place: Place) -> None:
    token = place.fill({}, {place.shop(100)[1][0]: 2})["token"]
    for forged in (f"{new_id().hex}.{token.partition('.')[2]}", token[:-1] + ("0" if token[-1] != "0" else "1"), "x"):
        assert problem(client.get("/cart", headers={"Cart-Token": forged}))[:2] == (403, "cart-token-invalid")
        assert client.post("/cart/merge", json={"token": forged}, headers=customer()).status_code == 403


def test_a_code_is_told_what_it_takes_off_or_why_nothing(client: Client, place: Place) -> None:
    me, (_, (bowl,)) = customer(), place.shop(1000)
    place.fill(me, {bowl: 1})
    code = f"HALF-{new_id().hex[-6:]}"
    client.post("/admin/discounts", json={"code": code, "percentage_bps": 5000}, headers=ADMIN)
    cart = client.put("/cart/discount", json={"code": code.lower()}, headers=me).json
    assert (cart["discount"]["amount"], cart["total"]["amount"], cart["discount_problem"]) == (500, 500, None)
    cart = client.put("/cart/discount", json={"code": "nothing"}, headers=me).json
    assert (cart["discount"]["amount"], "not known" in cart["discount_problem"]) == (0, True)
    assert client.put("/cart/discount", json={"code": None}, headers=me).json["discount_code"] is None


def put(client: Client, headers: dict[str, str], product: UUID, quantity: int) -> Any:
    answer = client.put(f"/cart/items/{product}", json={"quantity": quantity}, headers=headers)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_a_picture_is_told_by_its_address_in_the_cart_and_in_the_order(place: Place) -> None:
    me = customer()
    with place.market() as market:
        bowl = market.product(market.seller(), picture="0f9d21c4a7e355aa10b2c3d4e5f60718" + "ffff")
        lamp = market.product(market.seller())
    address = f"/api/products/media/{bowl.hex}-0f9d21c4a7e355aa10b2c3d4e5f60718-240.webp"
    (with_one, without) = place.fill(me, {bowl: 1, lamp: 1})["items"]
    assert (with_one["picture"], without["picture"]) == (address, None)
    order = place.stands(me, {bowl: 1})
    assert order["items"][0]["picture"] == order["vendor_orders"][0]["items"][0]["picture"] == address
