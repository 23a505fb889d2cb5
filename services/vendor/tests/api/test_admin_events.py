"""Events over the API while no service can be asked; the rest is in tests/inspection."""

from services.vendor.tests.api.conftest import Client
from shared.events.ids import new_id
from shared.kit.tests.shop import bearer

ADMIN = bearer("admin")


def test_an_event_that_nobody_wrote_is_not_found(client: Client) -> None:
    for path in (f"/admin/events/{new_id()}", f"/admin/events/{new_id()}/trace"):
        answer = client.get(path, headers=ADMIN)
        assert (answer.status_code, answer.json["type"]) == (404, "/problems/nothing-like-that")


def test_an_act_names_its_group_its_service_and_its_reason(client: Client) -> None:
    for body, field in [({"service": "vendor", "reason": "r"}, "signature"), ({"signature": "X-1"}, "service")]:
        answer = client.post("/admin/parked/dismiss", json=body, headers=ADMIN)
        assert answer.status_code == 422
        assert field in {error["field"] for error in answer.json["errors"]}
