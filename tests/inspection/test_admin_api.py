"""The same answers over vendor's public API, for admins and services only, in the shapes that others rely on."""

from __future__ import annotations

from typing import Any

import pytest

from services.vendor import asking
from services.vendor.app import create_app
from shared.kit.auth import TokenVerifier
from shared.kit.keys import GivenKeys
from shared.kit.tests.shop import KEY, bearer
from tests.inspection.world import TOKEN, World

NOBODY = "01a1f866-0000-7000-8000-000000000000"
"""An id that nothing has; the same in every worker of a run."""
PATHS = ["/admin/mappings/explain?customer=x@x.example", "/admin/mappings/reconcile", "/admin/events", "/admin/parked",
         f"/admin/events/{NOBODY}/trace", f"/admin/events/{NOBODY}"]  # fmt: skip
ADMIN = bearer("admin")


@pytest.fixture(scope="module")
def client(world: World) -> Any:
    settings = world.vendor.way.inner.app.extensions["kit"].settings  # type: ignore[attr-defined]
    app = create_app(settings, world.vendor.database, TokenVerifier(GivenKeys(lambda: [KEY])))
    app.extensions[asking._KEPT] = world.services
    return app.test_client()


@pytest.mark.parametrize("path", PATHS)
def test_only_admins_and_services_may_ask(client: Any, path: str) -> None:
    assert client.get(path).status_code == 401
    for role in ("customer", "vendor"):
        assert client.get(path, headers=bearer(role)).status_code == 403
    for headers in (ADMIN, {"Authorization": f"Bearer {TOKEN}"}):
        assert client.get(path, headers=headers).status_code in {200, 404}


def test_an_explanation_has_its_shape(client: Any, world: World) -> None:
    customer = world.joined("Shape")
    found = client.get(f"/admin/mappings/explain?customer={customer}", headers=ADMIN).json
    assert found["customer_id"] == str(customer)
    assert found["outcome"] == "linked"
    assert found["remedy"] is None
    assert {"token", "sentence", "hops"} <= found.keys()
    assert all({"name", "at", "ok", "detail"} <= hop.keys() for hop in found["hops"])
    assert next(hop["at"] for hop in found["hops"] if hop["name"] == "published").endswith("Z")
    token = client.get(f"/admin/mappings/explain?token={found['token']}", headers=ADMIN).json
    assert (token["customer_id"], token["outcome"]) == (None, "valid")


@pytest.mark.parametrize(("path", "status", "kind"), [
    ("/admin/mappings/explain", 422, "invalid"),
    ("/admin/mappings/explain?customer=nobody@x.example", 404, "nothing-like-that"),
    (f"/admin/mappings/explain?customer={NOBODY}&vendor=nowhere", 404, "nothing-like-that"),
    (f"/admin/events/{NOBODY}/trace", 404, "nothing-like-that"),
    ("/admin/events?cursor=@@", 422, "invalid"), ("/admin/events?since=yesterday", 422, "invalid"),
])  # fmt: skip
def test_what_nobody_knows_is_a_problem_with_a_sentence(client: Any, path: str, status: int, kind: str) -> None:
    answer = client.get(path, headers=ADMIN)
    assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{kind}")
    assert answer.json["detail"]


def test_events_are_paged_and_traced(client: Any, world: World) -> None:
    customer = world.joined("Paged")
    page = client.get("/admin/events?limit=1", headers=ADMIN).json
    assert len(page["items"]) == 1
    assert (
        client.get(f"/admin/events?limit=1&cursor={page['next_cursor']}", headers=ADMIN).json["items"] != page["items"]
    )
    mine = client.get(f"/admin/events?customer={customer}", headers=ADMIN).json["items"]
    assert {each["type"] for each in mine} == {"customer.created", "vendor_customer.linked"}
    tree = client.get(f"/admin/events/{mine[0]['event_id']}/trace", headers=ADMIN).json
    assert tree["correlation_id"] == mine[0]["correlation_id"]
    assert tree["roots"][0]["deliveries"][0]["state"] == "handled"


def test_a_heal_is_written_down_under_the_admin_s_account(client: Any, world: World) -> None:
    assert client.post("/admin/mappings/reconcile", json={}, headers=ADMIN).status_code == 422
    found = client.post("/admin/mappings/reconcile", json={"reason": "to see"}, headers=ADMIN).json
    assert {report["service"] for report in found["reports"]} == {"identity", "vendor"}


def test_acts_on_parked_events_name_a_service_and_a_group(client: Any) -> None:
    for body, status in [
        ({"service": "nowhere", "signature": "X-1", "reason": "r"}, 404),
        ({"service": "vendor", "reason": "r"}, 422),
        ({"service": "vendor", "signature": "X-1"}, 422),
        ({"service": "vendor", "signature": "X-1", "reason": "r"}, 200),
    ]:
        assert client.post("/admin/parked/redrive", json=body, headers=ADMIN).status_code == status
