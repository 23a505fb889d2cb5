"""The consumer applies each event once; what fails waits in sight, and holds up only its own aggregate."""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from shared.events import trace
from shared.events.envelope import Envelope, encode
from shared.events.identity import CustomerCreated, CustomerUpdated
from shared.events.ids import new_id
from shared.messaging import inbox
from shared.messaging.consumer import Appetite, Consumer
from shared.messaging.handlers import Handlers, batched
from shared.messaging.inbox import RetryPolicy
from shared.messaging.intake import Delivery, Intake
from shared.messaging.tests.people import created, delivery, envelope, names, note, updated
from shared.messaging.topology import Broker
from tests.eventually import eventually

NOWHERE = Broker("amqp://nowhere")
AT_ONCE = RetryPolicy(attempts=3, first=0, factor=1, most=0)


@pytest.fixture
def consumer(sessions: sessionmaker[Session]) -> Consumer:
    intake = Intake(Broker("amqp://nowhere"), "vendor", [])
    handlers = {CustomerCreated: note, CustomerUpdated: note}
    return Consumer("vendor", sessions.begin, handlers, intake, AT_ONCE)


def statuses(consumer: Consumer) -> dict[str, str]:
    with consumer.transaction() as session:
        rows = session.execute(text("SELECT envelope->'data'->>'name' AS name, status FROM inbox ORDER BY seq"))
        return {row.name: row.status for row in rows}


def test_a_redelivered_event_is_applied_once(consumer: Consumer) -> None:
    ada = delivery(envelope(created("Ada")))
    consumer.apply([ada, ada])
    consumer.apply([ada])
    with consumer.transaction() as session:
        assert names(session) == ["Ada"]


def test_one_bad_event_costs_the_others_nothing_and_later_ones_of_its_aggregate_wait(consumer: Consumer) -> None:
    poison, good = created("Poison"), created("Good")
    after = updated("After", poison.customer_id)
    consumer.apply([delivery(envelope(event)) for event in (poison, after, good)])
    assert statuses(consumer) == {"Poison": "retry", "After": "waiting", "Good": "handled"}
    with consumer.transaction() as session:
        assert names(session) == ["Good"]


def test_an_event_that_arrives_later_waits_behind_its_aggregate_too(consumer: Consumer) -> None:
    poison = created("Poison")
    consumer.apply([delivery(envelope(poison))])
    consumer.apply([delivery(envelope(updated("After", poison.customer_id)))])
    assert statuses(consumer)["After"] == "waiting"


def test_after_its_last_attempt_an_event_is_parked_with_its_error(consumer: Consumer) -> None:
    consumer.apply([delivery(envelope(created("Poison")))])
    for _ in range(5):
        consumer.retry_due()
    with consumer.transaction() as session:
        row = session.execute(text("SELECT status, attempts, error, error_signature FROM inbox")).one()
    assert (row.status, row.attempts) == ("parked", 3)
    assert "cannot take" in row.error
    assert row.error_signature.startswith("ValueError-")


def test_once_the_cause_is_mended_the_event_and_those_behind_it_go_through_in_order(
    sessions: sessionmaker[Session],
) -> None:
    broken = True

    def moody(session: Session, event: Envelope[CustomerCreated]) -> None:
        if broken:
            raise RuntimeError("not today")
        note(session, event)

    handlers = {CustomerCreated: moody, CustomerUpdated: moody}
    consumer = Consumer("vendor", sessions.begin, handlers, Intake(Broker("amqp://nowhere"), "vendor", []), AT_ONCE)
    first = created("First")
    consumer.apply([delivery(envelope(first))])
    consumer.apply([delivery(envelope(updated(name, first.customer_id))) for name in ("Second", "Third")])
    consumer.retry_due()
    broken = False
    while consumer.retry_due():
        continue
    with sessions() as session:
        assert names(session) == ["First", "Second", "Third"]
    assert set(statuses(consumer).values()) == {"handled"}


