"""The publisher's feed: its log in the order of its positions, for who begins to listen and for who compares.

Positions are given by the one leader of the relay in the order of its marking, so that whoever has read up to one has
seen everything below it. What is not published yet has no place in the log and is not in the feed.
"""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_HEAD = text("SELECT coalesce(max(log_position), 0) FROM outbox")
_PAGE = """
    SELECT log_position AS position, event_id, type, published_at, unroutable{envelope} FROM outbox
    WHERE log_position > :after AND (CAST(:types AS text[]) IS NULL OR type = ANY(CAST(:types AS text[])))
    ORDER BY log_position LIMIT :limit
"""
_WHOLE = text(_PAGE.format(envelope=", envelope::text AS envelope"))
_BARE = text(_PAGE.format(envelope=""))


def read(session: Session, *, after: int, types: list[str] | None, limit: int, bare: bool) -> dict[str, Any]:
    """Return a page behind a position, the position to go on from, and the head of the log.

    `bare` leaves the envelopes out, for who only compares ids. A page shorter than `limit` ends at the head.
    """
    head = session.scalar(_HEAD) or 0
    asked = {"after": after, "types": types, "limit": limit}
    items = [dict(row) for row in session.execute(_BARE if bare else _WHOLE, asked).mappings()]
    reached = items[-1]["position"] if len(items) == limit else max(head, after)
    return {"items": items, "next": reached, "head": head}
