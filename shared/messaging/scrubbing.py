"""Scrubbing the logs: what stored events say of people who have left long ago is replaced, and nothing else is.

Ids, times, types and versions stay, so that a log can still be replayed, compared and rebuilt from: what the event of
the leaving itself undid is undone all the same. Which fields are a person's, the event classes say (`personal`).
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.events.event import Event, known

MARKER = "[erased]"
BATCH = 1000
_CLOSED = {"outbox": "published_at IS NOT NULL", "inbox": "status IN ('handled', 'dismissed')"}
"""What nobody has still to publish or to handle."""
_SCRUB = """
    WITH left_before AS MATERIALIZED (
        SELECT aggregate_id AS person FROM outbox WHERE type = 'customer.erased' AND occurred_at <= :before
        UNION SELECT aggregate_id FROM inbox
        WHERE type = 'customer.erased' AND status = 'handled' AND occurred_at <= :before
    ), chosen AS (
        SELECT seq FROM {log} JOIN left_before ON {whose} = person
        WHERE type = :type AND {closed} AND ({unscrubbed}) LIMIT :batch
    )
    UPDATE {log} SET envelope = CAST({scrubbed} AS json) FROM chosen WHERE {log}.seq = chosen.seq
"""


def scrub(session: Session, before: datetime) -> int:
    """Replace what is personal in a batch of each log, of people who left before; 0 once nothing is left to do."""
    return sum(
        session.execute(  # type: ignore[attr-defined]
            text(_statement(log, cls)), {"before": before, "type": cls.type, "batch": BATCH}
        ).rowcount
        for log in _CLOSED
        for cls in personal_events()
    )


def personal_events() -> Iterator[type[Event]]:
    """The events that say something of a person."""
    return (cls for cls in known().values() if cls.personal)


def _statement(log: str, cls: type[Event]) -> str:
    paths = [f"data,{field.replace('.', ',')}" for field in cls.personal]
    scrubbed = "CAST(envelope AS jsonb)"
    for path in paths:
        scrubbed = f"jsonb_set({scrubbed}, '{{{path}}}', '\"{MARKER}\"', false)"
    return _SCRUB.format(
        log=log,
        whose="aggregate_id" if cls.person == cls.aggregate else f"CAST(envelope->'data'->>'{cls.person}' AS uuid)",
        closed=_CLOSED[log],
        unscrubbed=" OR ".join(f"envelope #>> '{{{path}}}' <> '{MARKER}'" for path in paths),
        scrubbed=scrubbed,
    )
