"""The door of payouts: every earning is paid exactly once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from services.ordering.tests.api.conftest import ADMIN, Client, Place, problem, vendor
from services.ordering.tests.api.test_ledger import delivered
from shared.events.ids import new_id
from shared.kit.tests.shop import bearer


def test_everything_owed_is_paid_once_by_vendor_and_currency(client: Client, place: Place) -> None:
    sellers = [delivered(client, place, price) for price in (1000, 2000)]
    paid = client.post("/admin/payouts", headers=ADMIN)
    assert paid.status_code == 201
    amounts = {item["vendor_id"]: item["amount"]["amount"] for item in paid.json["items"]}
    assert [amounts[str(seller.id)] for seller in sellers] == [2299, 4099]
    assert problem(client.post("/admin/payouts", headers=ADMIN))[:2] == (409, "nothing-to-pay")
    listed = client.get("/admin/payouts", headers=ADMIN).json["items"]
    assert {item["id"] for item in paid.json["items"]} <= {item["id"] for item in listed}
    assert client.post("/admin/payouts", headers=vendor(sellers[0])).status_code == 403


def test_many_batches_at_once_pay_each_earning_once(app: Flask, client: Client, place: Place) -> None:
    sellers = [delivered(client, place) for _ in range(3)]

    def pay(_: int) -> Any:
        return app.test_client().post("/admin/payouts", headers=ADMIN)

    with ThreadPoolExecutor(6) as pool:
        answers = [*pool.map(pay, range(6))]
    assert {answer.status_code for answer in answers} <= {201, 409}
    items = [item for answer in answers if answer.status_code == 201 for item in answer.json["items"]]
    assert sorted(item["vendor_id"] for item in items) == sorted(str(seller.id) for seller in sellers)


def test_the_same_request_twice_is_answered_alike(client: Client, place: Place) -> None:
    delivered(client, place)
    headers = {**bearer("admin", sub=str(new_id())), "Idempotency-Key": new_id().hex}
    first, second = (client.post("/admin/payouts", headers=headers) for _ in "12")
    assert (first.status_code, first.text) == (201, second.text)
