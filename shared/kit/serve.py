"""gunicorn, configured in code: the public port and the internal one, threads, and an end that finishes its work."""

import gc
import logging
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from gunicorn.http.errors import (  # type: ignore[import-untyped]
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.util import write_nonblock  # type: ignore[import-untyped]

from shared.events.ids import new_id
from shared.kit import metrics
from shared.kit.errors import PROBLEM_MEDIA_TYPE, InternalError, Refusal, problem
from shared.kit.health import Checks, InternalApp
from shared.kit.inputs import HeadersTooLarge, MalformedRequest, UriTooLong
from shared.kit.settings import BadSetting, WebSettings
from shared.kit.worker import ThreadedWorker

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


_log = structlog.get_logger(__name__)

ENDING = threading.Event()
"""Set when this worker is told to end: an answer that lasts for long ends then too."""


class Ports:
    """WSGI: the internal port gets the internal app only, every other port never does.

    The port is that of the socket the request came in on, which no header can change.
    """

    def __init__(self, public: "WSGIApplication", internal: "WSGIApplication", internal_port: int) -> None:
        self._public, self._internal, self._internal_port = public, internal, str(internal_port)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass the request on."""
        app = self._internal if environ["SERVER_PORT"] == self._internal_port else self._public
        return app(environ, start_response)


def serve(
    app: "WSGIApplication",
    settings: WebSettings,
    checks: Checks,
    *,
    forked: Callable[[], None] = lambda: None,
    close: Callable[[], None] = lambda: None,
    internal: "WSGIApplication | None" = None,
) -> None:
    """Serve until SIGTERM or SIGINT: then take nothing new, finish what was begun within the grace, `close`, return.

    Each worker calls `forked` before its first request: what was opened while the app was built is its parent's.
    `internal` answers below `/internal/` on the internal port, and there only.

    Several workers count their requests together only if `PROMETHEUS_MULTIPROC_DIR` is set; refused otherwise.
    """
    if settings.web_workers > 1 and not metrics.shared_folder():
        raise BadSetting(f"{metrics.VARIABLE}: must name a folder when WEB_WORKERS is more than 1")
    metrics.start_afresh()
    hooks = {
        "post_fork": lambda _arbiter, _worker: forked(),
        "worker_exit": lambda _arbiter, _worker: close(),
        "child_exit": lambda _arbiter, worker: metrics.worker_ended(worker.pid),
    }
    gc.collect()
    gc.freeze()  # what is loaded stays: the collector looks at what requests leave behind, and workers share the rest
    _Gunicorn(Ports(app, InternalApp(checks, mounted=internal), settings.internal_port), settings, hooks).run()


class _Gunicorn(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    def __init__(self, app: "WSGIApplication", settings: WebSettings, hooks: Mapping[str, Callable[..., None]]) -> None:
        self._app, self._settings, self._hooks = app, settings, hooks
        super().__init__()

    def load(self) -> "WSGIApplication":
        """Return the app built before the workers were forked: they share its memory, and a bad one never starts."""
        return self._app

    def load_config(self) -> None:
        """Set gunicorn up; no file, no variable and no argument of the command line has a say."""
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def _options(self) -> dict[str, Any]:
        settings = self._settings
        return {
            "bind": [f"{settings.http_host}:{port}" for port in (settings.http_port, settings.internal_port)],
            "worker_class": _Worker,
            "workers": settings.web_workers,
            "threads": settings.web_threads,
            "preload_app": True,
            "timeout": 30,
            "graceful_timeout": settings.grace_seconds,
            "keepalive": 75,
            "limit_request_line": 8190,
            "control_socket_disable": True,
            "proc_name": f"{settings.service}-web",
            "logger_class": _StructuredLogger,
            **self._hooks,
        }


class _Worker(ThreadedWorker):
    def handle_exit(self, sig: int, frame: Any) -> None:
        """Take nothing new, and tell what lasts for long to come to its end."""
        ENDING.set()
        super().handle_exit(sig, frame)

    def handle_error(self, _request: Any, client: socket.socket, _address: Any, error: Exception) -> None:
        """Tell a client that does not speak HTTP, or too much of it, in the form of all other problems."""
        refusal = _refusal_of(error)
        if isinstance(refusal, InternalError):
            _log.error("request_failed", exc_info=error)
        else:
            _log.warning("request_malformed", kind=type(error).__name__)
        with suppress(OSError):
            write_nonblock(client, raw_answer(refusal))


def _refusal_of(error: Exception) -> Refusal:
    if isinstance(error, InvalidResponseHeader | InvalidResponseHeaderName):
        return InternalError()
    if isinstance(error, LimitRequestLine):
        return UriTooLong()
    if isinstance(error, LimitRequestHeaders):
        return HeadersTooLarge()
    return MalformedRequest() if isinstance(error, ParseException) else InternalError()


def raw_answer(refusal: Refusal) -> bytes:
    """Write the answer to a request that never reached an app, head and body; the connection ends with it."""
    body = orjson.dumps(problem(refusal, str(new_id())))
    head = [
        f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}",
        "Connection: close",
        f"Content-Type: {PROBLEM_MEDIA_TYPE}",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


class _StructuredLogger(Logger):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn's own lines go where all lines go; requests are logged by `shared.kit.requests`."""

    def setup(self, _cfg: Any) -> None:
        """Leave the handlers to `shared.kit.logging`."""
        self.error_log = logging.getLogger("gunicorn")
        self.access_log = logging.getLogger("gunicorn.access")
        self.access_log.disabled = True
