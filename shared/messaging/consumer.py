"""The consumer: takes events in batches, applies each exactly once, and acknowledges after the commit.

A batch is one transaction: the inbox rows of what is new, its handlers, their own outbox rows. Only when a batch fails
is it done again event by event, each handler within a savepoint, so that one bad event costs the others nothing.
The database gone means: take nothing, acknowledge nothing, wait.
"""

import threading
from collections import Counter as CountOf
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shared.events.envelope import Undecodable, UnknownEvent, decode
from shared.messaging import dead_letters, failpoints, inbox
from shared.messaging.dead_letters import DeadLetter
from shared.messaging.faults import is_outage, is_unstorable
from shared.messaging.handlers import Handlers, run_handlers
from shared.messaging.inbox import Arrival, Claimed, RetryPolicy
from shared.messaging.intake import Delivery, Intake

log = structlog.get_logger(__name__)

HANDLED = Counter("inbox_handled_total", "Events applied", ["type"])
FAILED = Counter("inbox_failed_total", "Attempts at an event that its handler refused", ["type"])
PARKED = Counter("inbox_parked_total", "Events set aside after their last attempt", ["type"])
DEAD = Counter("inbox_dead_letters_total", "Messages that could not be read", ["reason"])
LAG = Histogram(
    "inbox_lag_seconds",
    "From the moment an event tells of to the commit of its handler",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30, 300, 3600),
)
OUTAGE = Gauge("inbox_database_outage", "1 while the database cannot be used", multiprocess_mode="max")


@dataclass(frozen=True)
class Appetite:
    """How much at once, and how long between looks at what is due again; seconds."""

    batch: int = 1000
    idle: float = 0.25
    retry_batch: int = 50
    retry_every: float = 0.5
    outage_pause: float = 0.5


class HandlerFailed(Exception):
    """A handler refused a batch: do it again one by one."""