def test_a_batched_handler_sees_runs_and_is_called_one_by_one_after_a_failure(sessions: sessionmaker[Session]) -> None:
    sizes = []

    def many(session: Session, events: Sequence[Envelope[CustomerCreated]]) -> None:
        sizes.append(len(events))
        for event in events:
            note(session, event)

    intake = Intake(Broker("amqp://nowhere"), "vendor", [])
    consumer = Consumer("vendor", sessions.begin, {CustomerCreated: batched(many)}, intake, AT_ONCE)
    consumer.apply([delivery(envelope(created(name))) for name in ("Ada", "Bob", "Cyd")])
    assert sizes == [3]
    consumer.apply([delivery(envelope(created(name))) for name in ("Dan", "Poison", "Eve")])
    assert sizes == [3, 3, 1, 1, 1]
    with sessions() as session:
        assert names(session) == ["Ada", "Bob", "Cyd", "Dan", "Eve"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff\x00 not json", "undecodable"),
        (b'{"type": "customer.created"}', "undecodable"),
        (b"[" * 100_000, "undecodable"),
        (encode(envelope(created("Ada"))).replace("customer.created", "customer.sang").encode(), "unknown_event"),
        (encode(envelope(created("A"))).replace('"schemaversion":1', '"schemaversion":9').encode(), "unknown_event"),
    ],
)
def test_what_cannot_be_read_is_kept_with_its_bytes_and_holds_nobody_up(
    consumer: Consumer, body: bytes, reason: str
) -> None:
    strange = Delivery(1, 1, "identity", "customer.created", body, dead=False)
    consumer.apply([strange, delivery(envelope(created("Good")))])
    consumer.apply([strange])
    with consumer.transaction() as session:
        rows = session.execute(text("SELECT reason, body FROM dead_letter")).all()
        assert [(row.reason, bytes(row.body)) for row in rows] == [(reason, body)]
        assert names(session) == ["Good"]


def test_an_event_nobody_here_handles_is_a_dead_letter(sessions: sessionmaker[Session]) -> None:
    consumer = Consumer("vendor", sessions.begin, {}, Intake(Broker("amqp://nowhere"), "vendor", []), AT_ONCE)
    consumer.apply([delivery(envelope(created("Ada")))])
    with sessions() as session:
        assert session.scalar(text("SELECT error FROM dead_letter")) == "vendor has no handler for customer.created"


def test_what_the_broker_gave_up_on_is_attempted_alone_and_counted_first(consumer: Consumer) -> None:
    consumer.apply([delivery(envelope(created("Ada")), dead=True)])
    assert statuses(consumer) == {"Ada": "retry"}
    consumer.retry_due()
    assert statuses(consumer) == {"Ada": "handled"}
    with consumer.transaction() as session:
        assert session.scalar(text("SELECT attempts FROM inbox")) == 1


def test_a_handler_is_traced_to_its_event(sessions: sessionmaker[Session]) -> None:
    seen: list[trace.Trace] = []

    def look(_session: Session, _event: Envelope[CustomerCreated]) -> None:
        seen.append(trace.current())

    handlers: Handlers = {CustomerCreated: look}
    consumer = Consumer("vendor", sessions.begin, handlers, Intake(Broker("amqp://nowhere"), "vendor", []), AT_ONCE)
    event = envelope(created("Ada", new_id()))
    consumer.apply([delivery(event)])
    assert (seen[0].correlation_id, seen[0].causation_id) == ("c-1", event.id)


NAN = encode(envelope(created("Ada"))).replace('"data":{', '"data":{"odd":NaN,').encode()
NUL = encode(envelope(created("Ada"))).replace('"correlationid":"c-1"', '"correlationid":"\\u0000"').encode()
SURROGATE = encode(envelope(created("Ada"))).replace('"correlationid":"c-1"', '"correlationid":"\\ud800"').encode()
HUGE = encode(envelope(created("Ada"))).replace('"aggregateversion":1', f'"aggregateversion":{2**70}').encode()


