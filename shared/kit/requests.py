"""The outermost layer of an HTTP process: request ids, trace context, one log line and one measurement per request."""

import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from shared.events.ids import new_id
from shared.events.trace import tracing
from shared.kit import metrics
from shared.kit.logging import write_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROUTE = "kit.route"
"""Key of the WSGI environment under which the app leaves the route's template, which is logged instead of the path:
a path may hold a secret, a template cannot."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Traced:
    """WSGI middleware: what the request causes carries its id, which the answer names in `X-Request-Id`.

    A caller's id is taken if it is 8 to 64 letters, digits, dots, dashes or underscores; else it gets a new one.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        started, status = time.perf_counter(), ["500"]
        with tracing(request_id(environ), traceparent=traceparent(environ)) as trace:

            def start(line: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                status[0] = line.split(" ", 1)[0]
                return start_response(line, [*headers, ("X-Request-Id", trace.correlation_id)], *more)

            try:
                return self._app(environ, start)
            finally:
                _account(environ, int(status[0]), time.perf_counter() - started)


def request_id(environ: "WSGIEnvironment") -> str:
    """Return the caller's request id if it is well formed, else a new one."""
    given = environ.get("HTTP_X_REQUEST_ID", "")
    return given if _REQUEST_ID.fullmatch(given) else str(new_id())


def traceparent(environ: "WSGIEnvironment") -> str | None:
    """Return the caller's trace context (W3C Trace Context, version 00) if it is well formed."""
    given = environ.get("HTTP_TRACEPARENT", "")
    return given if _TRACEPARENT.fullmatch(given) else None


def _account(environ: "WSGIEnvironment", status: int, seconds: float) -> None:
    method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in _METHODS else "OTHER"
    route = environ.get(ROUTE) or "(unmatched)"
    metrics.observe_request(method, route, status, seconds)
    write_request(
        method=method,
        route=route,
        status=status,
        milliseconds=round(seconds * 1000, 1),
        client=environ.get("REMOTE_ADDR"),
        actor=environ.get("kit.actor"),
    )
