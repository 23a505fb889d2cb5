"""An answer that lasts comes through as it is written, and may be silent for longer than any other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from gateway.edge.tests.conftest import UPSTREAMS, serving, site_in
from gateway.edge.tests.echo import Echo, running

LONGER_THAN_ANY_OTHER = 1.5
"""The edge of these tests waits a second for an answer."""


@contextmanager
def talking(more: threading.Event) -> Iterator[int]:
    """A service that says one thing at once, and another when it is told to; its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"data: first\n\n")
            self.wfile.flush()
            more.wait(10)
            self.wfile.write(f"data: {self.headers['Last-Event-ID']}\n\n".encode())

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield int(server.server_port)
    server.shutdown()


def test_an_answer_that_lasts_is_passed_on_as_it_comes(nginx: str, tmp_path: Path) -> None:
    more = threading.Event()
    with ExitStack() as stack:
        services = {name: stack.enter_context(running(Echo(name))) for name in UPSTREAMS}
        services["notifications_stream"] = Echo("stream", stack.enter_context(talking(more)))
        site = site_in(tmp_path, services)
        stack.enter_context(serving(nginx, site))
        url = f"http://{site.listen}/api/notifications/stream"
        answer = stack.enter_context(httpx.stream("GET", url, headers={"Last-Event-ID": "the-last"}, timeout=10))
        said = answer.iter_text()
        assert next(said) == "data: first\n\n"
        assert not more.wait(LONGER_THAN_ANY_OTHER), "nobody else sets it"
        more.set()
        assert next(said) == "data: the-last\n\n"
