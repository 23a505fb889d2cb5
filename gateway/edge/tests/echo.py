"""A service that answers what it was asked, so that a test sees what nginx let through."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Echo:
    """One upstream and the paths it was asked for."""

    name: str
    port: int = 0
    connections: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


def _handler(echo: Echo) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            echo.connections += 1
            super().setup()

        def answer(self) -> None:
            echo.asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = {"service": echo.name, "path": self.path, "method": self.command, "headers": dict(self.headers)}
            body = json.dumps({**said, "padding": "x" * 2000}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-Request-Id", "from-upstream")
            self.send_header("Content-Security-Policy", "default-src 'self'")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    for method in ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.answer)
    return Handler


@contextmanager
def running(echo: Echo) -> Iterator[Echo]:
    """Serve until the block ends, on a port of the system's choice."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(echo))
    server.daemon_threads = True
    echo.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield echo
    finally:
        server.shutdown()
        server.server_close()
