"""The key that tests sign tokens with, published as identity would, for processes that are to believe them."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from shared.kit.tests.shop import KEY


@contextmanager
def published_key() -> Iterator[str]:
    """Where processes find it, as long as the block runs: a `JWKS_URL`."""
    document = json.dumps({"keys": [KEY.as_dict(private=False)]}).encode()

    class Published(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Published)
    threading.Thread(target=server.serve_forever, name="keys", daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/jwks.json"
    finally:
        server.shutdown()
        server.server_close()
