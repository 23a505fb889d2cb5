"""Looking into a service's own outbox and inbox: one event, or a page of those that a filter lets through."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

Box = Literal["outbox", "inbox"]
Fact = dict[str, Any]

_STATE = {
    "outbox": "CASE WHEN published_at IS NULL THEN 'unpublished'"
    " WHEN unroutable THEN 'unroutable' ELSE 'published' END",
    "inbox": "status",
}
_COMMON = (
    "seq, event_id, type, aggregate_id, aggregate_version, occurred_at, correlation_id,"
    " envelope ->> 'causationid' AS causation_id, ltrim(envelope ->> 'source', '/') AS source"
)
_OWN = {
    "outbox": "recorded_at, published_at, log_position",
    "inbox": "received_at, handled_at, attempts, next_attempt_at, error_signature, error",
}
_FILTER = """
    (CAST(:type AS text) IS NULL OR type = :type)
    AND (CAST(:aggregates AS uuid[]) IS NULL OR aggregate_id = ANY(CAST(:aggregates AS uuid[])))
    AND (CAST(:about AS text) IS NULL OR aggregate_id = CAST(:about AS uuid)
         OR envelope -> 'data' ->> 'customer_id' = :about OR envelope -> 'data' ->> 'vendor_id' = :about)
    AND (CAST(:correlation AS text) IS NULL OR correlation_id = :correlation)
    AND (CAST(:since AS timestamptz) IS NULL OR occurred_at >= :since)
    AND (CAST(:until AS timestamptz) IS NULL OR occurred_at < :until)
    AND (CAST(:before AS bigint) IS NULL OR seq < :before)
    AND (CAST(:after AS bigint) IS NULL OR seq > :after)
"""
NOTHING: Mapping[str, Any] = dict.fromkeys(
    ("type", "aggregates", "about", "correlation", "since", "until", "before", "after", "status")
)


def page(session: Session, box: Box, asked: Mapping[str, Any], limit: int) -> list[Fact]:
    """Return the newest that the filter lets through, or with `after` the oldest behind that place.

    `about` finds a customer or a vendor inside the events and reads them for it; the other filters are by column.
    """
    given = {**NOTHING, **asked, "limit": limit}
    given["aggregates"] = [str(each) for each in asked.get("aggregates") or ()] or None
    given["about"] = str(asked["about"]) if asked.get("about") else None
    order = "ASC" if given["after"] is not None else "DESC"
    query = f"""
        SELECT {_COMMON}, {_OWN[box]}, {_STATE[box]} AS state FROM {box}
        WHERE {_FILTER} AND (CAST(:status AS text) IS NULL OR {_STATE[box]} = :status)
        ORDER BY seq {order} LIMIT :limit
    """  # noqa: S608 - made of this module's own words
    return [dict(row) for row in session.execute(text(query), given).mappings()]


def one(session: Session, box: Box, event_id: UUID) -> Fact | None:
    """Return an event with its envelope as it is stored, or None."""
    query = f"""
        SELECT {_COMMON}, {_OWN[box]}, {_STATE[box]} AS state, envelope::text AS envelope
        FROM {box} WHERE event_id = :event_id
    """  # noqa: S608 - made of this module's own words
    row = session.execute(text(query), {"event_id": event_id}).mappings().one_or_none()
    return dict(row) if row else None
