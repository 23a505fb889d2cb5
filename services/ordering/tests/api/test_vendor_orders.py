"""The doors of a vendor's parts."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from services.ordering.tests.api.conftest import ADMIN, Client, Place, customer, problem, vendor
from services.ordering.tests.market import Seller
from shared.events.ids import new_id

SHIPPED = {"carrier": "DHL", "tracking_number": "JD0146"}


@pytest.fixture
def part(place: Place) -> tuple[Seller, str, dict[str, str]]:
    """A vendor, their part of an order that stands, and its customer."""
    me, (seller, (bowl,)) = customer(), place.shop(1999, shipping={"EUR": 499})
    order = place.stands(me, {bowl: 2})
    return seller, order["vendor_orders"][0]["id"], me


Made = tuple[Seller, str, dict[str, str]]


def test_a_part_goes_its_way_and_every_step_says_when_and_by_whom(client: Client, part: Made) -> None:
    seller, key, me = part
    for step, body in (("accept", None), ("pack", None), ("ship", SHIPPED), ("deliver", None)):
        answer = client.post(f"/vendor/orders/{key}/{step}", json=body, headers=vendor(seller))
        assert answer.status_code == 200, answer.json
    shown = client.get(f"/vendor/orders/{key}", headers=vendor(seller)).json
    assert [step["status"] for step in shown["steps"]] == ["accepted", "packed", "shipped", "delivered"]
    assert {step["by"] for step in shown["steps"]} == {"vendor"}
    assert (shown["carrier"], shown["tracking_number"]) == ("DHL", "JD0146")
    assert (shown["commission_bps"], shown["commission"]["amount"], shown["earnings"]["amount"]) == (1000, 400, 3598)
    assert (shown["customer_name"], shown["shipping_address"]["city"]) == ("Ada Lovelace", "London")
    (order,) = client.get("/orders", headers=me).json["items"]
    assert order["status"] == "delivered"


@pytest.mark.parametrize(
    ("steps", "wrong", "body"),
    [
        ("", "pack", None),
        ("", "ship", SHIPPED),
        ("", "deliver", None),
        ("accept", "accept", None),
        ("accept", "reject", {"reason": "No"}),
        ("accept pack ship", "cancel", {"reason": "No"}),
        ("reject", "accept", None),
        ("cancel", "accept", None),
    ],
)
def test_a_stale_step_is_refused_with_both_ends(
    client: Client, part: Made, steps: str, wrong: str, body: dict[str, str] | None
) -> None:
    seller, key, _ = part
    for step in steps.split():
        given = SHIPPED if step == "ship" else {"reason": "No"} if step in {"reject", "cancel"} else None
        assert client.post(f"/vendor/orders/{key}/{step}", json=given, headers=vendor(seller)).status_code == 200
    before = client.get(f"/vendor/orders/{key}", headers=vendor(seller)).json
    answer = client.post(f"/vendor/orders/{key}/{wrong}", json=body, headers=vendor(seller))
    assert problem(answer)[:2] == (409, "wrong-status")
    assert answer.json["from"] == before["status"]
    assert client.get(f"/vendor/orders/{key}", headers=vendor(seller)).json == before


def test_of_two_who_press_at_once_one_wins(app: Flask, part: Made) -> None:
    seller, key, _ = part

    def press(_: int) -> Any:
        return app.test_client().post(f"/vendor/orders/{key}/accept", headers=vendor(seller))

    with ThreadPoolExecutor(6) as pool:
        codes = sorted(answer.status_code for answer in pool.map(press, range(6)))
    assert codes == [200, 409, 409, 409, 409, 409]


@pytest.mark.parametrize(
    ("step", "body", "fields"),
    [
        ("ship", {"carrier": "DHL"}, ["tracking_number"]),
        ("ship", {"carrier": " ", "tracking_number": "1"}, ["carrier"]),
        ("reject", {}, ["reason"]),
        ("reject", {"reason": "  "}, ["reason"]),
        ("cancel", {"reason": None}, ["reason"]),
    ],
)
def test_what_a_step_lacks_is_named(client: Client, part: Made, step: str, body: Any, fields: list[str]) -> None:
    seller, key, _ = part
    answer = client.post(f"/vendor/orders/{key}/{step}", json=body, headers=vendor(seller))
    assert problem(answer) == (422, "invalid", fields)


def test_another_vendors_part_is_neither_shown_nor_taken(client: Client, place: Place, part: Made) -> None:
    seller, key, me = part
    stranger = vendor(place.shop(100)[0])
    assert problem(client.get(f"/vendor/orders/{key}", headers=stranger))[:2] == (403, "not-your-vendor-order")
    for step, body in (("accept", None), ("ship", SHIPPED), ("reject", {"reason": "x"})):
        answer = client.post(f"/vendor/orders/{key}/{step}", json=body, headers=stranger)
        assert problem(answer)[:2] == (403, "not-your-vendor-order")
    assert client.get("/vendor/orders", headers=stranger).json["items"] == []
    assert client.get("/vendor/orders", headers=me).status_code == 403
    assert client.get("/vendor/orders", headers=ADMIN).status_code == 403
    assert client.post(f"/vendor/orders/{key}/accept", headers=ADMIN).status_code == 403
    assert problem(client.get(f"/vendor/orders/{new_id()}", headers=vendor(seller)))[0] == 404


def test_parts_are_found_by_status_number_and_customer(client: Client, part: Made) -> None:
    seller, key, _ = part
    shown = client.get(f"/vendor/orders/{key}", headers=vendor(seller)).json
    for found in (f"q={shown['number'][4:]}", f"q={shown['order_number']}", "q=lovelace", "status=pending"):
        items = client.get(f"/vendor/orders?{found}", headers=vendor(seller)).json["items"]
        assert [item["id"] for item in items] == [key], found
    for nothing in ("q=nobody", "q=%25", "status=shipped"):
        assert client.get(f"/vendor/orders?{nothing}", headers=vendor(seller)).json["items"] == []


def test_a_suspended_vendor_reads_and_changes_nothing(client: Client, place: Place, part: Made) -> None:
    seller, key, _ = part
    with place.market() as market:
        seller.session = market.session
        seller.suspend()
    assert client.get(f"/vendor/orders/{key}", headers=vendor(seller)).status_code == 200
    answer = client.post(f"/vendor/orders/{key}/accept", headers=vendor(seller))
    assert problem(answer)[:2] == (409, "vendor-suspended")


def test_numbers_count_per_vendor_and_day(client: Client, place: Place) -> None:
    (seller, (bowl,)), (other, (lamp,)) = place.shop(100), place.shop(200)
    for _ in range(3):
        place.stands(customer(), {bowl: 1})
    place.stands(customer(), {bowl: 1, lamp: 1})
    numbers = [item["number"] for item in client.get("/vendor/orders", headers=vendor(seller)).json["items"]]
    assert [number.rpartition("-")[2] for number in numbers] == ["0004", "0003", "0002", "0001"]
    assert all(number.startswith(f"VND-{seller.code}-") for number in numbers)
    (item,) = client.get("/vendor/orders", headers=vendor(other)).json["items"]
    assert item["number"].endswith("-0001")
