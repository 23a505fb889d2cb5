"""The doors of discount codes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from services.ordering.tests.api.conftest import ADMIN, Client, Place, customer, problem
from services.ordering.tests.market import ADDRESS, now
from shared.events.ids import new_id


def offer(client: Client, **more: Any) -> Any:
    code = f"CODE-{new_id().hex[-8:]}"
    answer = client.post("/admin/discounts", json={"code": code, "percentage_bps": 1000, **more}, headers=ADMIN)
    assert answer.status_code == 201, answer.json
    return answer.json


def test_a_code_is_shared_out_once_over_parts_and_lines(client: Client, place: Place) -> None:
    me, (_, (bowl, cup)), (_, (lamp,)) = customer(), place.shop(333, 333), place.shop(334)
    code = offer(client, percentage_bps=None, amount=100, currency="EUR")["code"]
    place.fill(me, {bowl: 1, cup: 1, lamp: 1})
    client.put("/cart/discount", json={"code": code}, headers=me)
    order = client.post("/orders", json={"shipping_address": ADDRESS}, headers=me).json
    place.reserve(order["id"])
    shown = client.get(f"/orders/{order['id']}", headers=me).json
    assert (shown["discount"]["amount"], shown["discount_code"]) == (100, code)
    assert sorted(part["discount"]["amount"] for part in shown["vendor_orders"]) in ([33, 67], [34, 66])
    for part in shown["vendor_orders"]:
        assert sum(item["discount"]["amount"] for item in part["items"]) == part["discount"]["amount"]


def test_uses_are_counted_once_however_many_come_at_once(app: Flask, client: Client, place: Place) -> None:
    code = offer(client, max_uses=3)
    _, (bowl,) = place.shop(1000)
    people = [customer() for _ in range(8)]
    for me in people:
        place.fill(me, {bowl: 1})
        client.put("/cart/discount", json={"code": code["code"]}, headers=me)

    def order(me: dict[str, str]) -> Any:
        return app.test_client().post("/orders", json={"shipping_address": ADDRESS}, headers=me)

    with ThreadPoolExecutor(8) as pool:
        answers = [*pool.map(order, people)]
    taken = [answer for answer in answers if answer.status_code == 202]
    assert (len(taken), {answer.json["total"]["amount"] for answer in taken}) == (3, {900})
    assert {problem(answer)[1] for answer in answers if answer.status_code != 202} == {"discount-not-valid"}
    assert uses(client, code["id"]) == 3
    winner = next(me for me, answer in zip(people, answers, strict=True) if answer.status_code == 202)
    assert client.post(f"/orders/{answer_of(client, winner)}/cancel", headers=winner).status_code == 200
    assert uses(client, code["id"]) == 2


def test_a_disabled_code_takes_nothing_off_any_more(client: Client, place: Place) -> None:
    me, code = customer(), offer(client)
    place.fill(me, {place.shop(1000)[1][0]: 1})
    client.put("/cart/discount", json={"code": code["code"]}, headers=me)
    at = f"/admin/discounts/{code['id']}/disable"
    first, second = (client.post(at, json={"reason": "Over"}, headers=ADMIN).json for _ in "12")
    assert first["disabled_at"] == second["disabled_at"] is not None
    answer = client.post("/orders", json={"shipping_address": ADDRESS}, headers=me)
    assert problem(answer)[:2] == (409, "discount-not-valid")
    assert problem(client.post(f"/admin/discounts/{new_id()}/disable", headers=ADMIN))[0] == 404


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"percentage_bps": None}, ["amount"]),
        ({"amount": 5, "currency": "EUR"}, ["amount"]),
        ({"percentage_bps": None, "amount": 5}, ["currency"]),
        ({"minimum": 5}, ["currency"]),
        ({"percentage_bps": 10_001}, ["percentage_bps"]),
        ({"valid_until": "2020-01-01T00:00:00Z"}, ["valid_until"]),
        ({"code": "a b"}, ["code"]),
        ({"currency": "XXX"}, ["currency"]),
    ],
)
def test_what_is_wrong_with_a_code_is_named(client: Client, body: dict[str, Any], fields: list[str]) -> None:
    given = {"code": "SOUND-CODE", "percentage_bps": 1000, **body}
    assert problem(client.post("/admin/discounts", json=given, headers=ADMIN)) == (422, "invalid", fields)


def test_a_code_is_there_once_in_whatever_case(client: Client) -> None:
    code = offer(client)["code"]
    again = client.post("/admin/discounts", json={"code": code.lower(), "percentage_bps": 5}, headers=ADMIN)
    assert problem(again) == (409, "code-taken", ["code"])
    assert code in [item["code"] for item in client.get("/admin/discounts", headers=ADMIN).json["items"]]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"minimum": 1001, "currency": "EUR"}, "too small"),
        ({"percentage_bps": None, "amount": 5, "currency": "JPY"}, "in JPY"),
        ({"valid_from": (now() + timedelta(days=1)).isoformat()}, "not yet"),
    ],
)
def test_a_code_that_does_not_hold_says_why(client: Client, place: Place, more: dict[str, Any], words: str) -> None:
    me = customer()
    place.fill(me, {place.shop(1000)[1][0]: 1})
    cart = client.put("/cart/discount", json={"code": offer(client, **more)["code"]}, headers=me).json
    assert words in cart["discount_problem"]
    assert cart["total"]["amount"] == 1000


def uses(client: Client, key: str) -> int:
    items = client.get("/admin/discounts?limit=100", headers=ADMIN).json["items"]
    return next(int(item["uses"]) for item in items if item["id"] == key)


def answer_of(client: Client, headers: dict[str, str]) -> str:
    return str(client.get("/orders", headers=headers).json["items"][0]["id"])
