"""The beginning of a new consumer: its queue is bound, the publisher's past is read, and then what came meanwhile.

Bound before the feed is read, the queue holds whatever is published from then on, so that nothing falls between; what
is in both is known by its id and handled once. All of it goes through the consumer's own way of handling events.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from shared.events.event import Event
from shared.inspection.client import CannotAsk, Services
from shared.kit.settings import Settings
from shared.messaging.consumer import Consumer
from shared.messaging.intake import Delivery, Intake
from shared.messaging.topology import declare_consumer
from shared.runtime.reconcile import listened_to, pages
from shared.runtime.service import Service, broker_of, database_of

QUIET_SECONDS = 1.0
CONNECT_SECONDS = 15.0


class NothingHeard(Exception):
    """The service listens to nothing that this publisher says."""


@dataclass(frozen=True)
class Beginning:
    """What a bootstrap read from the feed and then took from the queue."""

    source: str
    read: int
    drained: int


def bootstrap(service: Service, settings: Settings, others: Services, source: str) -> Beginning:
    """Make the service know a publisher's whole past. Idempotent: what it knows already is passed over.

    Raises `NothingHeard`, and `CannotAsk` before anything is changed if the publisher does not answer.
    """
    types = listened_to(service.handlers).get(source)
    if not types:
        raise NothingHeard(f"{service.name} listens to nothing that {source} publishes")
    others[source].get("/internal/events", limit=1)
    _bind(service, settings)
    database = database_of(settings, "bootstrap", pool_size=3)
    intake = Intake(broker_of(settings), service.name, list(service.handlers))
    consumer = Consumer(service.name, database.transaction, service.handlers, intake)
    try:
        read = sum(_apply(consumer, source, page) for page in pages(others, source, types))
        return Beginning(source, read, _drain(consumer))
    finally:
        database.dispose()


def _bind(service: Service, settings: Settings) -> None:
    events: Sequence[type[Event]] = list(service.handlers)
    with broker_of(settings).connect() as connection:
        declare_consumer(connection, broker_of(settings), service.name, events)


def _apply(consumer: Consumer, source: str, page: list[dict[str, str]]) -> int:
    consumer.apply([Delivery(0, 0, source, item["type"], item["envelope"].encode(), dead=False) for item in page])
    return len(page)


def _await_connection(intake: Intake) -> None:
    deadline = time.monotonic() + CONNECT_SECONDS
    while not intake.connected:
        if time.monotonic() > deadline:
            raise CannotAsk("the broker", "it does not answer")
        time.sleep(0.02)


def _drain(consumer: Consumer) -> int:
    """Take what is in the queue until it is quiet."""
    consumer.intake.start()
    taken = 0
    try:
        _await_connection(consumer.intake)
        while batch := consumer.intake.take(500, QUIET_SECONDS):
            consumer.apply(batch)
            consumer.intake.committed_through(batch[-1])
            taken += len(batch)
        consumer.retry_due()
    finally:
        consumer.intake.stop()
    return taken
