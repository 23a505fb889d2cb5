"""The doors of a customer's orders."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from services.ordering.tests.api.conftest import ADMIN, Client, Place, customer, problem, vendor
from services.ordering.tests.market import ADDRESS, now, tell
from shared.events.ids import new_id
from shared.kit.database import Database

BODY = {"shipping_address": ADDRESS}


def test_an_order_is_taken_at_once_and_stands_when_its_stock_is_reserved(client: Client, place: Place) -> None:
    me = customer()
    (one, (bowl,)), (other, (lamp,)) = place.shop(1999, shipping={"EUR": 499}), place.shop(333)
    taken = place.order(me, {bowl: 2, lamp: 1})
    assert (taken["status"], taken["total"]) == ("pending", {"amount": 4830, "currency": "EUR"})
    pending = client.get(f"/orders/{taken['id']}", headers=me).json
    assert (pending["vendor_orders"], [item["quantity"] for item in pending["items"]]) == ([], [2, 1])
    place.reserve(taken["id"])
    order = client.get(f"/orders/{taken['id']}", headers=me).json
    assert order["status"] == "confirmed"
    assert {part["vendor_id"]: part["total"]["amount"] for part in order["vendor_orders"]} == {
        str(one.id): 4497,
        str(other.id): 333,
    }
    (item,) = order["vendor_orders"][0]["items"]
    assert {"product_id", "title", "quantity", "unit_price", "subtotal"} <= item.keys()
    assert "commission" not in order["vendor_orders"][0]
    assert [each["id"] for each in client.get("/orders", headers=me).json["items"]] == [taken["id"]]
    assert client.get("/cart", headers=me).json["items"] == []


@pytest.mark.parametrize("keys", ["one", "ten", "none"])
def test_ten_submissions_at_once_are_one_order(app: Flask, place: Place, database: Database, keys: str) -> None:
    me, user = identified()
    place.fill(me, {place.shop(1999)[1][0]: 1})
    spelt: dict[str, list[dict[str, str]]] = {
        "one": [{"Idempotency-Key": "same"}] * 10,
        "ten": [{"Idempotency-Key": f"key-{number}"} for number in range(10)],
        "none": [{}] * 10,
    }
    given = spelt[keys]

    def submit(key: dict[str, str]) -> Any:
        return app.test_client().post("/orders", json=BODY, headers={**me, **key})

    with ThreadPoolExecutor(10) as pool:
        answers = [*pool.map(submit, given)]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert orders_of(database, user) == 1


def test_repeats_under_a_key_are_answered_alike_for_ever(app: Flask, place: Place, database: Database) -> None:
    """Ten of each at once; `ORDER_KEYS=1000` makes it many keys."""
    me, user = identified()
    _, (bowl,) = place.shop(100)
    keys = int(os.environ.get("ORDER_KEYS", "5"))
    made = set()

    def submit(key: str, **more: Any) -> Any:
        return app.test_client().post("/orders", json={**BODY, **more}, headers={**me, "Idempotency-Key": key})

    with ThreadPoolExecutor(10) as pool:
        for number in range(keys):
            place.fill(me, {bowl: number % 9 + 1})
            answers = [*pool.map(submit, [f"order-{number}"] * 10)]
            assert len({(answer.status_code, answer.text) for answer in answers}) == 1
            made.add(answers[0].json["id"])
    assert len(made) == orders_of(database, user) == keys
    assert submit("order-0").json["id"] in made
    assert problem(submit("order-0", cart_version=9))[:2] == (422, "idempotency-key-reused")


def test_an_empty_cart_and_one_that_changed_are_refused(client: Client, place: Place) -> None:
    me, (_, (bowl,)) = customer(), place.shop(100)
    assert problem(client.post("/orders", json=BODY, headers=me))[:2] == (409, "cart-empty")
    version = place.fill(me, {bowl: 1})["version"]
    place.fill(me, {bowl: 2})
    stale = client.post("/orders", json={**BODY, "cart_version": version}, headers=me)
    assert problem(stale)[:2] == (409, "cart-changed")
    place.order(me, {bowl: 2})
    elsewhere = {"shipping_address": {**ADDRESS, "city": "Paris"}}
    assert problem(client.post("/orders", json=elsewhere, headers=me))[:2] == (409, "cart-empty")


def test_a_price_that_moved_must_be_agreed_to(client: Client, place: Place) -> None:
    me = customer()
    with place.market() as market:
        seller = market.seller()
        bowl = market.product(seller, 1000)
        known = market.products[bowl]
    place.fill(me, {bowl: 1})
    with place.market() as market:
        market.products[bowl], market.versions[bowl] = known, 1
        market.change(bowl, price_amount=1100)
    refused = client.post("/orders", json=BODY, headers=me)
    assert problem(refused) == (409, "price-changed", [f"items.{bowl}"])
    for amount, status in ((1000, 409), (1100, 202)):
        total = {"amount": amount, "currency": "EUR"}
        assert client.post("/orders", json={**BODY, "total": total}, headers=me).status_code == status


def test_what_can_no_longer_be_ordered_is_named_and_nothing_changes(
    client: Client, place: Place, database: Database
) -> None:
    me, user = identified()
    with place.market() as market:
        seller, shut = market.seller(), market.seller()
        gone, off, out, closed, hidden, fine = (
            market.product(each) for each in (seller, seller, seller, shut, seller, seller)
        )
        known = dict(market.products)
    place.fill(me, dict.fromkeys((gone, off, out, closed, hidden, fine), 1))
    with place.market() as market:
        market.products, market.versions = known, dict.fromkeys(known, 1)
        market.delete(gone)
        market.change(off, status="inactive")
        market.change(out, status="out_of_stock")
        market.change(hidden, visibility="linked")
        shut.session = market.session
        shut.suspend()
    shown = {item["product_id"]: (item["problem"] or {}).get("code") for item in cart(client, me)["items"]}
    assert shown == {
        str(gone): "gone",
        str(off): "not_for_sale",
        str(out): "out_of_stock",
        str(closed): "vendor_not_selling",
        str(hidden): "gone",
        str(fine): None,
    }
    status, kind, fields = problem(client.post("/orders", json=BODY, headers=me))
    assert (status, kind) == (409, "cannot-be-ordered")
    assert {*fields} == {f"items.{key}" for key in (gone, off, out, closed, hidden)}
    assert orders_of(database, user) == 0


def test_two_currencies_are_two_orders(client: Client, place: Place) -> None:
    me = customer()
    with place.market() as market:
        seller = market.seller()
        bowl, yen = market.product(seller), market.product(seller, currency="JPY")
    assert place.fill(me, {bowl: 1, yen: 1})["total"] is None
    assert problem(client.post("/orders", json=BODY, headers=me))[:2] == (409, "mixed-currencies")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"city": ""}, "city"), ({"country": "gb"}, "country"), ({"name": " "}, "name"), ({"line1": None}, "line1")],
)
def test_a_bad_address_is_named(client: Client, place: Place, change: dict[str, Any], field: str) -> None:
    me = customer()
    place.fill(me, {place.shop(100)[1][0]: 1})
    answer = client.post("/orders", json={"shipping_address": {**ADDRESS, **change}}, headers=me)
    assert problem(answer) == (422, "invalid", [f"shipping_address.{field}"])


def test_nobody_reads_or_cancels_anothers_order(client: Client, place: Place) -> None:
    me, (seller, (bowl,)) = customer(), place.shop(100)
    order = place.stands(me, {bowl: 1})
    for other in (customer(), vendor(seller)):
        assert problem(client.get(f"/orders/{order['id']}", headers=other))[:2] == (404, "unknown-order")
        assert problem(client.post(f"/orders/{order['id']}/cancel", headers=other))[:2] == (404, "unknown-order")
    assert client.get(f"/orders/{order['id']}", headers=ADMIN).status_code == 403
    assert client.get(f"/orders/{order['id']}").status_code == 401
    assert client.get("/orders", headers=customer()).json["items"] == []


def test_a_pending_order_is_called_off_and_its_stock_asked_back(
    client: Client, place: Place, database: Database
) -> None:
    me = customer()
    order = place.order(me, {place.shop(100)[1][0]: 1})
    gone = client.post(f"/orders/{order['id']}/cancel", json={"reason": "Too late"}, headers=me).json
    assert (gone["status"], gone["reason"]) == ("cancelled", "Too late")
    assert problem(client.post(f"/orders/{order['id']}/cancel", headers=me))[:2] == (409, "wrong-status")
    place.reserve(order["id"])
    assert client.get(f"/orders/{order['id']}", headers=me).json["status"] == "cancelled"
    said = [kind for kind, _, _ in announced(database, order["id"])]
    assert said == [
        "order.placed",
        "stock.reserve_requested",
        "order.cancelled",
        "stock.release_requested",
        "stock.release_requested",
    ]


def test_a_customer_cancels_what_is_not_packed_and_the_rest_goes_on(client: Client, place: Place) -> None:
    me = customer()
    (one, (bowl,)), (_, (lamp,)) = place.shop(100), place.shop(200)
    order = place.stands(me, {bowl: 1, lamp: 1})
    at = f"/orders/{order['id']}/cancel"
    mine = next(part["id"] for part in order["vendor_orders"] if part["vendor_id"] == str(one.id))
    for step in ("accept", "pack"):
        assert client.post(f"/vendor/orders/{mine}/{step}", headers=vendor(one)).status_code == 200
    assert problem(client.post(at, json={"vendor_order_id": mine}, headers=me))[:2] == (409, "wrong-status")
    assert problem(client.post(at, json={"vendor_order_id": str(uuid4())}, headers=me))[:2] == (404, "unknown-order")
    left = client.post(at, headers=me).json
    assert {part["status"] for part in left["vendor_orders"]} == {"packed", "cancelled"}
    assert left["status"] == "processing"


def test_a_rejected_order_says_what_there_was_too_little_of(client: Client, place: Place) -> None:
    me, (_, (bowl,)) = customer(), place.shop(100)
    order = place.order(me, {bowl: 3})
    with place.market() as market:
        tell(market.session, market.lacking(UUID(order["id"]), {str(bowl): 1}))
    shown = client.get(f"/orders/{order['id']}", headers=me).json
    assert (shown["status"], [*shown["refused"].values()]) == ("rejected", ["3 wanted, 1 there"])


def test_what_could_not_be_ordered_is_in_the_cart_again_and_ordered_by_who_has_seen_it(
    client: Client, place: Place, database: Database
) -> None:
    me, user = identified()
    _, (bowl, cup) = place.shop(100, 200)
    first = place.order(me, {bowl: 3, cup: 1})
    with place.market() as market:
        tell(market.session, market.lacking(UUID(first["id"]), {str(bowl): 1}))
    again = cart(client, me)
    assert {item["product_id"]: item["quantity"] for item in again["items"]} == {str(bowl): 3, str(cup): 1}
    late = client.post("/orders", json=BODY, headers=me).json
    assert (late["id"], late["status"], orders_of(database, user)) == (first["id"], "rejected", 1)
    second = client.post("/orders", json={**BODY, "cart_version": again["version"]}, headers=me)
    assert second.status_code == 202
    assert second.json["id"] != first["id"]
    with place.market() as market:
        tell(market.session, market.lacking(UUID(second.json["id"]), {str(bowl): 1}))
    third = place.order(me, {bowl: 1})
    assert third["id"] not in {first["id"], second.json["id"]}
    assert orders_of(database, user) == 3


def test_what_was_put_in_since_stays_when_an_order_could_not_be(client: Client, place: Place) -> None:
    me = customer()
    _, (bowl, cup) = place.shop(100, 200)
    order = place.order(me, {bowl: 3})
    place.fill(me, {cup: 1})
    with place.market() as market:
        tell(market.session, market.lacking(UUID(order["id"]), {str(bowl): 1}))
    assert [item["product_id"] for item in cart(client, me)["items"]] == [str(cup)]


def identified() -> tuple[dict[str, str], UUID]:
    user = new_id()
    return customer(user), user


def cart(client: Client, headers: dict[str, str]) -> Any:
    return client.get("/cart", headers=headers).json


def orders_of(database: Database, user: UUID) -> int:
    with database.transaction() as session:
        asked = text("SELECT count(*) FROM customer_order WHERE customer_id = :user AND placed_at <= :now")
        return int(session.scalar(asked, {"user": user, "now": now()}) or 0)


def announced(database: Database, order_id: str) -> list[Any]:
    with database.transaction() as session:
        asked = text("SELECT type, aggregate_version, envelope FROM outbox WHERE aggregate_id = :id ORDER BY seq")
        return [*session.execute(asked, {"id": order_id})]