@pytest.mark.parametrize("body", [NAN, NUL, SURROGATE, HUGE], ids=["nan", "nul", "surrogate", "huge"])
def test_what_the_inbox_cannot_hold_is_a_dead_letter_and_no_outage(consumer: Consumer, body: bytes) -> None:
    strange = Delivery(1, 1, "identity", "customer.created", body, dead=False)
    consumer.apply([delivery(envelope(created("Before"))), strange, delivery(envelope(created("After")))])
    with consumer.transaction() as session:
        assert [bytes(kept) for kept in session.scalars(text("SELECT body FROM dead_letter"))] == [body]
        assert names(session) == ["Before", "After"]


def test_an_event_that_kills_its_process_is_parked_in_the_end_and_its_neighbours_are_not(
    sessions: sessionmaker[Session],
) -> None:
    class Killed(BaseException):
        """Stands for the end of the process: nothing after it runs."""

    def deadly(session: Session, event: Envelope[CustomerCreated]) -> None:
        if event.event.name == "Deadly":
            raise Killed
        note(session, event)

    consumer = Consumer("vendor", sessions.begin, {CustomerCreated: deadly}, Intake(NOWHERE, "vendor", []), AT_ONCE)
    people = ["Before", "Deadly", *(f"After {number}" for number in range(5))]
    consumer.apply([delivery(envelope(created(name)), dead=True) for name in people])
    for _ in range(AT_ONCE.attempts + 1):
        with suppress(Killed):
            while consumer.retry_due():
                continue
    assert statuses(consumer) == {name: "parked" if name == "Deadly" else "handled" for name in people}
    with consumer.transaction() as session:
        error = session.scalar(text("SELECT error FROM inbox WHERE status = 'parked'"))
    assert error == "the process ended during the last attempt"


def test_what_is_due_is_not_kept_waiting_by_an_empty_queue(consumer: Consumer) -> None:
    consumer.apply([delivery(envelope(created(f"Person {number}")), dead=True) for number in range(3)])
    consumer.appetite = Appetite(idle=2, retry_batch=1)
    working = threading.Thread(target=consumer.run)
    began = time.monotonic()
    working.start()
    eventually(lambda: set(statuses(consumer).values()) == {"handled"})
    assert time.monotonic() - began < 3
    consumer.stop.set()
    working.join()


def test_a_parked_event_is_redriven_with_all_its_attempts_and_those_behind_it_follow(
    sessions: sessionmaker[Session],
) -> None:
    broken = True

    def moody(session: Session, event: Envelope[CustomerCreated]) -> None:
        if broken:
            raise RuntimeError("not today")
        note(session, event)

    handlers = {CustomerCreated: moody, CustomerUpdated: moody}
    consumer = Consumer("vendor", sessions.begin, handlers, Intake(NOWHERE, "vendor", []), AT_ONCE)
    first = created("First")
    consumer.apply([delivery(envelope(first)), delivery(envelope(updated("Second", first.customer_id)))])
    while consumer.retry_due():
        continue
    assert statuses(consumer) == {"First": "parked", "Second": "waiting"}
    broken = False
    with consumer.transaction() as session:
        assert inbox.redrive(session) == 1
        assert inbox.redrive(session) == 0
    while consumer.retry_due():
        continue
    with consumer.transaction() as session:
        assert names(session) == ["First", "Second"]


def test_what_cannot_be_decoded_ahead_is_left_to_the_worker(consumer: Consumer) -> None:
    junk, ada = Delivery(1, 1, "identity", "customer.created", b"junk", dead=False), delivery(envelope(created("Ada")))
    junk.read_ahead()
    ada.read_ahead()
    consumer.apply([junk, ada])
    with consumer.transaction() as session:
        assert names(session) == ["Ada"]
        assert session.scalar(text("SELECT count(*) FROM dead_letter WHERE reason = 'undecodable'")) == 1
