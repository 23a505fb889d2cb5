"""The stream process: news within a second of their event, pages beyond its limit sent away, and an end in order."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import httpx
import pytest

from services.notifications.tests.world import World, confirmed
from shared.events.ids import new_id
from shared.kit.tests.shop import KEY, token
from tests.eventually import eventually
from tests.infrastructure.plugin import ServiceDatabase
from tests.integration.marketplace import Room
from tests.integration.processes import ServiceProcess

LIMIT = 2


class Keys(BaseHTTPRequestHandler):
    """Identity's published keys."""

    def do_GET(self) -> None:
        body = json.dumps({"keys": [KEY.as_dict(private=False)]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def room(service_database: ServiceDatabase) -> Iterator[Room]:
    made = Room("notifications", service_database("notifications"))
    yield made
    made.db.dispose()


@pytest.fixture(scope="module")
def stream(room: Room, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """A stream process with room for two."""
    keys = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=keys.serve_forever, daemon=True).start()
    settings = room.environment(
        JWKS_URL=f"http://127.0.0.1:{keys.server_port}/",
        STREAM_LIMIT=str(LIMIT),
        STREAM_TICK_MILLISECONDS="100",
        STREAM_HEARTBEAT_SECONDS="0.5",
    )
    process = ServiceProcess("notifications", "stream", settings, tmp_path_factory.mktemp("stream") / "log")
    process.start()
    process.wait_until_ready()
    yield process
    if process.running:
        process.kill()
    keys.shutdown()


class Page(threading.Thread):
    """An open page that listens."""

    def __init__(self, room: Room, person: UUID) -> None:
        super().__init__(daemon=True)
        self._url = f"{room.address}/notifications/stream"
        self._headers = {"Cookie": f"access_token={token('customer', sub=str(person))}"}
        self.status, self.said, self.ended = 0, "", False

    def run(self) -> None:
        with httpx.stream("GET", self._url, headers=self._headers, timeout=30) as answer:
            self.status = answer.status_code
            for part in answer.iter_text():
                self.said += part
        self.ended = True


def test_open_pages_hear_and_the_end_of_the_process_ends_them_in_order(room: Room, stream: ServiceProcess) -> None:
    with room.db.transaction() as session:
        ada = World(session).person()
    pages = [Page(room, person) for person in (ada, new_id())]
    for page in pages:
        page.start()
    eventually(lambda: all("retry: 15000" in page.said for page in pages), timeout=20)
    one_too_many = Page(room, new_id())
    one_too_many.run()
    assert (one_too_many.status, "no-stream-here" in one_too_many.said) == (503, True)
    with room.db.transaction() as session:
        World(session).tell(confirmed(ada))
    eventually(lambda: "event: notification" in pages[0].said, timeout=10)
    eventually(lambda: ": still here" in pages[1].said, timeout=10)
    assert "event:" not in pages[1].said
    assert stream.readiness() == {"database": "ok", "schema": "ok"}
    ended = stream.stop()
    for page in pages:
        page.join(5)
    assert (ended.code, [page.ended for page in pages]) == (0, [True, True]), stream.tail()
