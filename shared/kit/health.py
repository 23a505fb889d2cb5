"""The internal port: is this process alive, is it ready, what does it measure. Never reachable from outside."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import orjson

from shared.kit import metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Checks = Mapping[str, Callable[[], str | None]]
"""Named readiness checks: each returns None if all is well, or the reason why not; raising is a reason too."""


class Heartbeat:
    """Moved by a loop at every turn; still for longer than `patience` seconds means that the loop hangs."""

    def __init__(self, patience: float = 30) -> None:
        self._patience = patience
        self._last = time.monotonic()

    def beat(self) -> None:
        """Say that the loop turns."""
        self._last = time.monotonic()

    @property
    def alive(self) -> bool:
        """Whether the loop turned lately."""
        return time.monotonic() - self._last < self._patience


class InternalApp:
    """WSGI: `/healthz` (200 or 503), `/readyz` (200, or 503 naming the failed checks), `/metrics`.

    What other services may ask lies below `/internal/`, in the `mounted` app of a web process.
    """

    def __init__(
        self, checks: Checks, heartbeat: Heartbeat | None = None, mounted: "WSGIApplication | None" = None
    ) -> None:
        self._checks, self._heartbeat, self._mounted = checks, heartbeat, mounted

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        if self._mounted and environ.get("PATH_INFO", "").startswith("/internal/"):
            return self._mounted(environ, start_response)
        pages = {"/healthz": self._health, "/readyz": self._readiness, "/metrics": metrics_page}
        page = pages.get(environ.get("PATH_INFO", ""), _nothing)
        status, body, media_type = page()
        start_response(status, [("Content-Type", media_type), ("Content-Length", str(len(body)))])
        return [body] if environ["REQUEST_METHOD"] != "HEAD" else []

    def _health(self) -> tuple[str, bytes, str]:
        alive = self._heartbeat is None or self._heartbeat.alive
        return _json("200 OK" if alive else "503 Service Unavailable", {"alive": alive})

    def _readiness(self) -> tuple[str, bytes, str]:
        reasons = {name: _reason(check) for name, check in self._checks.items()}
        ready = not any(reasons.values())
        answer = {"ready": ready, "checks": {name: reason or "ok" for name, reason in reasons.items()}}
        return _json("200 OK" if ready else "503 Service Unavailable", answer)


def metrics_page() -> tuple[str, bytes, str]:
    """Answer with the metrics in Prometheus's text format."""
    return "200 OK", *metrics.exposition()


class InternalServer:
    """Serves an internal app from a thread, for processes that are no web server. Use as a context manager."""

    def __init__(self, host: str, port: int, app: "WSGIApplication") -> None:
        self._server = make_server(host, port, app, _ThreadingServer, _QuietHandler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="internal", daemon=True)

    @property
    def port(self) -> int:
        """The port in use, also when 0 was asked for."""
        return self._server.server_port

    def __enter__(self) -> "InternalServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    timeout = 10

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Probes come every few seconds; they are not worth a line."""


def _reason(check: Callable[[], str | None]) -> str | None:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, the answer is "not ready", and why
        return f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"


def _json(status: str, document: object) -> tuple[str, bytes, str]:
    return status, orjson.dumps(document), "application/json"


def _nothing() -> tuple[str, bytes, str]:
    return _json("404 Not Found", {"pages": ["/healthz", "/readyz", "/metrics"]})
