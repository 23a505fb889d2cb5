"""The publishers' logs as a source of a replay: read into the shadow, with what the inbox says of each event."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from shared.events.event import Event
from shared.messaging.replay.selection import CHOSEN, Selection

Feed = Callable[[str, Sequence[str]], Iterator[Sequence[str]]]
"""Reads the log of a publisher (its name) for some types, page by page, oldest first; gives envelopes as stored."""

_TABLE = """
    CREATE UNLOGGED TABLE {schema}.feed (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id uuid NOT NULL UNIQUE, type text NOT NULL,
        aggregate_id uuid NOT NULL, occurred_at timestamptz NOT NULL, status text NOT NULL, envelope json NOT NULL
    )
"""
_PAGE = """
    INSERT INTO {schema}.feed (event_id, type, aggregate_id, occurred_at, status, envelope)
    SELECT event_id, f.type, f.aggregate_id, f.occurred_at, coalesce(known.status, 'missing'), f.envelope
    FROM (SELECT CAST(e->>'id' AS uuid) AS event_id, e->>'type' AS type, CAST(e->>'subject' AS uuid) AS aggregate_id,
                 CAST(e->>'time' AS timestamptz) AS occurred_at, e AS envelope, place
          FROM unnest(CAST(:envelopes AS json[])) WITH ORDINALITY AS page(e, place)) f
    LEFT JOIN public.inbox known USING (event_id) ORDER BY place
    ON CONFLICT (event_id) DO NOTHING
"""
_MISSING = f"""
    SELECT event_id, type, occurred_at, count(*) OVER () AS missing FROM {{schema}}.feed
    WHERE status = 'missing' AND {CHOSEN} ORDER BY seq LIMIT :limit
"""  # noqa: S608 - made of this room's own words
NAMED = 20


class Unreachable(Exception):
    """A publisher's log cannot be read; the message says whose and why."""


@dataclass(frozen=True)
class Missed:
    """An event that was published and never came."""

    event_id: UUID
    type: str
    occurred_at: datetime


@dataclass(frozen=True)
class Missing:
    """How many events this consumer has never had, and the first of them."""

    count: int = 0
    events: tuple[Missed, ...] = ()


def stage(connection: Connection, schema: str, read: Feed, events: Sequence[type[Event]]) -> None:
    """Read what was published of these kinds of events into the shadow; raises `Unreachable`."""
    connection.execute(text(_TABLE.format(schema=schema)))
    page = text(_PAGE.format(schema=schema))
    for publisher in sorted({event.publisher for event in events}):
        types = sorted(event.type for event in events if event.publisher == publisher)
        for envelopes in read(publisher, types):
            connection.execute(page, {"envelopes": list(envelopes)})


def missing(connection: Connection, schema: str, selection: Selection) -> Missing:
    """What of a selection the inbox has never had."""
    asked = {**selection.parameters(), "limit": NAMED}
    rows = connection.execute(text(_MISSING.format(schema=schema)), asked).all()
    return Missing(rows[0].missing if rows else 0, tuple(Missed(*row[:3]) for row in rows))
