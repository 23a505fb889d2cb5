"""The people who register: as events, as rows of identity's outbox, as messages in vendor's queue; and their links."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from benchmarks.stage import Store
from services.vendor.consumers import HANDLERS
from services.vendor.domain import links, vendors
from services.vendor.domain.links import NewLink
from shared.events.envelope import Envelope, encode
from shared.events.event import Event
from shared.events.identity import CustomerCreated
from shared.events.ids import new_id
from shared.messaging.publisher import Message, Publisher
from shared.messaging.topology import Broker, declare_consumer

Events = Sequence[Envelope[Event]]
VENDORS = 10
PATIENCE_SECONDS = 60.0


def invite(store: Store) -> list[str]:
    """Make vendors with a link each; the links' tokens."""
    now = datetime.now(UTC)
    with Session(store.engine) as session, session.begin():
        made = [
            vendors.create(session, new_id(), f"Vendor {number}", commission_bps=1000, now=now)
            for number in range(VENDORS)
        ]
        return [links.create(session, vendor, NewLink(), now).link.token for vendor in made]


def registrations(tokens: Sequence[str], count: int) -> Events:
    """So many people, one after the other, each through one of the links."""
    return [registration(tokens[number % len(tokens)], f"Person {number}") for number in range(count)]


def registration(token: str, name: str) -> Envelope[Event]:
    """Somebody registers now, through a link."""
    now, customer = datetime.now(UTC), new_id()
    event = CustomerCreated(
        customer_id=customer,
        email=f"{customer.hex}@shop.example",
        name=name,
        locale="en",
        registered_at=now,
        metadata={"invite_token": token},
    )
    return Envelope(
        id=new_id(),
        source="identity",
        aggregate_id=customer,
        aggregate_version=1,
        occurred_at=now,
        correlation_id=str(new_id()),
        event=event,
    )


def fill_outbox(store: Store, events: Events) -> None:
    """Put events into identity's outbox, unpublished, and leave the table as a quiet day would."""
    lines = "".join(_line(event) for event in events)
    connection = store.engine.raw_connection()
    try:
        columns = "event_id, type, aggregate_id, aggregate_version, occurred_at, correlation_id, envelope"
        connection.cursor().copy_expert(f"COPY outbox ({columns}) FROM STDIN", io.StringIO(lines))
        connection.commit()
    finally:
        connection.close()
    store.vacuum()


def _line(event: Envelope[Event]) -> str:
    when, body = event.occurred_at.isoformat(), encode(event).replace("\\", "\\\\")
    row = (event.id, event.type, event.aggregate_id, event.aggregate_version, when, event.correlation_id, body)
    return "\t".join(map(str, row)) + "\n"


def bind(broker: Broker) -> None:
    """Make vendor's queue, as its consumer would, so that what is published has somewhere to wait."""
    with broker.connect() as connection:
        declare_consumer(connection, broker, "vendor", list(HANDLERS))


def fill_queue(broker: Broker, events: Events) -> None:
    """Put events into vendor's queue."""
    bind(broker)
    publisher = Publisher(broker, "identity")
    messages = [Message(str(event.id), event.type, encode(event).encode()) for event in events]
    for start in range(0, len(messages), 1000):
        publisher.publish(messages[start : start + 1000], PATIENCE_SECONDS)
    publisher.close()
