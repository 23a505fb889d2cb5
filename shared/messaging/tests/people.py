"""Small facts to send: a person exists, a person is renamed."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.events.envelope import Envelope, encode
from shared.events.event import Event
from shared.events.identity import CustomerCreated, CustomerUpdated
from shared.events.ids import new_id
from shared.messaging import outbox
from shared.messaging.intake import Delivery

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def created(name: str, customer_id: UUID | None = None) -> CustomerCreated:
    return CustomerCreated(
        customer_id=customer_id or new_id(),
        email=f"{name}@shop.example",
        name=name,
        locale="en",
        registered_at=NOON,
        metadata={},
    )


def updated(name: str, customer_id: UUID) -> CustomerUpdated:
    return CustomerUpdated(
        customer_id=customer_id, email=f"{name}@shop.example", name=name, locale="en", updated_at=NOON
    )


def envelope(event: Event, version: int = 1) -> Envelope[Event]:
    return Envelope(
        id=new_id(),
        source=event.publisher,
        aggregate_id=event.aggregate_id,
        aggregate_version=version,
        occurred_at=NOON,
        correlation_id="c-1",
        event=event,
    )


def delivery(event: Envelope[Event], tag: int = 1, *, dead: bool = False) -> Delivery:
    return Delivery(1, tag, event.source, event.type, encode(event).encode(), dead)


def write(session: Session, *events: Event) -> None:
    for event in events:
        outbox.add(session, event, aggregate_version=1, occurred_at=NOON)


def note(session: Session, event: Envelope[CustomerCreated]) -> None:
    """A handler that leaves a row, and refuses everybody called Poison."""
    if event.event.name == "Poison":
        raise ValueError(f"cannot take {event.event.customer_id}")
    session.execute(text("INSERT INTO seen VALUES (:id, :name)"), {"id": event.id, "name": event.event.name})


def names(session: Session) -> list[str]:
    return list(session.scalars(text("SELECT name FROM seen ORDER BY at")))
