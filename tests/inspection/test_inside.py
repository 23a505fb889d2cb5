"""The internal port: for other services only, the log as it is stored, parked events settled and written down."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.inspection import events, stuck
from shared.inspection.client import NotThere, Refused
from shared.inspection.events import BadCursor
from shared.inspection.trace import trace
from tests.inspection.world import TOKEN, World

MINE = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def identity(world: World) -> FlaskClient:
    app: Any = world.identity.way.inner.app
    client: FlaskClient = app.test_client()
    return client


@pytest.mark.parametrize("given", [None, "Bearer wrong", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer e30.e30.x"])
def test_nobody_else_is_let_in(identity: FlaskClient, given: str | None) -> None:
    answer = identity.get("/internal/events", headers={"Authorization": given} if given else {})
    assert answer.status_code == 401


def test_the_feed_gives_envelopes_as_they_are_stored_in_the_order_of_the_log(
    world: World, identity: FlaskClient
) -> None:
    for name in "ABC":
        world.register(name, None)
    waiting: Any = identity.get("/internal/events", headers=MINE).json
    world.publish()
    world.register("Unpublished", None)
    answer: Any = identity.get(f"/internal/events?after={waiting['head']}&limit=2", headers=MINE).json
    assert [item["position"] for item in answer["items"]] == [waiting["head"] + 1, waiting["head"] + 2]
    assert (answer["next"], answer["head"]) == (waiting["head"] + 2, waiting["head"] + 3)
    rest: Any = identity.get(f"/internal/events?after={answer['next']}&bare=true", headers=MINE).json
    assert (len(rest["items"]), rest["next"]) == (1, answer["head"])
    assert "envelope" not in rest["items"][0]
    stored = world.identity.scalar(
        "SELECT envelope::text FROM outbox WHERE event_id = :e", e=answer["items"][0]["event_id"]
    )
    assert answer["items"][0]["envelope"] == stored
    none: Any = identity.get("/internal/events?type=customer.erased", headers=MINE).json
    assert (none["items"], none["next"]) == ([], answer["head"])
    assert identity.get("/internal/events?after=-1", headers=MINE).status_code == 422


def test_boxes_are_filtered_and_paged(world: World) -> None:
    customer = world.joined("Filtered")
    found = events.listed(world.services, {"about": str(customer)})
    assert {each["type"] for each in found.items} == {"customer.created", "vendor_customer.linked"}
    assert [each["type"] for each in events.listed(world.services, {"aggregate": str(customer)}).items] == [
        "customer.created"
    ]
    seen, cursor = [], None
    while True:
        page = events.listed(world.services, {"type": "customer.created"}, limit=2, cursor=cursor)
        seen += [each["event_id"] for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    total = world.identity.scalar("SELECT count(*) FROM outbox WHERE type LIKE '%.created'")
    assert len(seen) == len(set(seen)) == total
    with pytest.raises(BadCursor):
        events.listed(world.services, {}, cursor="@@")
    with pytest.raises(Refused):
        events.listed(world.services, {"since": "yesterday"})


def test_followers_hear_only_what_is_new(world: World) -> None:
    places: dict[str, int] = {}
    assert events.followed(world.services, {}, places) == []
    customer = world.register("Fresh", None)
    assert [each["aggregate_id"] for each in events.followed(world.services, {}, places)] == [str(customer)]
    assert events.followed(world.services, {}, places) == []


def test_a_trace_is_the_tree_of_what_caused_what(world: World) -> None:
    customer = world.joined("Traced")
    found = trace(world.services, str(world.event_of(customer)))
    (root,) = [each for each in found.roots if each.aggregate_id == str(customer)]
    assert [(each.service, each.state) for each in root.deliveries] == [("vendor", "handled")]
    assert [each.type for each in root.caused] == ["vendor_customer.linked"]
    world.identity.way.down = True
    linked = root.caused[0].id
    half = trace(world.services, linked)
    assert list(half.silent) == ["identity"]
    assert str(customer) in str(half.roots)
    with pytest.raises(NotThere, match="identity cannot be asked"):
        trace(world.services, str(customer))


@pytest.fixture
def poisoned(world: World) -> list[str]:
    """Three registrations that were parked for one reason."""
    customers = [world.register(name, world.link().token) for name in ("P1", "P2", "P3")]
    world.publish()
    world.vendor.alter("ALTER TABLE vendor_customer ADD CONSTRAINT no_more CHECK (false) NOT VALID")
    for customer in customers:
        world.deliver(customer)
    while world.consumer().retry_due():
        continue
    world.vendor.alter("ALTER TABLE vendor_customer DROP CONSTRAINT no_more")
    return [str(world.event_of(customer)) for customer in customers]


def test_parked_events_are_grouped_previewed_redriven_at_a_rate_and_written_down(
    world: World, poisoned: list[str]
) -> None:
    groups, silent = stuck.parked(world.services, "vendor")
    (group,) = [each for each in groups[0]["items"] if each["example"] in poisoned]
    assert (group["events"], group["types"], silent) == (3, ["customer.created"], {})
    body = {"signature": group["signature"], "actor": "me", "reason": "mended", "per_second": 0.5}
    assert stuck.act(world.services, "vendor", "redrive", {**body, "preview": True})["events"] == 3
    assert world.vendor.scalar("SELECT count(*) FROM inbox WHERE status = 'parked'") == 3
    done = stuck.act(world.services, "vendor", "redrive", body)
    assert (done["events"], done["done"]) == (3, True)
    spread = world.vendor.scalar("SELECT max(next_attempt_at) - min(next_attempt_at) FROM inbox WHERE status = 'retry'")
    assert 3.9 < spread.total_seconds() < 4.1
    world.vendor.run("UPDATE inbox SET next_attempt_at = clock_timestamp() WHERE status = 'retry'")
    while world.consumer().retry_due():
        continue
    assert world.vendor.scalar("SELECT count(*) FROM inbox WHERE status <> 'handled'") == 0
    acts = world.services["vendor"].get("/internal/acts")["items"]
    assert (acts[0]["act"], acts[0]["actor"], acts[0]["reason"], acts[0]["affected"]) == ("redrive", "me", "mended", 3)


def test_dismissing_one_leaves_the_others_and_cannot_be_denied_later(world: World, poisoned: list[str]) -> None:
    body = {"event_ids": [poisoned[0]], "actor": "me", "reason": "a duplicate"}
    assert stuck.act(world.services, "vendor", "dismiss", body)["events"] == 1
    states = [world.vendor.scalar("SELECT status FROM inbox WHERE event_id = :e", e=each) for each in poisoned]
    assert states == ["dismissed", "parked", "parked"]
    for rewriting in ("UPDATE event_act SET actor = 'nobody'", "DELETE FROM event_act"):
        with pytest.raises(Exception, match="only ever added to"):
            world.vendor.run(rewriting)
    stuck.act(world.services, "vendor", "dismiss", {"actor": "me", "reason": "the rest"})


def test_a_message_that_could_not_be_read_is_redriven_once_it_can_be(world: World) -> None:
    customer = world.register("Letter", world.link().token)
    raw = world.identity.scalar("SELECT envelope::text FROM outbox WHERE aggregate_id = :c", c=customer)
    for body in (raw, json.dumps({"type": "customer.vanished"})):
        world.vendor.run(
            """INSERT INTO dead_letter (digest, reason, error, exchange, routing_key, body)
               VALUES (sha256(CAST(:body AS text)::bytea), 'undecodable', 'x', 'identity', 'customer.created',
                       CAST(:body AS text)::bytea)""",
            body=body,
        )
    good, bad = [world.vendor.scalar("SELECT max(id) FROM dead_letter") - back for back in (1, 0)]
    said = {"actor": "me", "reason": "readable now"}
    with pytest.raises(Refused):
        stuck.act(world.services, "vendor", "redrive", {**said, "letters": [good, bad]})
    assert stuck.act(world.services, "vendor", "redrive", {**said, "letters": [good]})["events"] == 1
    while world.consumer().retry_due():
        continue
    assert world.vendor.scalar("SELECT outcome FROM invite_outcome WHERE customer_id = :c", c=customer) == "linked"
    with pytest.raises(NotThere):
        stuck.act(world.services, "vendor", "redrive", {**said, "letters": [good]})
