"""gunicorn's worker: threads that each wait for a connection, answer what it asks, and wait again.

gunicorn's own threaded worker hands every request from its main thread to a pool and back. With one interpreter lock
that is two changes of thread and eleven system calls for each request: it was a tenth of the CPU time of a page of
products, and most of its waiting. Here the kernel wakes one thread for each
request, and nothing is handed over.
"""

import os
import select
import socket
import struct
import time
from contextlib import suppress
from threading import Thread
from typing import Any

import structlog
from gunicorn.http.errors import NoMoreData  # type: ignore[import-untyped]
from gunicorn.http.parser import RequestParser  # type: ignore[import-untyped]
from gunicorn.http.wsgi import create  # type: ignore[import-untyped]
from gunicorn.util import close_graceful  # type: ignore[import-untyped]
from gunicorn.workers.base import Worker  # type: ignore[import-untyped]

from shared.kit.heads import Plain, environ_of
from shared.kit.joined import Joined

PATIENCE_SECONDS = 30
"""How long a thread waits for the rest of a request, or for a client to take its answer."""
LINGER_SECONDS = 2.0
"""How long a worker that ends keeps idle connections: their clients may already be sending the next request."""
DRAIN_SECONDS = 5.0
"""How long what an operation left unread of a body is read, so that its connection can be used again."""
_ONCE = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLONESHOT
_SHARED = select.EPOLLIN | select.EPOLLEXCLUSIVE
_NOT_LONGER = struct.pack("ll", PATIENCE_SECONDS, 0)

CONSTANT = (
    *("wsgi.errors", "wsgi.version", "wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once", "wsgi.file_wrapper"),
    *("wsgi.input_terminated", "SERVER_SOFTWARE", "REMOTE_ADDR", "REMOTE_PORT", "SERVER_NAME"),
    *("SERVER_PORT", "SCRIPT_NAME", "gunicorn.socket"),
)
"""Of an environment: what is the same for all requests of a connection."""
PLAIN = {method: Plain(method) for method in ("GET", "HEAD")}
LARGEST = 65_536
_log = structlog.get_logger(__name__)


class Connection:
    """A client's connection: its socket, the parser of what it sends, and until when it may be idle."""

    __slots__ = ("client", "known", "number", "parser", "schemes", "server", "socket", "until")

    def __init__(self, settings: Any, accepted: socket.socket, client: Any, server: Any) -> None:
        self.socket, self.client, self.server = accepted, client, server
        self.known: dict[str, Any] | None = None
        self.schemes: dict[str, str] = {}
        self.number, self.until = accepted.fileno(), time.monotonic() + settings.keepalive
        accepted.setblocking(True)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for limit in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            accepted.setsockopt(socket.SOL_SOCKET, limit, _NOT_LONGER)
        self.parser = RequestParser(settings, accepted, client)

    def plain(self) -> tuple[Plain, dict[str, Any]] | None:
        """Receive a request; if it is a plain one, with its environment, else it waits in the parser's buffer.

        Raises `StopIteration` if the client has ended the connection.
        """
        if self.known is None or self.has_more:
            return None
        head = self.socket.recv(LARGEST)
        if not head:
            raise StopIteration
        environ = environ_of(head, self.known, self.schemes)
        if environ is None:
            self.parser.unreader.unread(head)
            return None
        return PLAIN[environ["REQUEST_METHOD"]], environ

    def learn(self, request: Any, environ: dict[str, Any]) -> None:
        """Keep of the first request what is the same for all that follow on this connection."""
        self.known = {name: environ[name] for name in CONSTANT if name in environ}
        self.schemes = believed_schemes(request)

    @property
    def has_more(self) -> bool:
        """Whether the next request has been read with this one, so that nothing would announce it."""
        return bool(self.parser.unreader.buf.getbuffer().nbytes)


def believed_schemes(request: Any) -> dict[str, str]:
    """The variables by which this client may say that it was asked by HTTPS, and with what value: gunicorn decides."""
    believed, _ = request._peer_trusted_for_forwarded()
    return {"HTTP_" + name.replace("-", "_"): value for name, value in believed.items()}


