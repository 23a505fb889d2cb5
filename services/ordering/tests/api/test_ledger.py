"""The door of a vendor's statement."""

import csv
import io
from datetime import timedelta
from typing import Any

from services.ordering.tests.api.conftest import ADMIN, Client, Place, customer, problem, vendor
from services.ordering.tests.market import Seller, now


def deliver(client: Client, seller: Seller, key: str) -> None:
    for step in ("accept", "pack", "ship", "deliver"):
        body = {"carrier": "DHL", "tracking_number": "1"} if step == "ship" else None
        assert client.post(f"/vendor/orders/{key}/{step}", json=body, headers=vendor(seller)).status_code == 200


def delivered(client: Client, place: Place, price: int = 1999) -> Seller:
    seller, (bowl,) = place.shop(price, shipping={"EUR": 499})
    order = place.stands(customer(), {bowl: 2})
    deliver(client, seller, order["vendor_orders"][0]["id"])
    return seller


def test_what_is_delivered_is_earned_and_what_is_paid_is_gone(client: Client, place: Place) -> None:
    seller = delivered(client, place)
    me = vendor(seller)
    shown = client.get("/vendor/ledger", headers=me).json
    assert shown["balances"] == [
        {"currency": "EUR", "opening": 0, "earned": 3598, "shipping": 499, "paid_out": 0, "closing": 4097}
    ]
    (item,) = shown["items"]
    assert (item["kind"], item["amount"]["amount"], item["commission"]["amount"]) == ("earning", 4097, 400)
    assert item["vendor_order_number"].startswith("VND-")
    assert client.post("/admin/payouts", json={"vendor_id": str(seller.id)}, headers=ADMIN).status_code == 201
    after = client.get("/vendor/ledger", headers=me).json
    assert (after["balances"][0]["paid_out"], after["balances"][0]["closing"]) == (4097, 0)
    assert [item["amount"]["amount"] for item in after["items"]] == [-4097, 4097]


def test_what_is_not_delivered_earns_nothing(client: Client, place: Place) -> None:
    seller, (bowl,) = place.shop(100)
    place.stands(customer(), {bowl: 1})
    assert client.get("/vendor/ledger", headers=vendor(seller)).json == {
        "balances": [],
        "items": [],
        "next_cursor": None,
    }


def test_a_period_has_an_opening_and_a_closing_balance(client: Client, place: Place) -> None:
    seller = delivered(client, place)
    later, earlier = ((now() + timedelta(hours=hours)).isoformat().replace("+00:00", "Z") for hours in (1, -1))
    after = client.get(f"/vendor/ledger?from={later}", headers=vendor(seller)).json
    assert (after["balances"][0]["opening"], after["balances"][0]["earned"], after["items"]) == (4097, 0, [])
    assert client.get(f"/vendor/ledger?to={earlier}", headers=vendor(seller)).json["balances"] == []
    assert client.get("/vendor/ledger?currency=JPY", headers=vendor(seller)).json["balances"] == []
    assert problem(client.get("/vendor/ledger?currency=X", headers=vendor(seller)))[2] == ["currency"]


def test_the_same_statement_as_csv(client: Client, place: Place) -> None:
    seller = delivered(client, place)
    answer = client.get("/vendor/ledger.csv", headers=vendor(seller))
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert {name: row[name] for name in ("kind", "currency", "earnings", "shipping", "commission", "amount")} == {
        "kind": "earning",
        "currency": "EUR",
        "earnings": "3598",
        "shipping": "499",
        "commission": "400",
        "amount": "4097",
    }


def test_pages_of_a_statement_follow_each_other(client: Client, place: Place) -> None:
    seller, (bowl,) = place.shop(100)
    for _ in range(3):
        order = place.stands(customer(), {bowl: 1})
        deliver(client, seller, order["vendor_orders"][0]["id"])
    first: Any = client.get("/vendor/ledger?limit=2", headers=vendor(seller)).json
    rest = client.get(f"/vendor/ledger?limit=2&cursor={first['next_cursor']}", headers=vendor(seller)).json
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    assert len({item["id"] for item in first["items"] + rest["items"]}) == 3