@dataclass
class Consumer:
    """Applies what `intake` brings with `handlers`, until `stop` is set. `beat` is called on every turn."""

    name: str
    transaction: Callable[[], AbstractContextManager[Session]]
    handlers: Handlers
    intake: Intake
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    appetite: Appetite = field(default_factory=Appetite)
    beat: Callable[[], None] = lambda: None
    stop: threading.Event = field(default_factory=threading.Event)
    _next_look: float = 0.0
    _more_is_due: bool = False

    def run(self) -> None:
        """Work until stopped; finish the batch at hand, and let its ack go out, before returning."""
        self.intake.start()
        try:
            while not self.stop.is_set():
                self.beat()
                batch = self.intake.take(self.appetite.batch, 0 if self._more_is_due else self.appetite.idle)
                if batch and not self.stop.is_set():
                    self._persist(lambda taken=batch: self.apply(taken))  # type: ignore[misc]
                    failpoints.passing(failpoints.CONSUMER_COMMITTED)
                    self.intake.committed_through(batch[-1])
                self._look_at_what_is_due()
        except _Stopped:
            log.info("consumer.stopped_in_an_outage")
        finally:
            self.intake.stop()

    def apply(self, batch: Sequence[Delivery]) -> None:
        """Apply deliveries in one transaction, or one by one if a handler fails; doing it twice changes nothing.

        What the broker had given up on is only recorded: each gets an attempt of its own, so that an event that kills
        its process is parked in the end. Raises `SQLAlchemyError` in an outage, and then nothing is applied.
        """
        arrivals, letters = self._read([delivery for delivery in batch if not delivery.dead])
        given_up, unreadable = self._read([delivery for delivery in batch if delivery.dead])
        try:
            with self.transaction() as session:
                dead_letters.keep(session, letters + unreadable)
                inbox.record(session, given_up, later=True)
                fresh = inbox.record(session, arrivals)
                self._handle(session, fresh)
        except Exception as failed:
            if not isinstance(failed, HandlerFailed) and not is_unstorable(failed):
                raise
            log.warning("consumer.batch_failed", size=len(batch), error=str(failed.__cause__ or failed)[:200])
            self._apply_one_by_one(batch)
        else:
            _observe(fresh)

    def retry_due(self) -> int:
        """Try again what is due, each after its own attempt is counted and committed; return how many.

        One is claimed at a time: should it kill this process, no other has lost an attempt by that.
        """
        with self.transaction() as session:
            due_by = inbox.survey(session, self.policy)
        for done in range(self.appetite.retry_batch):
            if self.stop.is_set() or not self._retry_next(due_by):
                return done
        return self.appetite.retry_batch

    def _retry_next(self, due_by: datetime) -> bool:
        with self.transaction() as session:
            claimed = inbox.claim_next(session, self.policy, due_by)
        if claimed:
            self._attempt(claimed)
        return claimed is not None

    def _read(self, batch: Sequence[Delivery]) -> tuple[list[Arrival], list[DeadLetter]]:
        arrivals, letters = [], []
        for delivery in batch:
            try:
                envelope = delivery.envelope
                if type(envelope.event) not in self.handlers:
                    raise UnknownEvent(f"{self.name} has no handler for {envelope.type}")
                arrivals.append(Arrival(envelope, delivery.body.decode()))
            except (Undecodable, UnicodeDecodeError) as wrong:
                letters.append(_letter(delivery, wrong))
        return arrivals, letters

    def _handle(self, session: Session, arrivals: Sequence[Arrival]) -> None:
        try:
            run_handlers(self.handlers, session, [arrival.envelope for arrival in arrivals])
        except Exception as error:
            if is_outage(error):
                raise
            raise HandlerFailed from error

    def _apply_one_by_one(self, batch: Sequence[Delivery]) -> None:
        with self.transaction() as session:
            for delivery in batch:
                for fresh in self._record_one(session, delivery):
                    self._handle_or_defer(session, fresh)

    def _record_one(self, session: Session, delivery: Delivery) -> list[Arrival]:
        arrivals, letters = self._read([delivery])
        try:
            with session.begin_nested():
                return inbox.record(session, arrivals, later=delivery.dead)
        except Exception as refused:
            if not is_unstorable(refused):
                raise
            letters.append(_letter(delivery, refused))
            return []
        finally:
            dead_letters.keep(session, letters)

    def _handle_or_defer(self, session: Session, arrival: Arrival) -> None:
        envelope = arrival.envelope
        try:
            with session.begin_nested():
                self._handle(session, [arrival])
        except HandlerFailed as failed:
            error = failed.__cause__ or failed
            inbox.defer(session, envelope.id, error, self.policy)
            FAILED.labels(envelope.type).inc()
            log.warning(
                "consumer.deferred", type=envelope.type, event_id=str(envelope.id), error=inbox.signature(error)
            )
        else:
            _observe([arrival])

    def _attempt(self, claimed: Claimed) -> None:
        try:
            with self.transaction() as session:
                if not inbox.still_open(session, claimed.event_id):
                    return
                arrival = Arrival(decode(claimed.raw), claimed.raw)
                self._handle(session, [arrival])
                inbox.finish(session, claimed.event_id)
        except (HandlerFailed, Undecodable) as failed:
            self._failed_again(claimed, failed.__cause__ or failed)
        else:
            _observe([arrival])

    def _failed_again(self, claimed: Claimed, error: BaseException) -> None:
        with self.transaction() as session:
            parked = inbox.failed_again(session, claimed, error, self.policy)
        (PARKED if parked else FAILED).labels(decode(claimed.raw).type).inc()
        level, what = (log.error, "consumer.parked") if parked else (log.warning, "consumer.failed_again")
        level(what, event_id=str(claimed.event_id), attempts=claimed.attempts, error=inbox.signature(error))

    def _look_at_what_is_due(self) -> None:
        now = datetime.now(UTC).timestamp()
        if now >= self._next_look:
            self._more_is_due = bool(self._persist(self.retry_due))
            self._next_look = now if self._more_is_due else now + self.appetite.retry_every

    def _persist(self, work: Callable[[], int | None]) -> int | None:
        """Do the work; while the database is out, wait and do it again: what was committed is not done twice."""
        while True:
            try:
                done = work()
                OUTAGE.set(0)
                return done
            except SQLAlchemyError as lost:
                OUTAGE.set(1)
                log.error("consumer.database_outage", error=str(lost).splitlines()[0])
                self.beat()
                if self.stop.wait(self.appetite.outage_pause):
                    raise _Stopped from lost


class _Stopped(Exception):
    """Asked to stop while the database was out; nothing was acknowledged."""


def _letter(delivery: Delivery, wrong: Exception) -> DeadLetter:
    reason = "unknown_event" if isinstance(wrong, UnknownEvent) else "undecodable"
    DEAD.labels(reason).inc()
    log.error("consumer.dead_letter", reason=reason, routing_key=delivery.routing_key, error=str(wrong)[:200])
    return DeadLetter(reason, str(wrong).replace("\x00", ""), delivery.exchange, delivery.routing_key, delivery.body)


def _observe(arrivals: Sequence[Arrival]) -> None:
    now = datetime.now(UTC)
    for kind, count in CountOf(arrival.envelope.type for arrival in arrivals).items():
        HANDLED.labels(kind).inc(count)
    for arrival in arrivals:
        LAG.observe((now - arrival.envelope.occurred_at).total_seconds())