class ThreadedWorker(Worker):  # type: ignore[misc]  # gunicorn is untyped
    """Answers as many requests at once as it has threads; connections that say nothing take none.

    A connection is in `_idle` while the kernel watches it; who takes it out of there, owns it.
    """

    alive: bool

    def init_process(self) -> None:
        """Prepare what the threads share, then run."""
        self._poll = select.epoll()
        self._listeners = {listener.fileno(): listener for listener in self.sockets}
        self._idle: dict[int, Connection] = {}
        self._open: set[Connection] = set()
        self._accepting = False
        super().init_process()

    def handle_quit(self, sig: int, frame: Any) -> None:
        """End on SIGINT and SIGQUIT as on SIGTERM."""
        self.handle_exit(sig, frame)

    def run(self) -> None:
        """Serve until told to end; then answer what was begun and what comes on connections that are still open."""
        for _ in range(self.cfg.threads):
            Thread(target=self._serve, daemon=True).start()
        while self.alive and self.ppid == os.getppid():
            self._accept_more(len(self._open) < self.cfg.worker_connections)
            self._rest(1.0)
        self.alive = False
        self._accept_more(False)
        self._finish()

    def _finish(self) -> None:
        now = time.monotonic()
        linger, grace = now + LINGER_SECONDS, now + self.cfg.graceful_timeout
        while self._open and time.monotonic() < grace:
            self._rest(0.05, latest=linger)

    def _rest(self, seconds: float, latest: float = float("inf")) -> None:
        """Tell the arbiter that all is well, wait, or until a signal comes, and end connections idle for too long."""
        self.notify()
        if select.select([self.PIPE[0]], [], [], seconds)[0]:
            with suppress(BlockingIOError):
                os.read(self.PIPE[0], 64)
        now = time.monotonic()
        for number, connection in list(self._idle.items()):
            if min(connection.until, latest) <= now and self._idle.pop(number, None):
                self._end(connection)

    def _accept_more(self, wanted: bool) -> None:
        if wanted != self._accepting:
            for number, listener in self._listeners.items():
                listener.setblocking(False)
                self._poll.register(number, _SHARED) if wanted else self._poll.unregister(number)
            self._accepting = wanted

    def _serve(self) -> None:
        """One thread's work: whatever is ready next."""
        while True:
            for number, _ in self._poll.poll(maxevents=1):
                if number in self._listeners:
                    self._accept(self._listeners[number])
                elif connection := self._idle.pop(number, None):
                    self._attend(connection)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):  # another thread or worker was quicker, or the client has gone again
            accepted, client = listener.accept()
            connection = Connection(self.cfg, accepted, client, listener.getsockname())
            self._open.add(connection)
            self._idle[connection.number] = connection
            self._poll.register(connection.number, _ONCE)

    def _attend(self, connection: Connection) -> None:
        """Answer what a connection asks, and watch it again or end it."""
        while self._answer(connection):
            if not connection.has_more:
                connection.until = time.monotonic() + self.cfg.keepalive
                self._idle[connection.number] = connection
                with suppress(OSError):  # ended meanwhile, for the worker ends
                    self._poll.modify(connection.number, _ONCE)
                return
        self._end(connection, gently=True)

    def _end(self, connection: Connection, *, gently: bool = False) -> None:
        with suppress(OSError):
            self._poll.unregister(connection.number)
        with suppress(OSError):
            close_graceful(connection.socket) if gently else connection.socket.close()
        self._open.discard(connection)

    def _answer(self, connection: Connection) -> bool:
        """Answer one request; whether the connection may go on."""
        request = None
        try:
            if plain := connection.plain():
                request, environ = plain
                return self._respond(Joined(request, connection.socket, self.cfg), environ)
            request = next(connection.parser)
            response, environ = create(
                request, connection.socket, connection.client, connection.server, self.cfg, response_class=Joined
            )
            environ["wsgi.multithread"] = True
            connection.learn(request, environ)
            return self._respond(response, environ) and _is_drained(connection.parser, request)
        except (NoMoreData, StopIteration, OSError):
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, the client and the log are told
            self.handle_error(request, connection.socket, connection.client, error)
            return False

    def _respond(self, response: Joined, environ: dict[str, Any]) -> bool:
        self.nr += 1
        if not self.alive:
            response.force_close()
        try:
            pieces = self.wsgi(environ, response.start_response)
            _write(response, pieces)
        except Exception:
            if not response.begun:
                raise
            _log.exception("answer_ended_early")
            return False
        return not response.should_close()


def _is_drained(parser: RequestParser, request: Any) -> bool:
    """Read what is left of a body; whether all of it has come."""
    bodiless = all(name not in ("CONTENT-LENGTH", "TRANSFER-ENCODING") for name, _ in request.headers)
    return bodiless or bool(parser.finish_body(deadline=time.monotonic() + DRAIN_SECONDS))


def _write(response: Joined, pieces: Any) -> None:
    try:
        for piece in pieces:
            response.write(piece)
        response.close()
    finally:
        if hasattr(pieces, "close"):
            pieces.close()
