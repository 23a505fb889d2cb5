"""Mappings explained over the API while no service can be asked; the rest is in tests/inspection."""

from services.vendor.tests.api.conftest import Client
from shared.events.ids import new_id
from shared.kit.tests.shop import bearer

ADMIN = bearer("admin")


def test_who_cannot_be_asked_is_named(client: Client) -> None:
    found = client.get(f"/admin/mappings/explain?customer={new_id()}", headers=ADMIN)
    assert found.status_code == 200
    assert "vendor cannot be asked" in found.json["sentence"]
    nobody = client.get("/admin/mappings/explain?customer=ada@x.example", headers=ADMIN)
    assert (nobody.status_code, nobody.json["type"]) == (404, "/problems/nothing-like-that")


def test_nothing_asked_is_refused_by_name(client: Client) -> None:
    answer = client.get("/admin/mappings/explain", headers=ADMIN)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "customer")
