"""The outbox: an event is written in the transaction of the change it tells of, and stays as the service's log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.events import trace
from shared.events.envelope import Envelope, encode
from shared.events.event import Event
from shared.events.ids import new_id
from shared.messaging import failpoints
from shared.messaging.arrays import array, texts
from shared.sql import steady

DOORBELL = "outbox_doorbell"

_INSERT = """
    INSERT INTO outbox (event_id, type, aggregate_id, aggregate_version, occurred_at, correlation_id, envelope)
    SELECT n.event_id, n.type, n.aggregate_id, n.aggregate_version, n.occurred_at, n.correlation_id, n.envelope
    FROM unnest(CAST(:event_ids AS uuid[]), CAST(:types AS text[]), CAST(:aggregate_ids AS uuid[]),
                CAST(:versions AS bigint[]), CAST(:times AS timestamptz[]), CAST(:correlations AS text[]),
                CAST(:envelopes AS json[])) WITH ORDINALITY
         AS n(event_id, type, aggregate_id, aggregate_version, occurred_at, correlation_id, envelope, place)
    ORDER BY n.place
"""

_RELEASE = text("""
    UPDATE outbox SET published_at = NULL, log_position = NULL, unroutable = false
    WHERE unroutable AND (CAST(:type AS text) IS NULL OR type = :type)
""")


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """An event about to be written. `cause` is the event that brought it about, if it was one."""

    event: Event
    aggregate_version: int
    occurred_at: datetime
    event_id: UUID | None = None
    cause: Envelope[Event] | None = None


def add(
    session: Session,
    event: Event,
    *,
    aggregate_version: int,
    occurred_at: datetime,
    event_id: UUID | None = None,
    cause: Envelope[Event] | None = None,
) -> UUID:
    """Write one event into the business transaction and return its id; the relay is rung after the commit.

    Raises `marshmallow.ValidationError` if the event is not as its class declares.
    """
    identifier = event_id or new_id()
    new = NewEvent(
        event=event,
        aggregate_version=aggregate_version,
        occurred_at=occurred_at,
        event_id=identifier,
        cause=cause,
    )
    add_many(session, [new])
    return identifier


def add_many(session: Session, events: Sequence[NewEvent]) -> None:
    """Write events in this order with one statement; nothing at all for an empty sequence."""
    if not events:
        return
    steady.run(session, _INSERT, _columns([_envelope(new) for new in events]))
    failpoints.passing(failpoints.OUTBOX_WRITTEN)
    _ring_after_commit(session)


def release_unroutable(session: Session, event_type: str | None = None) -> int:
    """Give events that no queue was bound for back to the relay, and return how many: nobody has had them yet."""
    released = session.execute(_RELEASE, {"type": event_type})
    _ring_after_commit(session)
    return int(released.rowcount)  # type: ignore[attr-defined]


def _envelope(new: NewEvent) -> Envelope[Event]:
    now, cause = trace.current(), new.cause
    return Envelope(
        id=new.event_id or new_id(),
        source=new.event.publisher,
        aggregate_id=new.event.aggregate_id,
        aggregate_version=new.aggregate_version,
        occurred_at=new.occurred_at,
        correlation_id=cause.correlation_id if cause else now.correlation_id,
        causation_id=cause.id if cause else now.causation_id,
        traceparent=cause.traceparent if cause else now.traceparent,
        event=new.event,
    )


def _columns(envelopes: Sequence[Envelope[Event]]) -> dict[str, str]:
    return {
        "event_ids": array(e.id for e in envelopes),
        "types": array(e.type for e in envelopes),
        "aggregate_ids": array(e.aggregate_id for e in envelopes),
        "versions": array(e.aggregate_version for e in envelopes),
        "times": array(e.occurred_at.isoformat() for e in envelopes),
        "correlations": texts(e.correlation_id for e in envelopes),
        "envelopes": texts(encode(e) for e in envelopes),
    }


def _ring_after_commit(session: Session) -> None:
    if DOORBELL not in session.info:
        return
    if "outbox_written" not in session.info:
        sqlalchemy_event.listen(session, "after_commit", _ring)
    session.info["outbox_written"] = True


def _ring(session: Session) -> None:
    if session.info["outbox_written"]:
        session.info["outbox_written"] = False
        failpoints.passing(failpoints.OUTBOX_COMMITTED)
        session.info[DOORBELL].ring()
