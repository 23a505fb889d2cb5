"""Streams of server-sent events: one thread looks for news for all who listen, and each stream has a queue of its own.

No `NOTIFY` in the transactions that tell people (it would serialise their commits): one query for all listeners at each
tick costs the same for one page as for hundreds.
"""

import base64
import binascii
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast
from uuid import UUID

import orjson
import structlog
from flask import Response, current_app, request
from prometheus_client import Counter, Gauge

from services.notifications.domain import news
from services.notifications.domain.news import News
from shared.kit.database import Database
from shared.kit.serve import ENDING

log = structlog.get_logger(__name__)

OPEN = Gauge("notification_streams", "Pages that are kept informed at present", multiprocess_mode="livesum")
TURNED_AWAY = Counter("notification_streams_turned_away_total", "Pages that were told to ask now and then instead")

EXTENSION = "streams"
RETRY_SECONDS = 15
PATIENCE = 0.25
"""Seconds after which a silent stream looks whether its process is to end."""


class Pace(NamedTuple):
    """How many streams there may be, and how often, in seconds, the hub looks and a silent stream says something."""

    limit: int
    tick: float
    heartbeat: float


class Listener:
    """One open stream: whose it is, what it has said already, and what it is to say."""

    def __init__(self, person: UUID, said: Sequence[UUID]) -> None:
        self.person, self.waiting = person, queue.SimpleQueue[News]()
        self._said = dict.fromkeys(said)

    def offer(self, one: News) -> None:
        """Say this, unless it was said."""
        if one.id not in self._said:
            self._said[one.id] = None
            self.waiting.put(one)
            while len(self._said) > news.MOST:
                del self._said[next(iter(self._said))]


class Hub:
    """Everybody who listens to this process."""

    def __init__(self, database: Database, pace: Pace) -> None:
        self.pace = pace
        self._database, self._lock = database, threading.Lock()
        self._listeners: set[Listener] = set()
        self._thread: threading.Thread | None = None

    def enter(self, person: UUID, last: UUID | None) -> Listener | None:
        """Listen from now on, or from after what was heard last; None if there are as many as there may be."""
        with self._lock:
            if len(self._listeners) >= self.pace.limit:
                TURNED_AWAY.inc()
                return None
            listener = Listener(person, ())
            self._listeners.add(listener)
            OPEN.set(len(self._listeners))
        try:
            self._begin(listener, last)
        except BaseException:
            self.leave(listener)
            raise
        return listener

    def leave(self, listener: Listener) -> None:
        """Listen no more."""
        with self._lock:
            self._listeners.discard(listener)
            OPEN.set(len(self._listeners))

    def look(self) -> None:
        """Offer everybody what has come for them lately."""
        with self._lock:
            by_person: dict[UUID, list[Listener]] = {}
            for listener in self._listeners:
                by_person.setdefault(listener.person, []).append(listener)
        if not by_person:
            return
        with self._database.transaction() as session:
            found = news.lately(session, list(by_person))
        for one in found:
            for listener in by_person[one.person]:
                listener.offer(one)

    def _begin(self, listener: Listener, last: UUID | None) -> None:
        with self._database.transaction() as session:
            old = {one.id for one in news.lately(session, [listener.person])}
            missed = news.after(session, listener.person, last) if last else []
        for key in old - {one.id for one in missed}:
            listener._said[key] = None
        for one in missed:
            listener.offer(one)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="streams", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not ENDING.wait(self.pace.tick):
            try:
                self.look()
            except Exception as error:  # noqa: BLE001 - a database that is away comes back, and pages keep listening
                log.warning("streams.cannot_look", error=type(error).__name__)


def open_stream(person: UUID) -> Response | None:
    """Answer this request with a stream; None where none is to be had: in a web process, or one that is full."""
    hub = cast("Hub | None", current_app.extensions.get(EXTENSION))
    listener = hub.enter(person, _last_heard()) if hub else None
    if hub is None or listener is None:
        return None
    answer = Response(events(hub, listener, _expires_at()), content_type="text/event-stream")
    answer.headers.update({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    answer.call_on_close(lambda: hub.leave(listener))
    return answer


def events(hub: Hub, listener: Listener, until: float) -> Iterator[bytes]:
    """What a stream says, until this moment (Unix time), or until its process ends."""
    yield f"retry: {RETRY_SECONDS * 1000}\n\n".encode()
    silent_since = time.monotonic()
    while time.time() < until and not ENDING.is_set():
        try:
            one = listener.waiting.get(timeout=PATIENCE)
        except queue.Empty:
            if time.monotonic() - silent_since >= hub.pace.heartbeat:
                silent_since = time.monotonic()
                yield b": still here\n\n"
            continue
        silent_since = time.monotonic()
        yield written(one)


def written(one: News) -> bytes:
    """One event in the format of the HTML standard, section 9.2."""
    said = {"id": one.id, "kind": one.kind, "about": one.about, "unread": one.unread}
    return b"id: %s\nevent: notification\ndata: %s\n\n" % (str(one.id).encode(), orjson.dumps(said))


def _last_heard() -> UUID | None:
    try:
        return UUID(request.headers.get("Last-Event-ID", ""))
    except ValueError:
        return None


def _expires_at() -> float:
    """When the access token of this request ends; it was verified before."""
    body = request.headers.get("Authorization", "").rpartition(" ")[2].split(".")
    try:
        claims: Any = orjson.loads(base64.urlsafe_b64decode(body[1] + "=" * (-len(body[1]) % 4)))
        return float(claims["exp"])
    except (IndexError, ValueError, KeyError, TypeError, binascii.Error):
        return 0.0
