"""What a stream says is heard at once, and one that is silent for longer than an answer may take stays open."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from gateway.edge.tests.conftest import UPSTREAMS, serving, site_in
from gateway.edge.tests.echo import Echo, running

STREAM = "/api/notifications/stream"


class Speaker:
    """A stream that says one thing, and the other when it is told to; it keeps the headers of who listened."""

    def __init__(self) -> None:
        self.go_on, self.heard_from, self.has_ended = threading.Event(), dict[str, str](), False
        speaker = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                speaker.heard_from = dict(self.headers)
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(b"data: one\n\n")
                speaker.go_on.wait(10)
                speaker.has_ended = True
                self.wfile.write(b"data: two\n\n")

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def speaker() -> Iterator[Speaker]:
    made = Speaker()
    yield made
    made.go_on.set()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def address(nginx: str, tmp_path: Path, speaker: Speaker) -> Iterator[str]:
    with ExitStack() as stack:
        services = {name: stack.enter_context(running(Echo(name))) for name in UPSTREAMS}
        services["notifications_stream"].port = speaker.server.server_address[1]
        site = site_in(tmp_path, services)
        stack.enter_context(serving(nginx, site))
        yield f"http://{site.listen}"


def test_a_stream_is_heard_as_it_speaks_and_may_be_silent_for_longer_than_an_answer(
    address: str, speaker: Speaker
) -> None:
    cookie = {"Cookie": "access_token=x", "Last-Event-ID": "seven", "Accept": "text/event-stream"}
    with httpx.stream("GET", address + STREAM, headers=cookie, timeout=10) as answer:
        lines = answer.iter_lines()
        assert (next(lines), speaker.has_ended) == ("data: one", False)
        threading.Timer(1.4, speaker.go_on.set).start()  # the site's answers may take one second
        assert next(line for line in lines if line) == "data: two"
    assert answer.headers["content-type"] == "text/event-stream"
    assert {name: speaker.heard_from.get(name) for name in ("Cookie", "Last-Event-ID")} == {
        "Cookie": "access_token=x",
        "Last-Event-ID": "seven",
    }
