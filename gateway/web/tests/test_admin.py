"""The admin's pages: what is told in one sentence, drawn in lanes, and put right with a form."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, request

from gateway.web.lanes import lanes
from gateway.web.tests import answers
from gateway.web.tests.conftest import Breakable, Visitor
from gateway.web.tests.stand_in import World

EVENT = "019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21"
BEGAN = "2026-11-20T08:30:00Z"
TREE: dict[str, Any] = {
    "correlation_id": "c-1", "seconds": 0.1, "began_at": BEGAN, "silent": {},
    "roots": [{
        "id": EVENT, "type": "customer.created", "service": "identity", "state": "published",
        "recorded_at": BEGAN, "published_at": "2026-11-20T08:30:00.050000Z",
        "deliveries": [{"service": "vendor", "state": "parked", "received_at": "2026-11-20T08:30:00.060000Z",
                        "handled_at": None, "attempts": 8, "error": "ValueError: <b>broken</b>"}],
        "caused": [],
    }],
}  # fmt: skip
GROUP = {"signature": "ValueError-1", "types": ["customer.created"], "events": 3, "behind": 1,
         "why": "ValueError: x", "error": "Traceback\nValueError: x"}  # fmt: skip


@pytest.fixture
def admin(app: Flask, world: World, ways: dict[str, Breakable]) -> Visitor:
    _answer(ways["vendor"].inner.app, world)  # type: ignore[arg-type]
    world.user("Root", "root@x.example", "admin")
    return Visitor(app.test_client()).sign_in("root@x.example")


def _answer(services: Flask, world: World) -> None:
    """What vendor says to an admin."""

    @services.get("/admin/mappings/explain")
    def explain() -> Any:
        if request.args["customer"] == "nobody":
            return answers.problem(404, "nothing-like-that", "Nobody registered as nobody.")
        hop = {"name": "delivered", "at": None, "ok": False, "detail": "never reached", "seconds": None, "id": None}
        return {"customer": {"name": "Ada"}, "outcome": None, "on_list": None, "hops": [hop],
                "sentence": "It never reached vendor.", "remedy": "./market mappings reconcile --heal"}  # fmt: skip

    @services.route("/admin/mappings/reconcile", methods=["GET", "POST"])
    def reconcile() -> Any:
        found = {"event_id": EVENT, "detail": "never delivered", "seconds": 7200, "customer_id": None}
        report = {"service": "vendor", "compared": {"identity": 9}, "missing": 1, "healed": 1, "findings": [found]}
        return {"reports": [{**report, "unreachable": []}], "silent": {"catalog": "catalog is down"}}

    @services.get("/admin/events")
    def events() -> Any:
        return {"items": [], "next_cursor": None, "silent": {}}

    @services.get("/admin/parked")
    def parked() -> Any:
        return {"services": [{"service": "vendor", "items": [GROUP], "letters": []}], "silent": {}}

    @services.post("/admin/parked/<act>")
    def settle(act: str) -> Any:
        world.outcomes[act] = [request.get_json()]
        return {"events": 3, "done": True}

    @services.get("/admin/events/<event_id>/trace")
    def trace(event_id: str) -> Any:
        return TREE if event_id == EVENT else answers.problem(404, "nothing-like-that")


def test_the_page_tells_the_sentence_and_the_command(admin: Visitor) -> None:
    text = admin.open("/admin/mappings?customer=ada@x.example")
    assert "It never reached vendor." in text
    assert "./market mappings reconcile --heal" in text
    assert "not as it should be" in text


def test_whom_nobody_knows_is_said_on_the_page(admin: Visitor) -> None:
    assert "Nobody registered as nobody." in admin.open("/admin/mappings?customer=nobody")
    assert admin.status == 404


def test_what_is_missing_is_shown_and_made_up_for(admin: Visitor) -> None:
    text = admin.open("/admin/mappings")
    assert "never delivered, for 120 min" in text
    assert "catalog is down" in text
    admin.send("/admin/mappings/heal", reason="because")
    assert "on the way" in admin.follow()


def test_a_group_of_parked_events_is_tried_again_or_dismissed(admin: Visitor, world: World) -> None:
    assert "3 of vendor" in admin.open("/admin/events")
    for act in ("redrive", "dismiss"):
        admin.open("/admin/events")
        admin.send(f"/admin/events/parked/{act}", service="vendor", signature="ValueError-1", reason="why not")
        assert "3 parked events" in admin.follow()
        assert world.outcomes[act] == [{"service": "vendor", "signature": "ValueError-1", "reason": "why not"}]


def test_an_event_is_drawn_and_an_error_is_only_text(admin: Visitor) -> None:
    text = admin.open(f"/admin/events/{EVENT}")
    assert text.count("<rect") == 3
    assert "&lt;b&gt;broken" in text
    admin.open("/admin/events/019a9d3c-2f00-7c1e-8a55-000000000000")
    assert admin.status == 404


def test_lanes_lie_where_the_time_went() -> None:
    waits, travels, handled = lanes(TREE)
    assert (waits.start, waits.width, waits.seconds) == (0, 50, 0.05)
    assert (travels.start, round(travels.width)) == (50, 10)
    assert (handled.tone, handled.seconds) == ("bad", None)


def test_nobody_but_an_admin_sees_them(customer: Visitor, vendor: Visitor, visitor: Visitor) -> None:
    for path in ("/admin/mappings", "/admin/events", f"/admin/events/{EVENT}"):
        for person in (customer, vendor):
            person.open(path)
            assert person.status == 403
        visitor.open(path)
        assert visitor.page.headers["Location"].startswith("/login?next=")


def test_a_page_without_its_service_says_so(admin: Visitor, ways: dict[str, Breakable]) -> None:
    ways["vendor"].down = True
    for path in ("/admin/mappings", "/admin/events"):
        assert "Right now we cannot show" in admin.open(path)
        assert admin.status == 200
