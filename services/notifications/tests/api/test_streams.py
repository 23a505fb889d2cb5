"""A stream says what comes, once, and ends with its token; a process that has none sends its pages to ask instead."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from services.notifications.streaming import EXTENSION, Hub, Pace
from services.notifications.tests.api.conftest import Client, Committed, as_person, problem
from services.notifications.tests.world import confirmed
from shared.events.ids import new_id
from shared.events.ordering import OrderPlaced
from shared.kit.database import Database
from shared.kit.tests.shop import bearer, token

Opens = Callable[..., Any]


@pytest.fixture
def hub(app: Flask, database: Database) -> Iterator[Hub]:
    """Streams are to be had here, two at a time."""
    made = app.extensions[EXTENSION] = Hub(database, Pace(limit=2, tick=0.02, heartbeat=0.3))
    yield made
    del app.extensions[EXTENSION]


@pytest.fixture
def opened(client: Client) -> Iterator[Opens]:
    """Open streams, which are closed at the end."""
    answers = []

    def ask(headers: dict[str, str]) -> Any:
        answers.append(client.get("/notifications/stream", headers=headers))
        return answers[-1]

    yield ask
    for answer in answers:
        answer.close()


def heard(answer: Any, count: int) -> list[dict[str, Any]]:
    """The next events of a stream."""
    found: list[dict[str, Any]] = []
    for chunk in answer.response:
        if chunk.startswith(b"id: "):
            lines = dict(line.split(": ", 1) for line in chunk.decode().strip().splitlines())
            assert lines["event"] == "notification"
            said = json.loads(lines["data"])
            assert said["id"] == lines["id"]
            found.append(said)
        if len(found) == count:
            break
    return found


def test_what_comes_is_said_to_whom_it_concerns(hub: Hub, opened: Opens, committed: Committed) -> None:
    with committed() as world:
        ada, eve = world.person(), world.person()
        world.tell(confirmed(ada))
    stream = opened(as_person(ada))
    assert (stream.status_code, stream.content_type, stream.headers["X-Accel-Buffering"]) == (
        *(200, "text/event-stream"),
        "no",
    )
    told = confirmed(ada)
    with committed() as world:
        world.tell(confirmed(eve), told)
    (said,) = heard(stream, 1)
    assert (said["kind"], said["unread"]) == ("order_confirmed", 2)
    assert said["about"] == {"order_id": str(told.order_id), "customer_id": str(ada)}


def test_a_page_that_comes_back_hears_what_it_missed_and_nothing_twice(
    hub: Hub, opened: Opens, committed: Committed
) -> None:
    with committed() as world:
        ada = world.person()
        world.tell(*(confirmed(ada) for _ in range(3)))
        first, *missed = sorted(world.messages(ada), key=lambda message: message.arrived_at)
    stream = opened({**as_person(ada), "Last-Event-ID": str(first.id)})
    assert {said["id"] for said in heard(stream, 2)} == {str(message.id) for message in missed}
    with committed() as world:
        world.tell(confirmed(ada))
        newest = world.messages(ada)[-1]
    assert [said["id"] for said in heard(stream, 1)] == [str(newest.id)]


def test_there_are_so_many_streams_and_a_place_is_free_again_once_one_ends(
    hub: Hub, opened: Opens, client: Client
) -> None:
    first, _ = opened(as_person()), opened(as_person())
    refused = client.get("/notifications/stream", headers=as_person())
    assert problem(refused) == (503, "no-stream-here", [])
    assert refused.headers["Retry-After"] == "15"
    first.close()
    assert opened(as_person()).status_code == 200


def test_a_web_process_has_no_streams(client: Client) -> None:
    assert problem(client.get("/notifications/stream", headers=as_person())) == (503, "no-stream-here", [])


def test_a_stream_ends_with_its_token_and_says_meanwhile_that_it_is_there(hub: Hub, opened: Opens) -> None:
    began = time.time()
    stream = opened(bearer("customer", sub=str(new_id()), exp=int(time.time()) + 2))
    said = b"".join(stream.response)
    assert time.time() - began < 10
    assert said.startswith(b"retry: 15000\n\n")
    assert b": still here\n\n" in said


def test_the_cookie_of_the_pages_is_a_token_for_the_stream_alone(hub: Hub, app: Flask) -> None:
    client = app.test_client(use_cookies=False)
    cookie = {"Cookie": f"access_token={token('customer', sub=str(new_id()))}"}
    stream = client.get("/notifications/stream", headers=cookie)
    assert stream.status_code == 200
    stream.close()
    assert client.get("/notifications", headers=cookie).status_code == 401
    assert client.get("/notifications/stream", headers={**cookie, "Sec-Fetch-Site": "cross-site"}).status_code == 401
    assert client.get("/notifications/stream", headers={"Cookie": "access_token=nonsense"}).status_code == 401


def test_what_is_not_wished_in_the_app_is_not_said(
    hub: Hub, opened: Opens, client: Client, committed: Committed
) -> None:
    with committed() as world:
        ada = world.person()
    off = {"items": [{"kind": "order_confirmed", "channel": "in_app", "enabled": False}]}
    client.put("/notifications/preferences", json=off, headers=as_person(ada))
    stream = opened(as_person(ada))
    with committed() as world:
        world.tell(confirmed(ada))
        told = confirmed(ada)
        world.tell(
            OrderPlaced(
                order_id=told.order_id,
                number="ORD-1",
                customer_id=ada,
                total_amount=1,
                currency="EUR",
                placed_at=told.confirmed_at,
            )
        )
    assert [said["kind"] for said in heard(stream, 1)] == ["order_placed"]
