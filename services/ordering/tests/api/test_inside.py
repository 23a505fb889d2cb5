"""What other services may ask of orders, on the internal port."""

import dataclasses
from typing import Any

import pytest

from services.ordering.__main__ import SERVICE
from services.ordering.settings import Settings
from services.ordering.tests.api.conftest import Place, customer
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.kit.settings import Secret
from shared.runtime.inspection.app import create_internal_app

TOKEN = "a-token-of-the-tests-for-services"
MINE = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def inside(settings: Settings, database: Database) -> Any:
    """The internal port."""
    trusting = dataclasses.replace(settings, service_token=Secret(TOKEN))
    return create_internal_app(SERVICE, trusting, database).test_client()


def test_each_order_has_a_standing(inside: Any, place: Place) -> None:
    _, (bowl,) = place.shop(100)
    waiting, stands = place.order(customer(), {bowl: 1}), place.stands(customer(), {bowl: 1})
    nobody = str(new_id())
    asked = ",".join([waiting["id"], stands["id"], nobody])
    found = inside.get(f"/internal/orders/standing?ids={asked}", headers=MINE).json["items"]
    assert {item["order_id"]: item["status"] for item in found} == {
        waiting["id"]: "pending",
        stands["id"]: "confirmed",
        nobody: "unknown",
    }


def test_the_way_of_an_order_is_told_by_id_and_by_number(inside: Any, place: Place) -> None:
    _, (bowl,) = place.shop(100)
    waiting, stands = place.order(customer(), {bowl: 2}), place.stands(customer(), {bowl: 1})
    found = inside.get(f"/internal/orders/way?order={waiting['id']}", headers=MINE).json
    assert (found["state"], found["noted_at"], found["vendor_orders"]) == ("reserving", found["steps"][0]["at"], [])
    found = inside.get(f"/internal/orders/way?order={stands['number'].lower()}", headers=MINE).json
    assert (found["id"], found["deadline"], len(found["vendor_orders"])) == (stands["id"], None, 1)
    assert found["why"].startswith("All of its stock is reserved")
    assert inside.get(f"/internal/orders/way?order={new_id()}", headers=MINE).status_code == 404
    assert inside.get("/internal/orders/way?order=ORD-NONE", headers=MINE).status_code == 404


def test_strange_ids_and_strangers_are_refused(inside: Any) -> None:
    assert inside.get("/internal/orders/standing?ids=x", headers=MINE).status_code == 422
    assert inside.get("/internal/orders/standing", headers=MINE).status_code == 422
    assert inside.get(f"/internal/orders/standing?ids={new_id()}").status_code == 401
