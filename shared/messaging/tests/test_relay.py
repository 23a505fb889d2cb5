"""The relay sends everything, in order, with proof, and says what nobody was there to take."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from kombu import Queue
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from deploy.local.processes import free_port
from shared.events.envelope import decode
from shared.events.identity import CustomerCreated, CustomerUpdated
from shared.messaging import outbox
from shared.messaging.doorbell import Chime, Doorbell
from shared.messaging.publisher import InDoubt, Message, Publisher
from shared.messaging.relay import Pace, Relay
from shared.messaging.tests.people import created, updated, write
from shared.messaging.topology import Broker, declare_consumer
from tests.eventually import eventually

PENDING = text("SELECT count(*) FROM outbox WHERE published_at IS NULL")
QUICK = Pace(batch=50, poll=0.02, confirm_deadline=5, retry_first=0.02)


@contextmanager
def running(engine: Engine, broker: Broker, doorbell: str | None = None, pace: Pace = QUICK) -> Iterator[Relay]:
    relay = Relay("identity", engine, broker, Chime(doorbell), pace)
    thread = threading.Thread(target=relay.run)
    thread.start()
    try:
        yield relay
    finally:
        relay.stop.set()
        thread.join(10)
        relay.chime.close()


def listen(broker: Broker, *events: type) -> Callable[[], list[bytes]]:
    """Bind a consumer and return what reads all that has come to it."""
    connection = broker.connect()
    declare_consumer(connection, broker, "vendor", events)
    queue: Queue = broker.queue("vendor")(connection.default_channel)

    def received() -> list[bytes]:
        bodies = []
        while (message := queue.get(no_ack=True)) is not None:
            bodies.append(message.body)
        return bodies

    return received


def nothing_pending(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        assert session.scalar(PENDING) == 0


def test_events_arrive_in_order_byte_for_byte_and_get_their_place_in_the_log(
    engine: Engine, sessions: sessionmaker[Session], broker: Broker
) -> None:
    received = listen(broker, CustomerCreated)
    with sessions.begin() as session:
        write(session, *(created(f"Person {n}") for n in range(230)))
    with running(engine, broker):
        eventually(lambda: nothing_pending(sessions))
    with sessions() as session:
        rows = session.execute(text("SELECT envelope::text, log_position FROM outbox ORDER BY seq")).all()
    assert received() == [row.envelope.encode() for row in rows]
    positions = [row.log_position for row in rows]
    assert positions == sorted(positions)


def test_a_large_event_spans_frames(engine: Engine, sessions: sessionmaker[Session], broker: Broker) -> None:
    received = listen(broker, CustomerCreated)
    with sessions.begin() as session:
        write(session, created("ä" * 300_000))
    with running(engine, broker):
        eventually(lambda: nothing_pending(sessions))
    (body,) = received()
    event = decode(body).event
    assert isinstance(event, CustomerCreated)
    assert event.name == "ä" * 300_000


def test_what_nobody_is_bound_for_is_recorded_and_can_be_sent_once_somebody_is(
    engine: Engine, sessions: sessionmaker[Session], broker: Broker
) -> None:
    received = listen(broker, CustomerCreated)
    person = created("Ada")
    with sessions.begin() as session:
        write(session, person, updated("Ada L.", person.customer_id))
    with running(engine, broker):
        eventually(lambda: nothing_pending(sessions))
        with sessions() as session:
            unroutable = session.scalars(text("SELECT type FROM outbox WHERE unroutable")).all()
        assert unroutable == ["customer.updated"]
        assert len(received()) == 1
        received = listen(broker, CustomerUpdated)
        with sessions.begin() as session:
            assert outbox.release_unroutable(session) == 1
        eventually(lambda: nothing_pending(sessions))
    assert [decode(body).type for body in received()] == ["customer.updated"]


def test_only_one_relay_leads_and_the_next_takes_over(
    engine: Engine, sessions: sessionmaker[Session], broker: Broker
) -> None:
    listen(broker, CustomerCreated)
    with running(engine, broker), sessions() as session:
        with running(engine, broker):
            eventually(lambda: _leaders(session, 1))
        with sessions.begin() as writing:
            write(writing, created("Ada"))
        eventually(lambda: nothing_pending(sessions))


def _leaders(session: Session, expected: int) -> None:
    held = """SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
              WHERE locktype = 'advisory' AND granted AND d.datname = current_database()"""
    assert session.scalar(text(held)) == expected


def test_a_nack_leaves_everything_in_doubt(broker: Broker) -> None:
    publisher = Publisher(broker, "identity")
    channel = publisher._connection.default_channel
    full = {"x-max-length": 1, "x-overflow": "reject-publish"}
    queue = Queue("full", broker.exchange("identity"), "customer.created", queue_arguments=full, exclusive=True)
    queue(channel).declare()
    messages = [Message(str(n), "customer.created", b"{}") for n in range(5)]
    with pytest.raises(InDoubt, match="not confirmed"):
        publisher.publish(messages, 5)
    publisher.close()


def test_a_broken_connection_is_a_doubt_and_no_crash(broker: Broker) -> None:
    publisher = Publisher(broker, "identity")
    publisher._connection.connection.transport.sock.close()
    with pytest.raises(InDoubt):
        publisher.publish([Message("1", "customer.created", b"{}")], 1)
    publisher.close()


def test_a_standby_waits_beside_the_leader_and_takes_over_its_doorbell(
    engine: Engine, sessions: sessionmaker[Session], broker: Broker
) -> None:
    received, address, seldom = listen(broker, CustomerCreated), f"127.0.0.1:{free_port()}", Pace(poll=4)
    with running(engine, broker, address, seldom) as leader, running(engine, broker, address, seldom):
        for _ in range(2):
            eventually(lambda: _out_at_the_bell(sessions, received, address), timeout=60)
            leader.stop.set()


def _out_at_the_bell(sessions: sessionmaker[Session], received: Callable[[], list[bytes]], address: str) -> bool:
    """Whether an event is out sooner than any poll would have it."""
    with sessions.begin() as session:
        write(session, created("Ada"))
    Doorbell(address).ring()
    began = time.monotonic()
    eventually(lambda: nothing_pending(sessions), timeout=50)
    return bool(received()) and time.monotonic() - began < 2
