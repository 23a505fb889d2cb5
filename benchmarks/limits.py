"""The limits beside the contests: what is left when everything that could be left out is."""

from __future__ import annotations

import io
import time
from typing import Any

from benchmarks import people
from benchmarks.people import PATIENCE_SECONDS, Events
from benchmarks.stage import Store
from shared.events.envelope import encode
from shared.messaging.publisher import Message, Publisher
from shared.messaging.topology import Broker

BATCH = 1000

_STAGED = """
    CREATE UNLOGGED TABLE staged (place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, envelope json);
"""
_READ = """
    CREATE UNLOGGED TABLE arrived AS
    SELECT place, (envelope->>'id')::uuid AS event_id, envelope->>'type' AS type,
           (envelope->>'time')::timestamptz AS at, (envelope->>'subject')::uuid AS customer_id,
           envelope->>'correlationid' AS correlation_id, envelope, envelope->'data'->>'email' AS email,
           envelope->'data'->>'name' AS name, i.token, i.vendor_id, i.id AS invite_id,
           gen_random_uuid() AS mapping_id, gen_random_uuid() AS news_id
    FROM staged JOIN vendor_invite_token i ON i.token = envelope->'data'->'metadata'->>'invite_token' ORDER BY place;
    ALTER TABLE arrived ADD PRIMARY KEY (place);
    ANALYZE arrived;
"""
_INSERT = """
    INSERT INTO inbox (event_id, type, source, aggregate_id, aggregate_version, occurred_at, correlation_id, envelope,
                       status, handled_at)
    SELECT event_id, type, 'identity', customer_id, 1, at, correlation_id, envelope, 'handled', clock_timestamp()
    FROM arrived WHERE place BETWEEN %(first)s AND %(last)s ON CONFLICT (event_id) DO NOTHING;
    INSERT INTO customer (id, email, name, version)
    SELECT customer_id, email, name, 1 FROM arrived WHERE place BETWEEN %(first)s AND %(last)s
    ON CONFLICT (id) DO NOTHING;
    INSERT INTO vendor_customer (id, vendor_id, customer_id, invite_token_id, source, event_id, created_at, linked_at,
                                 version)
    SELECT mapping_id, vendor_id, customer_id, invite_id, 'registration', event_id, at, at, 1
    FROM arrived WHERE place BETWEEN %(first)s AND %(last)s ON CONFLICT (vendor_id, customer_id) DO NOTHING;
    INSERT INTO invite_outcome (event_id, customer_id, token, vendor_id, invite_token_id, vendor_customer_id, source,
                                outcome, occurred_at)
    SELECT event_id, customer_id, token, vendor_id, invite_id, mapping_id, 'registration', 'linked', at
    FROM arrived WHERE place BETWEEN %(first)s AND %(last)s;
    INSERT INTO outbox (event_id, type, aggregate_id, aggregate_version, occurred_at, correlation_id, envelope)
    SELECT news_id, 'vendor_customer.linked', mapping_id, 1, at, correlation_id, envelope
    FROM arrived WHERE place BETWEEN %(first)s AND %(last)s;
"""


def publish_frames(broker: Broker, count: int) -> float:
    """Confirmed events a second where every frame was made beforehand and no database is asked."""
    people.bind(broker)
    publisher = Publisher(broker, "identity")
    messages = [Message(str(e.id), e.type, encode(e).encode()) for e in people.registrations(["a-token"], count)]
    frames = publisher._frames
    ready = {message: frames.message(message.type, message.event_id, message.body) for message in messages}
    publisher._frames = _Ready(ready)  # type: ignore[assignment]
    began = time.monotonic()
    for start in range(0, count, BATCH):
        publisher.publish(messages[start : start + BATCH], PATIENCE_SECONDS)
    seconds = time.monotonic() - began
    publisher.close()
    return count / seconds


class _Ready:
    """Frames by the message they carry."""

    def __init__(self, frames: dict[Message, bytes]) -> None:
        self._by_id = {message.event_id: frame for message, frame in frames.items()}

    def message(self, _key: str, event_id: str, _body: bytes) -> bytes:
        return self._by_id[event_id]


def insert(store: Store, events: Events) -> None:
    """The consumer's rows, already decoded and decided, put into the same tables by SQL alone, batch by batch."""
    connection: Any = store.engine.raw_connection()
    cursor = connection.cursor()
    cursor.execute(_STAGED)
    lines = "".join(encode(event).replace("\\", "\\\\") + "\n" for event in events)
    cursor.copy_expert("COPY staged (envelope) FROM STDIN", io.StringIO(lines))
    cursor.execute(_READ)
    connection.commit()
    for first in range(1, len(events) + 1, BATCH):
        cursor.execute(_INSERT, {"first": first, "last": first + BATCH - 1})
        connection.commit()
    connection.close()
