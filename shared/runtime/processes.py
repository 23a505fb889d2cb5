"""The relay, consumer and scheduler of a service: alive while their loop turns, ready while they can work.

On SIGTERM or SIGINT each finishes what it has begun, commits, acknowledges, closes, and returns.
"""

import gc
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import structlog

from shared.kit.health import Checks, Heartbeat, InternalApp, InternalServer
from shared.kit.settings import Settings
from shared.messaging.consumer import Consumer
from shared.messaging.doorbell import Chime
from shared.messaging.intake import Intake
from shared.messaging.relay import Relay
from shared.runtime.checks import database_checks
from shared.runtime.scheduler import Scheduler
from shared.runtime.service import Service, broker_of, database_of
from shared.runtime.timetable import timetable

log = structlog.get_logger(__name__)


def run_relay(service: Service, settings: Settings) -> None:
    """Publish the service's outbox until told to stop."""
    database, heartbeat = database_of(settings, "relay", pool_size=2), Heartbeat()
    chime = Chime(settings.relay_doorbell or None)
    relay = Relay(service.name, database.engine, broker_of(settings), chime, beat=heartbeat.beat)
    checks = {
        **database_checks(database, service),
        "broker": lambda: None if relay.ready() else "not connected, or blocked",
    }
    with until_told(relay.stop), watched(settings, checks, heartbeat):
        relay.run()
    chime.close()
    database.dispose()


def run_consumer(service: Service, settings: Settings) -> None:
    """Apply what the service listens to until told to stop; a service that listens to nothing has no such process."""
    if not service.handlers:
        raise SystemExit(f"{service.name} listens to nothing: it has no consumer")
    database, heartbeat = database_of(settings, "consumer", pool_size=3), Heartbeat()
    intake = Intake(broker_of(settings), service.name, list(service.handlers))
    consumer = Consumer(service.name, database.transaction, service.handlers, intake, beat=heartbeat.beat)
    checks = {
        **database_checks(database, service),
        "broker": lambda: None if intake.connected else "not connected",
    }
    with until_told(consumer.stop), watched(settings, checks, heartbeat):
        consumer.run()
    database.dispose()


def run_scheduler(service: Service, settings: Settings) -> None:
    """Run the service's scheduled jobs until told to stop."""
    schedule = timetable(service)
    most = 2 * len(schedule)  # all jobs at once; between them a server process each would wait for hours
    database, heartbeat = database_of(settings, "scheduler", pool_size=1, max_overflow=most - 1), Heartbeat()
    scheduler = Scheduler(service, schedule, settings, database, beat=heartbeat.beat)
    with until_told(scheduler.stop), watched(settings, database_checks(database, service), heartbeat):
        scheduler.run()
    database.dispose()


@contextmanager
def until_told(stop: threading.Event) -> Iterator[None]:
    """Set `stop` on SIGTERM or SIGINT as long as the block runs."""

    def told(number: int, _frame: FrameType | None) -> None:
        log.info("process.stopping", signal=signal.Signals(number).name)
        stop.set()

    before = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        log.info("process.stopped")


@contextmanager
def watched(settings: Settings, checks: Checks, heartbeat: Heartbeat) -> Iterator[None]:
    """Say on the internal port whether this process is alive and ready as long as the block runs."""
    gc.collect()
    gc.freeze()  # what is loaded stays: the collector looks at what work leaves behind
    with InternalServer(settings.http_host, settings.internal_port, InternalApp(checks, heartbeat)):
        yield
