"""Each request's trace and its line in the log: the route and never the query string, which may hold a token."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack
from typing import Any

import structlog
from flask import Response, g, request

from shared.events import trace

SOUND = re.compile(r"[A-Za-z0-9._-]{8,64}")
log = structlog.get_logger("gateway.web")


def begin() -> None:
    """Take over the caller's request id and trace context, if they are sound."""
    g.began, g.tracing = time.perf_counter(), ExitStack()
    given = request.headers.get("X-Request-Id", "")
    kept = given if SOUND.fullmatch(given) else None
    g.tracing.enter_context(trace.tracing(kept, traceparent=request.headers.get("traceparent")))


def finish(response: Response) -> Response:
    """Tell the id back, and write the line."""
    response.headers["X-Request-Id"] = trace.current().correlation_id
    rule = request.url_rule.rule if request.url_rule else "-"
    seconds = round(time.perf_counter() - g.began, 4)
    log.info("request", method=request.method, route=rule, status=response.status_code, seconds=seconds)
    return response


def end(_error: Any) -> None:
    """Close the trace."""
    tracing: ExitStack | None = g.pop("tracing", None)
    if tracing is not None:
        tracing.close()
