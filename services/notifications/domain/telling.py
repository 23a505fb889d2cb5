"""Telling people: a message for each person that an event concerns, and the intent to deliver it, both once.

A message is what an event makes it, so that a replay makes it again. Only its first appearance outside a replay brings
an intent with it, and the database refuses intents while a replay is on: nothing is sent twice, or from a replay.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.notifications.domain import people, vendors
from services.notifications.domain.kinds import Channel, Kind, goes_out, is_listed
from shared.events.envelope import Envelope
from shared.events.event import Event
from shared.events.ids import derived_id
from shared.events.schema import write
from shared.kit.rowsets import rowset
from shared.messaging.replay.shadow import is_replaying

OLD_NEWS_DAYS = 7
"""What comes later than this counts as read: a service that is new in an old system does not shout."""

_TELL = text(f"""
    INSERT INTO message (id, event_id, kind, recipient_id, aggregate_id, params, occurred_at, correlation_id, read_at)
    SELECT id, event_id, kind, recipient_id, aggregate_id, params, occurred_at, correlation_id,
           CASE WHEN NOT listed OR occurred_at < clock_timestamp() - interval '{OLD_NEWS_DAYS} days'
                THEN clock_timestamp() END
    FROM json_to_recordset(CAST(:rows AS json)) AS news(
        id uuid, event_id uuid, kind text, recipient_id uuid, aggregate_id uuid, params jsonb, occurred_at timestamptz,
        correlation_id text, listed boolean)
    WHERE NOT EXISTS (SELECT FROM person p WHERE p.id = recipient_id AND p.erased_at IS NOT NULL)
      AND NOT EXISTS (SELECT FROM purged_message g WHERE g.id = news.id)
    ORDER BY id
    ON CONFLICT DO NOTHING RETURNING id
""")  # noqa: S608 - a number of this module's own
_INTEND = text("""
    INSERT INTO delivery (id, message_id, event_id, recipient_id, kind, channel, state, attempts, occurred_at,
                          correlation_id, asked_at, next_attempt_at)
    SELECT id, message_id, event_id, recipient_id, kind, channel, 'due', 0, occurred_at, correlation_id, occurred_at,
           clock_timestamp()
    FROM json_to_recordset(CAST(:rows AS json)) AS news(
        id uuid, message_id uuid, event_id uuid, recipient_id uuid, kind text, channel text, occurred_at timestamptz,
        correlation_id text)
    ORDER BY id
    ON CONFLICT DO NOTHING
""")

_SET_ASIDE = text("""
    INSERT INTO unaddressed (event_id, kind, vendor_id, aggregate_id, params, occurred_at, correlation_id)
    SELECT event_id, kind, vendor_id, aggregate_id, params, occurred_at, correlation_id
    FROM json_to_recordset(CAST(:rows AS json)) AS early(
        event_id uuid, kind text, vendor_id uuid, aggregate_id uuid, params jsonb, occurred_at timestamptz,
        correlation_id text)
    ON CONFLICT DO NOTHING
""")
_TAKE_UP = text("""
    DELETE FROM unaddressed u USING vendor v
    WHERE v.id = u.vendor_id AND (CAST(:vendor AS uuid) IS NULL OR v.id = :vendor)
    RETURNING u.*, v.user_id
""")
Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """That an event is told under a kind: to a person, to the owner of a shop, or, with neither, to all admins."""

    kind: Kind
    cause: Envelope[Event]
    person: UUID | None = None
    vendor: UUID | None = None


def tell(session: Session, news: Sequence[Told]) -> None:
    """Write messages and intents for all that are concerned; twice is once.

    What is for the owner of a shop of which nothing is known yet is set aside, and told by `address` once it is.
    """
    owners = vendors.owners(session, [told.vendor for told in news if told.vendor])
    early = [told for told in news if told.vendor and told.vendor not in owners]
    rows = [_row(told, recipient) for told, recipient in _addressed(session, news, owners)]
    replaying = bool(rows or early) and is_replaying(session)
    if rows:
        _write(session, rows, sending=not replaying)
    if early and not replaying:
        session.execute(_SET_ASIDE, rowset(_aside(told) for told in early))


def address(session: Session, vendor_id: UUID | None = None) -> int:
    """Tell the owner of a shop, or of all that are known, what was set aside for them; how much that was."""
    found = session.execute(_TAKE_UP, {"vendor": vendor_id}).all()
    if found:
        _write(session, [_of_aside(row) for row in found], sending=True)
    return len(found)


def message_id(event_id: UUID, recipient_id: UUID, kind: str) -> UUID:
    """The id of what somebody is told of an event under a kind."""
    return derived_id(event_id, f"{kind} to {recipient_id}")


def delivery_id(message: UUID, channel: Channel) -> UUID:
    """The id of a message's delivery by a channel."""
    return derived_id(message, f"by {channel}")


def params_of(event: Event) -> dict[str, Any]:
    """The facts of an event that a message keeps: all but what is personal."""
    personal = {path.partition(".")[0] for path in type(event).personal}
    return {name: value for name, value in write(event).items() if name not in personal}


def _write(session: Session, rows: Sequence[Row], *, sending: bool) -> None:
    new = set(session.scalars(_TELL, rowset(rows)))
    intents = [_intent(row) for row in rows if row["id"] in new and goes_out(Kind(str(row["kind"])))]
    if intents and sending:
        session.execute(_INTEND, rowset(intents))


def _addressed(session: Session, news: Sequence[Told], owners: Mapping[UUID, UUID]) -> Iterator[tuple[Told, UUID]]:
    for told in news:
        if told.person:
            yield told, told.person
        elif told.vendor:
            yield from ((told, owner) for owner in [owners.get(told.vendor)] if owner)
        else:
            yield from ((told, admin) for admin in people.admins(session, told.cause.occurred_at))


def _row(told: Told, recipient: UUID) -> Row:
    cause = told.cause
    return {
        **_to(cause.id, recipient, told.kind),
        "aggregate_id": cause.aggregate_id,
        "params": params_of(cause.event),
        "occurred_at": cause.occurred_at,
        "correlation_id": cause.correlation_id,
    }


def _of_aside(row: Any) -> Row:
    kept = ("aggregate_id", "params", "occurred_at", "correlation_id")
    return {**_to(row.event_id, row.user_id, Kind(row.kind)), **{name: getattr(row, name) for name in kept}}


def _to(event_id: UUID, recipient: UUID, kind: Kind) -> Row:
    key = message_id(event_id, recipient, kind)
    return {"id": key, "event_id": event_id, "kind": kind, "recipient_id": recipient, "listed": is_listed(kind)}


def _aside(told: Told) -> Row:
    cause = told.cause
    return {
        "event_id": cause.id,
        "kind": told.kind,
        "vendor_id": told.vendor,
        "aggregate_id": cause.aggregate_id,
        "params": params_of(cause.event),
        "occurred_at": cause.occurred_at,
        "correlation_id": cause.correlation_id,
    }


def _intent(row: Row) -> Row:
    kept = ("event_id", "recipient_id", "kind", "occurred_at", "correlation_id")
    channel = Channel.EMAIL
    return {name: row[name] for name in kept} | {
        "id": delivery_id(row["id"], channel),
        "message_id": row["id"],
        "channel": channel,
    }
