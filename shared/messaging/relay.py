"""The relay: reads the unpublished in order, publishes them with proof, and gives each its place in the log.

One leader per service: a session advisory lock on the very connection that marks rows, so that who has lost the lock
cannot mark. Killed between the confirm and the mark, it sends again; the consumers' inboxes know what they have had.
"""

import threading
from collections import Counter as TypeCounts
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from shared.messaging import failpoints
from shared.messaging.doorbell import Chime
from shared.messaging.publisher import InDoubt, Message, Publisher
from shared.messaging.topology import Broker

log = structlog.get_logger(__name__)

PUBLISHED = Counter("outbox_published_total", "Events confirmed by the broker", ["type"])
UNROUTABLE = Counter("outbox_unroutable_total", "Events that no queue was bound for", ["type"])
IN_DOUBT = Counter("outbox_in_doubt_total", "Batches that had to be sent again")
DELAY = Histogram(
    "outbox_delay_seconds",
    "From the commit of an event to its confirm",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30, 120),
)
LEADING = Gauge("outbox_relay_leading", "1 while this process is the leader", multiprocess_mode="max")

LEADER_LOCK = 0x6F7574626F78
"""The advisory lock's key: "outbox" in ASCII. Locks are per database, so one number serves every service."""

_LEAD = text("SELECT pg_try_advisory_lock(:key)")
_PENDING = text("""
    SELECT seq, event_id::text, type, envelope::text, extract(epoch FROM clock_timestamp() - recorded_at)
    FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT :limit
""")
_MARK = text("""
    WITH confirmed AS MATERIALIZED (
        SELECT c.seq, c.unroutable, nextval('outbox_log_position') AS position
        FROM unnest(CAST(:seqs AS bigint[]), CAST(:unroutable AS boolean[])) AS c(seq, unroutable)
    )
    UPDATE outbox SET published_at = clock_timestamp(), log_position = confirmed.position,
                      unroutable = confirmed.unroutable
    FROM confirmed WHERE outbox.seq = confirmed.seq
""")


@dataclass(frozen=True)
class Pace:
    """How much at once and how patiently; seconds."""

    batch: int = 500
    poll: float = 0.05
    standby: float = 0.5
    confirm_deadline: float = 10.0
    retry_first: float = 0.1
    retry_most: float = 5.0


@dataclass
class Relay:
    """Publishes one service's outbox until `stop` is set. `beat` is called on every turn of the loop."""

    name: str
    engine: Engine
    broker: Broker
    chime: Chime
    pace: Pace = field(default_factory=Pace)
    beat: Callable[[], None] = lambda: None
    stop: threading.Event = field(default_factory=threading.Event)
    _publisher: Publisher | None = None
    _failures: int = 0

    def run(self) -> None:
        """Lead as soon as nobody else does; survive the database and the broker going away and coming back."""
        while not self.stop.is_set():
            try:
                with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    self._lead(connection)
            except DBAPIError as lost:
                self._pause("relay.database_lost", lost)
        self._discard_publisher()

    def ready(self) -> bool:
        """Whether the broker can be reached and takes messages; a standby that does not lead is ready too."""
        if not LEADING._value.get():
            return True
        return self._publisher is not None and not self._publisher.blocked

    def _lead(self, connection: Connection) -> None:
        connection.detach()  # closed at the end, never pooled: the lock must not outlive its leader
        while not self.stop.is_set():
            self.beat()
            if connection.scalar(_LEAD, {"key": LEADER_LOCK}):
                break
            self.stop.wait(self.pace.standby)
        LEADING.set(1)
        self.chime.hang_up()
        try:
            while not self.stop.is_set():
                self.beat()
                self._turn(connection)
        finally:
            self.chime.take_down()
            LEADING.set(0)

    def _turn(self, connection: Connection) -> None:
        """Publish what there is, or wait to be rung; never linger while there is work.

        A batch that is not full was all there was: who has committed since, has rung.
        """
        try:
            publisher = self._publisher or self._open_publisher()
            idle = publisher.blocked or self.publish_batch(connection, publisher) < self.pace.batch
            if idle and (not self.chime.wait(self.pace.poll) or publisher.blocked):
                publisher.keep_alive()
            self._failures = 0
        except InDoubt as doubt:
            IN_DOUBT.inc()
            self._discard_publisher()
            self._pause("relay.in_doubt", doubt)

    def publish_batch(self, connection: Connection, publisher: Publisher) -> int:
        """Publish and mark one batch in the order it was written; return how many."""
        pending = connection.execute(_PENDING, {"limit": self.pace.batch}).all()
        if not pending:
            return 0
        messages = [Message(event_id, kind, body.encode()) for _, event_id, kind, body, _ in pending]
        unroutable = publisher.publish(messages, self.pace.confirm_deadline)
        failpoints.passing(failpoints.RELAY_CONFIRMED)
        marks = [message.event_id in unroutable for message in messages]
        connection.execute(_MARK, {"seqs": [row.seq for row in pending], "unroutable": marks})
        _observe(messages, unroutable, [float(row[4]) for row in pending])
        return len(pending)

    def _open_publisher(self) -> Publisher:
        try:
            self._publisher = Publisher(self.broker, self.name)
        except Exception as refused:
            raise InDoubt(f"the broker cannot be reached: {refused}") from refused
        return self._publisher

    def _discard_publisher(self) -> None:
        if self._publisher:
            self._publisher.close()
            self._publisher = None

    def _pause(self, what: str, error: Exception) -> None:
        wait = min(self.pace.retry_first * 2**self._failures, self.pace.retry_most)
        self._failures = min(self._failures + 1, 16)
        log.warning(what, error=str(error).splitlines()[0], again_in_seconds=wait)
        self.beat()
        self.stop.wait(wait)


def _observe(messages: Sequence[Message], unroutable: set[str], ages: Sequence[float]) -> None:
    for message, age in zip(messages, ages, strict=True):
        PUBLISHED.labels(message.type).inc()
        DELAY.observe(age)
    for kind, count in TypeCounts(message.type for message in messages if message.event_id in unroutable).items():
        UNROUTABLE.labels(kind).inc(count)
        log.error("outbox.unroutable", type=kind, events=count, remedy="start their consumer, then release-unroutable")
