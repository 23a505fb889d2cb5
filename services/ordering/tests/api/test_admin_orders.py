"""The doors of admins, who watch and change nothing."""

from services.ordering.tests.api.conftest import ADMIN, Client, Place, customer, problem, vendor
from shared.events.ids import new_id


def test_admins_see_every_order_with_its_money(client: Client, place: Place) -> None:
    user = new_id()
    seller, (bowl,) = place.shop(1999)
    order = place.stands(customer(user), {bowl: 1})
    for found in (f"customer={user}", f"vendor={seller.id}", f"q={order['number'].lower()}"):
        (item,) = client.get(f"/admin/orders?{found}", headers=ADMIN).json["items"]
        assert (item["id"], item["vendor_orders"][0]["commission"]["amount"]) == (order["id"], 200)
    assert client.get(f"/admin/orders/{order['id']}", headers=ADMIN).json["customer_id"] == str(user)
    assert client.get("/admin/orders?status=rejected", headers=ADMIN).json["items"] == []
    assert client.get("/admin/orders", headers=vendor(seller)).status_code == 403


def test_the_way_of_an_order_is_told(client: Client, place: Place) -> None:
    me, (seller, (bowl,)) = customer(), place.shop(1999)
    taken = place.order(me, {bowl: 1})
    waiting = client.get(f"/admin/orders/{taken['id']}/explain", headers=ADMIN).json
    assert (waiting["state"], "waits for catalog" in waiting["sentence"]) == ("reserving", True)
    assert waiting["deadline"]
    place.reserve(taken["id"])
    part = client.get(f"/orders/{taken['id']}", headers=me).json["vendor_orders"][0]
    client.post(f"/vendor/orders/{part['id']}/accept", headers=vendor(seller))
    way = client.get(f"/admin/orders/{taken['id']}/explain", headers=ADMIN).json
    assert (way["state"], way["status"], way["deadline"]) == ("confirmed", "processing", None)
    assert part["number"] in way["sentence"]
    whats = [step["what"] for step in way["steps"]]
    assert [hop["name"] for hop in way["hops"][:2]] == ["placed", "outbox"]
    assert "ordering cannot be asked" in way["hops"][0]["detail"], "no service has an address in this test"
    assert {"placed", "order.placed", "stock.reserve_requested", "confirmed", "order.confirmed"} <= set(whats)
    assert f"{part['number']} accepted" in whats
    assert "vendor_order.created" in whats
    assert problem(client.get(f"/admin/orders/{new_id()}/explain", headers=ADMIN))[:2] == (404, "unknown-order")
