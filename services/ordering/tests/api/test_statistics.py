"""The doors of figures."""

from typing import Any

from services.ordering.tests.api.conftest import ADMIN, Client, Place, customer, problem, vendor
from shared.events.ids import new_id


def test_a_vendor_sees_what_was_sold_without_what_is_off(client: Client, place: Place) -> None:
    seller, (bowl, cup) = place.shop(1999, 500)
    with place.market() as market:
        seller.session = market.session
        seller.link(new_id())
    kept, gone = place.stands(customer(), {bowl: 2}), place.stands(customer(), {cup: 1})
    off = gone["vendor_orders"][0]["id"]
    client.post(f"/vendor/orders/{off}/reject", json={"reason": "Broken"}, headers=vendor(seller))
    shown = client.get("/vendor/statistics", headers=vendor(seller)).json
    assert shown["takings"] == [{"currency": "EUR", "revenue": 3998, "commission": 400, "earnings": 3598}]
    assert shown["revenue"] == [{"amount": 3998, "currency": "EUR"}]
    counts = {name: shown[name] for name in ("orders", "pending", "products", "customers", "buyers")}
    assert counts == {"orders": 1, "pending": 1, "products": 2, "customers": 1, "buyers": 1}
    (point,) = shown["series"]
    assert (point["orders"], point["revenue"], point["at"][10:]) == (1, 3998, "T00:00:00Z")
    assert kept["vendor_orders"][0]["status"] == "pending"


def test_who_sold_nothing_sees_noughts(client: Client, place: Place) -> None:
    shown = client.get("/vendor/statistics?by=month", headers=vendor(place.shop()[0])).json
    assert (shown["takings"], shown["series"], shown["orders"], shown["products"]) == ([], [], 0, 0)


def test_admins_see_the_whole_with_its_commission(client: Client, place: Place) -> None:
    before = taken(client)
    (_, (bowl,)), (_, (lamp,)) = place.shop(1000), place.shop(3000, bps=2000)
    place.stands(customer(), {bowl: 1, lamp: 1})
    after = taken(client)
    assert after["commission"] - before["commission"] == 700
    assert after["revenue"] - before["revenue"] == 4000
    assert after["vendor_orders"] - before["vendor_orders"] == 2
    assert after["orders"] - before["orders"] == 1


def test_a_stretch_that_is_none_is_refused(client: Client, place: Place) -> None:
    answer = client.get("/vendor/statistics?by=hour", headers=vendor(place.shop()[0]))
    assert problem(answer) == (422, "invalid", ["by"])


def taken(client: Client) -> dict[str, Any]:
    shown = client.get("/admin/statistics", headers=ADMIN).json
    sums = shown["takings"][0] if shown["takings"] else {"revenue": 0, "commission": 0}
    return {**sums, "orders": shown["orders"], "vendor_orders": shown["vendor_orders"]}
